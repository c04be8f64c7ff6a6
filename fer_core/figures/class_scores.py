"""How well a model reads each expression."""

from collections.abc import Mapping
from typing import Any, Final

import plotly.graph_objects as go

from fer_core.figures.style import MUTED, percent, series_marker, styled
from fer_core.labels import WORDS
from fer_core.metrics.scores import Scores

_MEANING: Final = {
    "precision": "When the model says {word}, the label is {word} on {share} of the faces",
    "recall": "Of {support:,} faces labelled {word}, the model finds {share}",
    "f1": "F1 of {word}: {share}, high only when precision and recall both are",
}
_NAMES: Final = {"precision": "Precision", "recall": "Recall", "f1": "F1"}


def class_scores(
    scores: Scores, labels: tuple[str, ...], *, human: Mapping[str, float]
) -> go.Figure:
    """Return grouped bars of precision, recall and F1, and of one person's F1.

    Args:
        scores: Of one model on one split.
        labels: Top to bottom.
        human: One person's F1 of a label; labels without one have no bar of theirs.
    """
    figure = go.Figure()
    for index, field in enumerate(_NAMES):
        shares = {label: getattr(scores.per_class[label], field) for label in labels}
        hovers = [
            _MEANING[field].format(
                word=WORDS[label], share=percent(share), support=scores.per_class[label].support
            )
            for label, share in shares.items()
        ]
        _add_bars(figure, _NAMES[field], shares, hovers=hovers, marker=series_marker(index))
    _add_people(figure, labels, human)
    figure.update_layout(barmode="group", bargap=0.22)
    figure.update_xaxes(tickformat=".0%", range=[0, 1.08])  # room for the longest bar's number
    figure.update_yaxes(autorange="reversed")
    return styled(figure, height=100 + 80 * len(labels))


def _add_people(figure: go.Figure, labels: tuple[str, ...], human: Mapping[str, float]) -> None:
    """Add what one person reaches."""
    shares = {label: human[label] for label in labels if label in human}
    hovers = [
        f"F1 of one person's {WORDS[label]}, against the same labels: {percent(share)}"
        for label, share in shares.items()
    ]
    _add_bars(figure, "One person's F1", shares, hovers=hovers, marker={"color": MUTED})


def _add_bars(
    figure: go.Figure,
    name: str,
    shares: Mapping[str, float],
    *,
    hovers: list[str],
    marker: dict[str, Any],
) -> None:
    figure.add_bar(
        name=name,
        orientation="h",
        y=[WORDS[label] for label in shares],
        x=list(shares.values()),
        text=[percent(share) for share in shares.values()],
        textposition="outside",
        cliponaxis=False,
        marker=marker,
        hovertext=hovers,
        hoverinfo="text",
    )


def class_scores_caption(scores: Scores, labels: tuple[str, ...]) -> str:
    """Return what to read in `class_scores`, in one sentence."""
    by_f1 = sorted(labels, key=lambda label: scores.per_class[label].f1)
    return (
        f"The model reads {WORDS[by_f1[-1]]} best and {WORDS[by_f1[0]]} worst; precision is how "
        "often its word is right, recall how many such faces it finds, F1 both in one (in grey: "
        "one person's)."
    )
