"""What the figures show, as tables for those who read better than they see."""

from collections.abc import Mapping

from fer_core.figures.style import percent
from fer_core.labels import WORDS
from fer_core.metrics.scores import Scores
from pages.ui.charts import Table


def balance_table(counts: Mapping[str, Mapping[str, int]]) -> Table:
    """Return a row an expression and a column a split, with the sums in the last row."""
    labels = list(next(iter(counts.values())))
    return {"Expression": [*(WORDS[label] for label in labels), "all"]} | {
        split: [
            *(f"{per_label[label]:,}" for label in labels),
            f"{sum(per_label.values()):,}",
        ]
        for split, per_label in counts.items()
    }


def confusion_table(scores: Scores, labels: tuple[str, ...]) -> Table:
    """Return a row for the label and a column for what the model says, in faces."""
    columns = zip(*scores.confusion, strict=True)
    return {"The label says": [WORDS[label] for label in labels]} | {
        f"Model: {WORDS[label]}": [f"{count:,}" for count in column]
        for label, column in zip(labels, columns, strict=True)
    }


def class_score_table(
    scores: Scores, labels: tuple[str, ...], *, human: Mapping[str, float]
) -> Table:
    """Return a row an expression: precision, recall, F1, one person's F1, faces."""
    rows = [scores.per_class[label] for label in labels]
    return {
        "Expression": [WORDS[label] for label in labels],
        "Precision": [percent(row.precision, digits=1) for row in rows],
        "Recall": [percent(row.recall, digits=1) for row in rows],
        "F1": [percent(row.f1, digits=1) for row in rows],
        "One person's F1": [percent(human[label]) if label in human else "–" for label in labels],
        "Faces": [f"{row.support:,}" for row in rows],
    }
