"""The numbers behind the charts of the Evaluation page, as tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fer_core.evaluate.corruptions import level_words
from fer_core.evaluate.lineup import Entry
from fer_core.evaluate.report import Evaluation, History
from fer_core.evaluate.robustness import RobustnessCurve
from fer_core.evaluate.sizes import SizeComparison
from fer_core.figures.overfitting import points
from fer_core.figures.style import percent
from fer_core.labels import WORDS
from fer_core.metrics.curves import CoveragePoint, PrecisionRecall, ReliabilityBin, ShownWords
from fer_core.metrics.intervals import Interval
from fer_core.metrics.scores import Scores
from pages.ui.charts import Table

ABSENT: Final = "–"
_DASH: Final = "\u2060–\u2060"  # word joiners: no line break inside an interval
_RECALLS: Final = (0.25, 0.5, 0.75, 0.9)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many faces of one set a model names, and how many of these names are right.

    Attributes:
        points: With one threshold for all words.
        used: With the app's thresholds; None if not measured.
    """

    points: Sequence[CoveragePoint]
    used: CoveragePoint | ShownWords | None


def leaderboard_table(models: Sequence[Entry]) -> Table:
    """Return a row per model: its scores with their intervals, and what it costs."""
    evaluations = [model.evaluation for model in models]
    return {
        "Model": [model.card.model_id for model in models],
        "Accuracy": _shares(evaluations, "accuracy"),
        "Macro-F1": [
            ranged(e.macro_f1, e.intervals.get("macro_f1"), "{:.3f}") for e in evaluations
        ],
        "FER+": [
            share_with_interval(e.fer_plus.accuracy, e.fer_plus.interval) if e.fer_plus else ABSENT
            for e in evaluations
        ],
        "Top 2": _shares(evaluations, "top2"),
        "ECE": _shares(evaluations, "ece"),
        "ms per face": [f"{model.evaluation.ms_per_face:.2f}" for model in models],
        "Parameters": [f"{model.card.n_parameters:,}" for model in models],
        "MFLOPs": [_number(model.card.details.mflops, "{:,.1f}") for model in models],
        "MB": [_number(model.megabytes, "{:.1f}") for model in models],
    }


def training_gap_table(models: Sequence[Entry]) -> Table:
    """Return a row per model: its scores on training faces and on other faces, and the gaps."""
    measured = [
        (model.card.model_id, model.evaluation, model.evaluation.training)
        for model in models
        if model.evaluation.training
    ]
    return {
        "Model": [name for name, _, _ in measured],
        "Accuracy, training": [percent(t.accuracy, digits=1) for _, _, t in measured],
        "Accuracy, other faces": [percent(e.accuracy, digits=1) for _, e, _ in measured],
        "Accuracy, gap": [points(t.accuracy - e.accuracy) for _, e, t in measured],
        "Macro-F1, training": [f"{t.macro_f1:.3f}" for _, _, t in measured],
        "Macro-F1, other faces": [f"{e.macro_f1:.3f}" for _, e, _ in measured],
        "Macro-F1, gap": [points(t.macro_f1 - e.macro_f1) for _, e, t in measured],
    }


def size_table(comparison: SizeComparison) -> Table:
    """Return a row per size: scores on the split and on the photos, and the time per face."""
    columns: dict[str, list[str]] = {
        "Pixels per side": [str(row.size) for row in comparison.rows],
    }
    for title, scores in (
        (comparison.split, [row.labels for row in comparison.rows]),
        (comparison.data, [row.photos for row in comparison.rows]),
    ):
        columns[f"{title}, faces"] = [f"{s.n:,}" if s else ABSENT for s in scores]
        columns[f"{title}, accuracy"] = [
            share_with_interval(s.accuracy, s.intervals.get("accuracy")) if s else ABSENT
            for s in scores
        ]
        columns[f"{title}, macro-F1"] = [
            ranged(s.macro_f1, s.intervals.get("macro_f1"), "{:.3f}") if s else ABSENT
            for s in scores
        ]
    columns["ms per face"] = [f"{row.ms_per_face:.2f}" for row in comparison.rows]
    return columns


def confusion_table(scores: Scores, labels: tuple[str, ...]) -> Table:
    """Return a row per label and a column per answer of the model, in faces."""
    columns = zip(*scores.confusion, strict=True)
    return {"Label": [WORDS[label] for label in labels]} | {
        f"Model: {WORDS[label]}": [f"{count:,}" for count in column]
        for label, column in zip(labels, columns, strict=True)
    }


def class_score_table(
    scores: Scores, labels: tuple[str, ...], *, human: Mapping[str, float]
) -> Table:
    """Return a row per expression: precision, recall, F1, one person's F1, number of faces."""
    rows = [scores.per_class[label] for label in labels]
    return {
        "Expression": [WORDS[label] for label in labels],
        "Precision": [percent(row.precision, digits=1) for row in rows],
        "Recall": [percent(row.recall, digits=1) for row in rows],
        "F1": [percent(row.f1, digits=1) for row in rows],
        "One person's F1": [
            percent(human[label]) if label in human else ABSENT for label in labels
        ],
        "Faces": [f"{row.support:,}" for row in rows],
    }


def _shares(evaluations: Sequence[Evaluation], field: str) -> list[str]:
    """Return one score of each model in percent, with its interval."""
    return [share_with_interval(getattr(e, field), e.intervals.get(field)) for e in evaluations]


def share_with_interval(value: float | None, interval: Interval | None) -> str:
    """Return a share in percent with its interval."""
    if value is None:
        return ABSENT
    ends = interval and Interval(100 * interval.low, 100 * interval.high)
    return ranged(100 * value, ends, "{:.1f}", unit="%")


def ranged(value: float, interval: Interval | None, form: str, *, unit: str = "") -> str:
    """Return a number with its interval in brackets."""
    ends = interval and f" ({form.format(interval.low)}{_DASH}{form.format(interval.high)})"
    return f"{form.format(value)}{unit}{ends or ''}"


def _number(value: float | None, form: str) -> str:
    return ABSENT if value is None else form.format(value)


def loss_table(histories: Mapping[str, History]) -> Table:
    """Return a row per epoch: the loss on training and on validation faces."""
    return _epoch_table(
        histories,
        {"training loss": ("loss", "{:.3f}"), "validation loss": ("val_loss", "{:.3f}")},
    )


def score_table(histories: Mapping[str, History]) -> Table:
    """Return a row per epoch: accuracy and macro-F1 on validation faces."""
    return _epoch_table(
        histories, {"accuracy": ("val_accuracy", "{:.1%}"), "macro-F1": ("val_macro_f1", "{:.3f}")}
    )


def _epoch_table(histories: Mapping[str, History], columns: Mapping[str, tuple[str, str]]) -> Table:
    """Return the columns of each model; cells beyond its last epoch hold a dash."""
    epochs = sorted({epoch for history in histories.values() for epoch in history.epochs})
    table: dict[str, list[str]] = {"Epoch": [str(epoch) for epoch in epochs]}
    for name, history in histories.items():
        for what, (field, form) in columns.items():
            values = dict(zip(history.epochs, getattr(history, field), strict=True))
            head = f"{name}: {what}" if len(histories) > 1 else what.capitalize()
            table[head] = [_number(values.get(epoch), form) for epoch in epochs]
    return table


def precision_recall_table(curves: Mapping[str, Mapping[str, PrecisionRecall]]) -> Table:
    """Return a row per model and expression: average precision, and precision at some recalls."""
    rows = [
        (name, label, curve)
        for name, of_model in curves.items()
        for label, curve in of_model.items()
    ]
    return {
        "Model": [name for name, _, _ in rows],
        "Expression": [WORDS[label] for _, label, _ in rows],
        "Average precision": [percent(curve.average_precision, digits=1) for *_, curve in rows],
    } | {
        f"Precision at {percent(recall)} recall": [
            _number(_precision_at(curve, recall), "{:.0%}") for *_, curve in rows
        ]
        for recall in _RECALLS
    }


def _precision_at(curve: PrecisionRecall, recall: float) -> float | None:
    """Return the best precision of all points with at least that recall; None if there are none."""
    return max(
        (
            precision
            for found, precision in zip(curve.recall, curve.precision, strict=True)
            if found >= recall
        ),
        default=None,
    )


def reliability_table(bins: Mapping[str, Sequence[ReliabilityBin]]) -> Table:
    """Return a row per model and bin: confidence, accuracy, and number of faces."""
    rows = [(name, one) for name, of_model in bins.items() for one in of_model]
    return {
        "Model": [name for name, _ in rows],
        "Confidence": [f"{percent(one.low)} to {percent(one.high)}" for _, one in rows],
        "Mean confidence": [percent(one.confidence, digits=1) for _, one in rows],
        "Accuracy": [percent(one.accuracy, digits=1) for _, one in rows],
        "Faces": [f"{one.n:,}" for _, one in rows],
    }


def coverage_table(points: Mapping[str, Sequence[CoveragePoint]]) -> Table:
    """Return a row per model and threshold: the share of faces named, and of those named right."""
    rows = [(name, point) for name, of_model in points.items() for point in of_model]
    return {
        "Model": [name for name, _ in rows],
        "Threshold": [percent(point.min_confidence) for _, point in rows],
        "Faces named": [percent(point.coverage, digits=1) for _, point in rows],
        "Named right": [percent(point.accuracy, digits=1) for _, point in rows],
    }


def shown_table(by_set: Mapping[str, Mapping[str, Coverage]]) -> Table:
    """Return a row per set of faces and model: what the app's thresholds give."""
    rows = [
        (title, name, each.used)
        for title, by_model in by_set.items()
        for name, each in by_model.items()
        if each.used is not None
    ]
    right = [used.accuracy for *_, used in rows]
    return {
        "Faces": [title for title, *_ in rows],
        "Model": [name for _, name, _ in rows],
        "Word shown": [percent(used.coverage, digits=1) for *_, used in rows],
        "Word right": [ABSENT if each is None else percent(each, digits=1) for each in right],
    }


def thresholds_table(models: Sequence[Entry]) -> Table:
    """Return a row per model: the confidence from which each word is shown."""
    cards = [model.card for model in models]
    labels = dict.fromkeys(label for card in cards for label in card.heads[card.reading_head])
    needed = [
        dict(zip(card.heads[card.reading_head], card.min_confidences, strict=True))
        for card in cards
    ]
    return {"Model": [card.model_id for card in cards]} | {
        WORDS[label].capitalize(): [
            percent(of_model[label]) if label in of_model else ABSENT for of_model in needed
        ]
        for label in labels
    }


def robustness_table(curves: Mapping[str, RobustnessCurve], kind: str) -> Table:
    """Return a row per model and level of one corruption: accuracy and macro-F1."""
    rows = [(name, point) for name, curve in curves.items() for point in curve.points]
    return {
        "Model": [name for name, _ in rows],
        "Level": [level_words(kind, point.level) for _, point in rows],
        "Accuracy": [percent(point.accuracy, digits=1) for *_, point in rows],
        "Macro-F1": [f"{point.macro_f1:.3f}" for *_, point in rows],
    }
