"""Over-fitting: the scores of each model on the faces that trained it, and on other faces."""

from collections.abc import Sequence
from typing import Final

import plotly.graph_objects as go

from fer_core.evaluate.lineup import Entry
from fer_core.figures.style import MUTED, SERIES, styled

_SMALL_GAP: Final = 0.1  # a model with a smaller one has learned little by heart


def training_gaps(models: Sequence[Entry]) -> go.Figure:
    """Return one row per model: macro-F1 on training faces and on other faces, and the gap.

    Args:
        models: From top to bottom; models without scores on their training faces are left out.
    """
    measured = [model for model in models if model.evaluation.training]
    names = [model.card.model_id for model in measured]
    other, training = _macro_f1s(measured)
    figure = go.Figure()
    for row, (low, high) in enumerate(zip(other, training, strict=True)):
        figure.add_shape(
            type="line", x0=low, x1=high, y0=row, y1=row, line={"color": MUTED, "width": 3}
        )
        figure.add_annotation(
            x=(low + high) / 2,
            y=row,
            text=f"{points(high - low)}",
            showarrow=False,
            yshift=12,
        )
    for index, (title, values) in enumerate((("Other faces", other), ("Training faces", training))):
        figure.add_scatter(
            name=title,
            x=values,
            y=list(range(len(names))),
            mode="markers",
            marker={
                "color": SERIES[index],
                "symbol": ("circle", "square")[index],
                "size": 12,
            },
            hovertext=[
                f"{name}: macro-F1 {value:.3f} on {title.lower()}"
                for name, value in zip(names, values, strict=True)
            ],
            hoverinfo="text",
        )
    figure.update_xaxes(title="Macro-F1", tickformat=".1f", range=[0, 1.02])
    figure.update_yaxes(
        tickvals=list(range(len(names))), ticktext=names, range=[len(names) - 0.5, -0.7]
    )
    return styled(figure, height=130 + 52 * len(names))


def points(gap: float) -> str:
    """Return a difference of two shares in percentage points.

    >>> points(0.114), points(-0.01)
    ('11.4 points', '-1.0 points')
    """
    return f"{100 * gap:.1f} points"


def training_gaps_caption(models: Sequence[Entry]) -> str:
    """Return the message of `training_gaps` in words: whose gap is widest, and whose narrowest."""
    gaps = {
        model.card.model_id: (model.evaluation.training.macro_f1, model.evaluation.macro_f1)
        for model in models
        if model.evaluation.training
    }
    lead = (
        "The gap between the scores on training faces and on other faces measures over-fitting: "
        "what a model has learned by heart helps it only with the faces it has seen."
    )
    if not gaps:
        return lead
    widest = max(gaps, key=lambda name: gaps[name][0] - gaps[name][1])
    narrowest = min(gaps, key=lambda name: gaps[name][0] - gaps[name][1])
    sentences = [lead, f"{_gap_in_words(widest, *gaps[widest])}."]
    if narrowest != widest:
        sentences.append(f"{_gap_in_words(narrowest, *gaps[narrowest])}.")
    high, low = gaps[narrowest]
    if high - low < _SMALL_GAP and low == min(score for _, score in gaps.values()):
        sentences.append(f"A narrow gap alone is no merit: {narrowest} also has the lowest score.")
    return " ".join(sentences)


def _gap_in_words(name: str, training: float, other: float) -> str:
    return (
        f"{name} reaches a macro-F1 of {training:.3f} on its training faces and {other:.3f} on "
        f"others, a gap of {points(training - other)}"
    )


def _macro_f1s(models: Sequence[Entry]) -> tuple[list[float], list[float]]:
    """Return the macro-F1 of each model on other faces and on its training faces."""
    evaluations = [model.evaluation for model in models]
    return (
        [evaluation.macro_f1 for evaluation in evaluations],
        [evaluation.training.macro_f1 for evaluation in evaluations if evaluation.training],
    )
