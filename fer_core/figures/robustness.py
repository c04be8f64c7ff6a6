"""How models read faces in harder pictures: tilted, blurred, dark, covered."""

from collections.abc import Mapping
from typing import Final

import plotly.graph_objects as go

from fer_core.evaluate.corruptions import corruption_title, level_words
from fer_core.evaluate.robustness import RobustnessCurve
from fer_core.figures.style import called, percent, series_line, styled

_HEIGHT: Final = 340
_HELD: Final = 0.05  # a loss of accuracy under this is called small

Curves = Mapping[str, RobustnessCurve]
"""Curves of one kind, of one model or of several, by the model's name."""


def robustness_curves(curves: Curves, kind: str) -> go.Figure:
    """Return accuracy over the level of one hardship, from the untouched picture on the left.

    Args:
        curves: Of that kind.
        kind: Name of the corruption.
    """
    figure = go.Figure()
    for index, (name, curve) in enumerate(curves.items()):
        figure.add_scatter(
            name=name,
            x=[point.level for point in curve.points],
            y=[point.accuracy for point in curve.points],
            hovertext=[
                f"{name} at {level_words(kind, point.level)}: accuracy "
                f"{percent(point.accuracy, digits=1)}, macro-F1 {point.macro_f1:.3f}"
                for point in curve.points
            ],
            **series_line(index),
        )
    unit = next((curve.unit for curve in curves.values()), "")
    figure.update_xaxes(title=f"{corruption_title(kind)}, {unit}")
    if any(curve.points[0].level > curve.points[-1].level for curve in curves.values()):
        figure.update_xaxes(autorange="reversed")  # light and pixels: the less, the harder
    figure.update_yaxes(title="Accuracy", tickformat=".0%", rangemode="tozero")
    return styled(figure, height=_HEIGHT)


def robustness_caption(curves: Curves, kind: str) -> str:
    """Return what to read in `robustness_curves`: how far each model holds, and its worst."""
    sentences = [_sentence(called(name, curves), kind, curve) for name, curve in curves.items()]
    faces = next((curve.faces for curve in curves.values()), 0)
    what = corruption_title(kind).lower()
    return f"How {what} changes the score, on {faces:,} faces. {' '.join(sentences)}"


def _sentence(name: str, kind: str, curve: RobustnessCurve) -> str:
    untouched, hardest = curve.points[0], curve.points[-1]
    too_low = (p for p in curve.points if p.accuracy < untouched.accuracy - _HELD)
    lost = next(too_low, None)
    points = f"{100 * _HELD:.0f} points"
    how_far = (
        f"loses more than {points} from {level_words(kind, lost.level)} on"
        if lost
        else f"never loses more than {points}"
    )
    return (
        f"{name} is right on {percent(untouched.accuracy)} of untouched faces, {how_far}, and is "
        f"right on {percent(hardest.accuracy)} at {level_words(kind, hardest.level)}."
    )


def hardship_overview(name: str, curves: Mapping[str, RobustnessCurve]) -> str:
    """Return which hardship costs one model most at its hardest level, in one sentence.

    Args:
        name: Of the model.
        curves: Of every kind that was measured, by kind; at least one.
    """
    losses = {
        kind: curve.points[0].accuracy - curve.points[-1].accuracy for kind, curve in curves.items()
    }
    worst, best = max(losses, key=losses.__getitem__), min(losses, key=losses.__getitem__)
    return (
        f"At the hardest level measured, {corruption_title(worst).lower()} costs {name} most "
        f"({100 * losses[worst]:.0f} points), {corruption_title(best).lower()} least "
        f"({100 * losses[best]:.0f})."
    )
