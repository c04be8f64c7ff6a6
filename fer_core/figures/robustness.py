"""Robustness: accuracy on corrupted faces."""

from collections.abc import Mapping
from typing import Final

import plotly.graph_objects as go

from fer_core.evaluate.corruptions import corruption_title, level_words
from fer_core.evaluate.robustness import RobustnessCurve
from fer_core.figures.style import model_name, percent, series_line, styled

_HEIGHT: Final = 340
_SMALL_LOSS: Final = 0.05  # accuracy; a model holds out as long as it loses no more

Curves = Mapping[str, RobustnessCurve]
"""Curves of one corruption, of one model or several, by model."""


def robustness_curves(curves: Curves, corruption: str) -> go.Figure:
    """Return accuracy against the level of one corruption, the clean faces on the left.

    Args:
        curves: The curves.
        corruption: Name of the corruption.
    """
    figure = go.Figure()
    for index, (name, curve) in enumerate(curves.items()):
        figure.add_scatter(
            name=name,
            x=[point.level for point in curve.points],
            y=[point.accuracy for point in curve.points],
            hovertext=[
                f"{name} at {level_words(corruption, point.level)}: accuracy "
                f"{percent(point.accuracy, digits=1)}, macro-F1 {point.macro_f1:.3f}"
                for point in curve.points
            ],
            **series_line(index),
        )
    unit = next((curve.unit for curve in curves.values()), "")
    figure.update_xaxes(title=f"{corruption_title(corruption)}, {unit}")
    if any(curve.points[0].level > curve.points[-1].level for curve in curves.values()):
        figure.update_xaxes(autorange="reversed")  # less light and fewer pixels are harder
    figure.update_yaxes(title="Accuracy", tickformat=".0%", rangemode="tozero")
    return styled(figure, height=_HEIGHT)


def robustness_caption(curves: Curves, corruption: str) -> str:
    """Return the message of `robustness_curves` in words: how long each model holds out."""
    sentences = [
        _sentence(model_name(name, curves), corruption, curve) for name, curve in curves.items()
    ]
    faces = next((curve.faces for curve in curves.values()), 0)
    title = corruption_title(corruption).lower()
    return f"Accuracy under {title}, on {faces:,} faces. {' '.join(sentences)}"


def _sentence(name: str, corruption: str, curve: RobustnessCurve) -> str:
    clean, hardest = curve.points[0], curve.points[-1]
    lost = next((p for p in curve.points if p.accuracy < clean.accuracy - _SMALL_LOSS), None)
    points = f"{100 * _SMALL_LOSS:.0f} points"
    loss = (
        f"It loses more than {points} from {level_words(corruption, lost.level)} on"
        if lost
        else f"It never loses more than {points}"
    )
    return (
        f"{name} is right on {percent(clean.accuracy)} of clean faces. {loss}, and is right on "
        f"{percent(hardest.accuracy)} at {level_words(corruption, hardest.level)}."
    )


def corruption_overview(name: str, curves: Mapping[str, RobustnessCurve]) -> str:
    """Return which corruption costs one model most at its hardest level, in one sentence.

    Args:
        name: The model.
        curves: The curves of all measured corruptions, by corruption; at least one.
    """
    losses = {
        corruption: curve.points[0].accuracy - curve.points[-1].accuracy
        for corruption, curve in curves.items()
    }
    worst, best = max(losses, key=losses.__getitem__), min(losses, key=losses.__getitem__)
    return (
        f"At the hardest level measured, {corruption_title(worst).lower()} costs {name} the "
        f"most accuracy ({100 * losses[worst]:.0f} points), {corruption_title(best).lower()} the "
        f"least ({100 * losses[best]:.0f} points)."
    )
