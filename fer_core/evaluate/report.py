"""What was measured of a model, read back from its folder: `evaluation.json`."""

import csv
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from fer_core.errors import ModelError
from fer_core.evaluate import evaluation_json as parts
from fer_core.labels import WORDS
from fer_core.metrics.evidence import (
    CoveragePoint,
    FlipAveraged,
    HumanCeiling,
    HumanOnLabels,
    Interval,
    PrecisionRecall,
    ReliabilityBin,
    RobustnessCurve,
    check_intervals,
    check_shares,
)
from fer_core.metrics.scores import Scores
from fer_core.weights import MODELS_FOLDER

EVALUATION_FILE: Final = "evaluation.json"
_Content = TypeVar("_Content")
_DAMAGE: Final = (OSError, ValueError, KeyError, TypeError, AttributeError, csv.Error)


@dataclass(frozen=True, slots=True)
class FerPlus:
    """The votes head against the majority of ten people.

    Attributes:
        n: Faces on which people had a majority.
        labels: Labels in the order of the confusion matrix.
        accuracy: Share of them read as the majority did; None where `n` is 0.
        interval: 95% interval of `accuracy`; None where not measured.
        scores: All scores; None where not measured.
    """

    n: int
    labels: tuple[str, ...]
    accuracy: float | None
    interval: Interval | None = None
    scores: Scores | None = None

    def __post_init__(self) -> None:
        check_shares("fer_plus", [] if self.accuracy is None else [self.accuracy])
        check_intervals({} if self.interval is None else {"fer_plus": self.interval})
        if self.scores is not None:
            _check(self.scores, self.labels)


@dataclass(frozen=True, slots=True)
class StoredEvaluation:
    """Scores of one model on one split, as `evaluation.json` holds them.

    A part that was not measured, or is of a file older than it, is None or empty.

    Attributes:
        model_id: Name of the model's folder.
        split: The split that was scored.
        labels: Labels in the order of the confusion matrix.
        scores: On every face of the split.
        deduplicated: Without the faces that also occur in Training; None where not measured.
        ms_per_face: Median milliseconds to classify one face.
        fer_plus: Against the majority of people, where there were votes.
        flip_averaged: With the mirrored face averaged in.
        human: How well people agree on these faces.
        precision_recall: A curve a label of the label head.
        reliability: Bins of the label head's confidence.
        coverage: What each threshold does, on the head that the app shows.
        robustness: A curve a way of spoiling faces.
    """

    model_id: str
    split: str
    labels: tuple[str, ...]
    scores: Scores
    deduplicated: Scores | None
    ms_per_face: float
    fer_plus: FerPlus | None = None
    flip_averaged: FlipAveraged | None = None
    human: HumanCeiling | None = None
    precision_recall: dict[str, PrecisionRecall] = field(default_factory=dict)
    reliability: tuple[ReliabilityBin, ...] = ()
    coverage: tuple[CoveragePoint, ...] = ()
    robustness: dict[str, RobustnessCurve] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = [label for label in self.labels if label not in WORDS]
        if not self.labels or unknown:
            raise ValueError(f"expected labels of {', '.join(WORDS)}, got {self.labels}")
        for scores in (self.scores, self.deduplicated):
            if scores is not None:
                _check(scores, self.labels)
        if not (math.isfinite(self.ms_per_face) and self.ms_per_face >= 0):
            raise ValueError(f"expected milliseconds of at least 0, got {self.ms_per_face}")

    @property
    def fer_plus_accuracy(self) -> float | None:
        """Share of faces read as most of ten people did, or None."""
        return None if self.fer_plus is None else self.fer_plus.accuracy

    @property
    def person(self) -> HumanOnLabels | None:
        """One person's scores against the labels of these faces, or None."""
        return None if self.human is None else self.human.on_labels

    @property
    def accuracy_margin(self) -> float:
        """Half the width of accuracy's 95% interval: how far chance alone may move it.

        Source: the normal approximation of a share of `n` faces, `1.96 * sqrt(p * (1 - p) / n)`.
        """
        share = self.scores.accuracy
        return 1.96 * math.sqrt(share * (1 - share) / self.scores.n)


def load_evaluation(model_id: str, *, models_folder: Path = MODELS_FOLDER) -> StoredEvaluation:
    """Return the stored scores of one model; entries it does not know are left aside.

    Raises:
        ModelError: The file is missing or damaged.
    """

    def parse(text: str) -> StoredEvaluation:
        values = json.loads(text)
        return StoredEvaluation(
            model_id=model_id,
            split=str(values["split"]),
            labels=tuple(values["labels"]),
            scores=parts.parse_scores(values),
            deduplicated=parts.parse_if_given(
                values["deduplicated"], parts.parse_scores, otherwise=None
            ),
            ms_per_face=float(values["ms_per_face"]),
            **_evidence(values),
        )

    return load_stored(models_folder / model_id / EVALUATION_FILE, parse)


def load_stored(path: Path, parse: Callable[[str], _Content]) -> _Content:
    """Return what `parse` makes of a text file in a model's folder.

    Raises:
        ModelError: The file is missing, or damaged: `parse` raises what parsers do.
    """
    name = f"models/{path.parent.name}/{path.name}"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ModelError(
            f"{name} is missing. Restore the folder, or train the model again."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(
            f"{name} cannot be read ({error}). Restore the folder, or train the model again."
        ) from error
    try:
        return parse(text)
    except _DAMAGE as error:
        raise ModelError(
            f"{name} is damaged ({type(error).__name__}: {error}). Restore the folder, or train "
            "the model again."
        ) from error


def _evidence(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts that older files lack, by the name of their attribute."""
    parsers: dict[str, tuple[Callable[[Any], Any], Any]] = {
        "fer_plus": (_fer_plus, None),
        "flip_averaged": (parts.parse_flip_averaged, None),
        "human": (parts.parse_human, None),
        "precision_recall": (parts.parse_precision_recall, {}),
        "reliability": (parts.parse_reliability, ()),
        "coverage": (parts.parse_coverage, ()),
        "robustness": (parts.parse_robustness, {}),
    }
    return {
        name: parts.parse_if_given(values.get(name), parse, otherwise=otherwise)
        for name, (parse, otherwise) in parsers.items()
    }


def _fer_plus(values: Mapping[str, Any]) -> FerPlus:
    accuracy, interval = values["accuracy"], values.get("interval")
    return FerPlus(
        n=int(values["n"]),
        labels=tuple(values["labels"]),
        accuracy=None if accuracy is None else float(accuracy),
        interval=None if interval is None else parts.parse_interval(interval),
        scores=parts.parse_scores(values) if values.get("confusion") is not None else None,
    )


def _check(scores: Scores, labels: tuple[str, ...]) -> None:
    """Raise ValueError where parts are missing or out of range."""
    if set(scores.per_class) != set(labels):
        raise ValueError(f"expected scores of {', '.join(labels)}")
    if [len(row) for row in scores.confusion] != [len(labels)] * len(labels):
        raise ValueError(f"expected a confusion matrix of {len(labels)} x {len(labels)} counts")
    if sum(map(sum, scores.confusion)) != scores.n or scores.n < 1:
        raise ValueError(f"expected {scores.n} faces in the confusion matrix")
    shares = [scores.accuracy, scores.macro_f1, scores.ece]
    shares += [value for s in scores.per_class.values() for value in (s.precision, s.recall, s.f1)]
    shares += [] if scores.top2 is None else [scores.top2]
    if not all(0.0 <= share <= 1.0 for share in shares):
        raise ValueError("expected scores from 0 to 1")
    check_intervals(scores.intervals)
