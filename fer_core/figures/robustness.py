"""How models read faces in harder pictures: tilted, blurred, dark, covered."""

from collections.abc import Mapping
from typing import Final

import plotly.graph_objects as go

from fer_core.figures.style import called, percent, series_line, styled
from fer_core.metrics.evidence import RobustnessCurve

_HEIGHT: Final = 340
_HELD: Final = 0.05  # a loss of accuracy under this is called small
KIND_WORDS: Final = {
    "tilt": "Tilt",
    "blur": "Blur",
    "noise": "Noise",
    "darkness": "Darkness",
    "resolution": "Low resolution",
    "covered_mouth": "Covered mouth",
    "covered_eyes": "Covered eyes",
}
"""What each kind of hardship is called on the page."""

_LEVELS: Final = {
    "tilt": "{:g} degrees",
    "blur": "a blur of {:g} px",
    "noise": "noise of {:g} grey levels",
    "darkness": "{:.0%} of the light",
    "resolution": "{:g} px",
    "covered_mouth": "{:.0%} covered",
    "covered_eyes": "{:.0%} covered",
}

Curves = Mapping[str, RobustnessCurve]
"""Curves of one kind, of one model or of several, by the model's name."""


def robustness_curves(curves: Curves, kind: str) -> go.Figure:
    """Return accuracy over the level of one hardship, from the untouched picture on the left.

    Args:
        curves: Of that kind.
        kind: One of `KIND_WORDS`.
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
    figure.update_xaxes(title=f"{KIND_WORDS.get(kind, kind)}, {unit}")
    if any(curve.points[0].level > curve.points[-1].level for curve in curves.values()):
        figure.update_xaxes(autorange="reversed")  # light and pixels: the less, the harder
    figure.update_yaxes(title="Accuracy", tickformat=".0%", rangemode="tozero")
    return styled(figure, height=_HEIGHT)


def robustness_caption(curves: Curves, kind: str) -> str:
    """Return what to read in `robustness_curves`: how far each model holds, and its worst."""
    sentences = [_sentence(called(name, curves), kind, curve) for name, curve in curves.items()]
    faces = next((curve.faces for curve in curves.values()), 0)
    what = KIND_WORDS.get(kind, kind).lower()
    return f"How {what} changes the score, on {faces:,} faces. {' '.join(sentences)}"


def level_words(kind: str, level: float) -> str:
    """Return one level of a hardship in words.

    >>> level_words("tilt", 30), level_words("darkness", 0.25), level_words("fog", 3)
    ('30 degrees', '25% of the light', 'level 3')
    """
    return _LEVELS.get(kind, "level {:g}").format(level)


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
        f"At the hardest level measured, {KIND_WORDS.get(worst, worst).lower()} costs {name} most "
        f"({100 * losses[worst]:.0f} points), {KIND_WORDS.get(best, best).lower()} least "
        f"({100 * losses[best]:.0f})."
    )
