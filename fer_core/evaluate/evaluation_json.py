"""`evaluation.json` taken apart: from JSON's values to the frozen parts; older files lack some.

Every function raises KeyError, TypeError, AttributeError or ValueError for values of another form.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from fer_core.metrics.evidence import (
    CoveragePoint,
    FlipAveraged,
    HumanCeiling,
    HumanOnLabels,
    Interval,
    PrecisionRecall,
    ReliabilityBin,
    RobustnessCurve,
    RobustnessPoint,
)
from fer_core.metrics.scores import ClassScore, Scores

_Part = TypeVar("_Part")


def parse_scores(values: Mapping[str, Any]) -> Scores:
    """Return the scores of one set of faces."""
    return Scores(
        n=int(values["n"]),
        accuracy=float(values["accuracy"]),
        macro_f1=float(values["macro_f1"]),
        per_class={
            label: ClassScore(
                precision=float(score["precision"]),
                recall=float(score["recall"]),
                f1=float(score["f1"]),
                support=int(score["support"]),
            )
            for label, score in values["per_class"].items()
        },
        confusion=tuple(tuple(int(count) for count in row) for row in values["confusion"]),
        ece=float(values["ece"]),
        top2=None if values.get("top2") is None else float(values["top2"]),
        intervals=parse_intervals(values.get("intervals")),
    )


def parse_intervals(values: Mapping[str, Any] | None) -> dict[str, Interval]:
    """Return intervals by the score's name; none are an empty dictionary."""
    return {name: parse_interval(ends) for name, ends in (values or {}).items()}


def parse_interval(ends: list[float]) -> Interval:
    """Return one interval of `[low, high]`."""
    low, high = ends
    return Interval(float(low), float(high))


def parse_flip_averaged(values: Mapping[str, Any]) -> FlipAveraged:
    """Return the scores with the mirrored face averaged in."""
    return FlipAveraged(
        float(values["accuracy"]),
        float(values["macro_f1"]),
        parse_intervals(values["intervals"]),
    )


def parse_human(values: Mapping[str, Any]) -> HumanCeiling:
    """Return how well people agree."""
    per_class = {label: float(share) for label, share in values["per_class"].items()}
    return HumanCeiling(
        int(values["n"]),
        float(values["agreement"]),
        per_class,
        parse_if_given(values.get("on_labels"), _parse_on_labels, otherwise=None),
    )


def _parse_on_labels(values: Mapping[str, Any]) -> HumanOnLabels:
    return HumanOnLabels(
        int(values["n"]),
        float(values["accuracy"]),
        float(values["macro_f1"]),
        {label: float(f1) for label, f1 in values["per_class"].items()},
    )


def parse_precision_recall(values: Mapping[str, Any]) -> dict[str, PrecisionRecall]:
    """Return one curve a label."""
    return {
        label: PrecisionRecall(
            float(curve["average_precision"]),
            tuple(map(float, curve["recall"])),
            tuple(map(float, curve["precision"])),
        )
        for label, curve in values.items()
    }


def parse_reliability(bins: list[Mapping[str, Any]]) -> tuple[ReliabilityBin, ...]:
    """Return the bins, from unsure to sure."""
    return tuple(
        ReliabilityBin(
            low=float(each["low"]),
            high=float(each["high"]),
            n=int(each["n"]),
            confidence=float(each["confidence"]),
            accuracy=float(each["accuracy"]),
        )
        for each in bins
    )


def parse_coverage(points: list[Mapping[str, Any]]) -> tuple[CoveragePoint, ...]:
    """Return the points, one a threshold."""
    return tuple(
        CoveragePoint(*(float(each[name]) for name in ("min_confidence", "coverage", "accuracy")))
        for each in points
    )


def parse_robustness(values: Mapping[str, Any]) -> dict[str, RobustnessCurve]:
    """Return one curve a way of spoiling faces."""
    return {
        kind: RobustnessCurve(
            unit=str(curve["unit"]),
            faces=int(curve["faces"]),
            points=tuple(
                RobustnessPoint(*(float(each[name]) for name in ("level", "accuracy", "macro_f1")))
                for each in curve["points"]
            ),
        )
        for kind, curve in values.items()
    }


def parse_if_given(values: Any, parse: Callable[[Any], _Part], *, otherwise: _Part) -> _Part:  # noqa: ANN401  # any JSON value
    """Return a part, or `otherwise` where the file holds none."""
    return otherwise if values is None else parse(values)
