"""Whether a model's shares can be believed: reliability, and what a threshold leaves unsaid."""

from collections.abc import Mapping, Sequence
from typing import Final

import plotly.graph_objects as go

from fer_core.figures.style import MUTED, called, percent, series_line, styled
from fer_core.metrics.curves import CoveragePoint, ReliabilityBin

_HEIGHT: Final = 380
_FULL: Final = (-0.02, 1.02)  # a marker at an end is not cut
_SIZES_PX: Final = (6, 18)  # of the marker of an empty bin and of the fullest one

Bins = Mapping[str, Sequence[ReliabilityBin]]
"""Bins of one model or of several, by the model's name."""

Points = Mapping[str, Sequence[CoveragePoint]]
"""Coverage at rising thresholds, of one model or of several, by the model's name."""


def reliability_curves(bins: Bins) -> go.Figure:
    """Return how often a model is right at each confidence; on the diagonal it means what it says.

    A marker is the larger, the more faces its bin holds.
    """
    figure = go.Figure()
    figure.add_scatter(
        name="says what it means",
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"color": MUTED, "width": 1.5, "dash": "dot"},
        hoverinfo="skip",
    )
    for index, (name, of_model) in enumerate(bins.items()):
        fullest = max((one.n for one in of_model), default=1)
        smallest, spread = _SIZES_PX[0], _SIZES_PX[1] - _SIZES_PX[0]
        figure.add_scatter(
            name=name,
            x=[one.confidence for one in of_model],
            y=[one.accuracy for one in of_model],
            marker_size=[smallest + spread * (one.n / fullest) ** 0.5 for one in of_model],
            hovertext=[
                f"{name}: {one.n:,} faces read with {percent(one.low)} to {percent(one.high)}"
                f"<br>On average {percent(one.confidence)} sure, right on {percent(one.accuracy)}"
                for one in of_model
            ],
            **series_line(index),
        )
    figure.update_xaxes(title="How sure the model is", tickformat=".0%", range=_FULL)
    figure.update_yaxes(title="How often it is right", tickformat=".0%", range=_FULL)
    return styled(figure, height=_HEIGHT)


def reliability_caption(bins: Bins) -> str:
    """Return what to read in `reliability_curves`: where each model strays most."""
    sentences = [
        _reliability_sentence(called(name, bins), of_model) for name, of_model in bins.items()
    ]
    return " ".join(
        (
            "On the dotted line, a model that is 70% sure is right 7 times in 10; below it, "
            "it is too sure of itself.",
            *sentences,
        )
    )


def _reliability_sentence(name: str, bins: Sequence[ReliabilityBin]) -> str:
    """Return where one model strays, weighed by faces: a bin of three faces says little."""
    n = sum(one.n for one in bins)
    if not n:
        return f"{name} has no faces to judge."
    gap = sum(one.n * (one.confidence - one.accuracy) for one in bins) / n
    mean = f"{percent(sum(one.n * one.confidence for one in bins) / n, digits=1)} sure"
    right = f"right on {percent(sum(one.n * one.accuracy for one in bins) / n, digits=1)}"
    verdict = "too sure" if gap > 0 else "too modest"
    return f"{name} is {mean} on average and {right}: {100 * abs(gap):.1f} points {verdict}."


def coverage_curves(points: Points, *, min_confidences: Mapping[str, float]) -> go.Figure:
    """Return how often a word is right against how often one is said, as the threshold rises.

    Args:
        points: Of each model.
        min_confidences: The threshold that the app uses with each model: a ring marks it.
    """
    figure = go.Figure()
    for index, (name, of_model) in enumerate(points.items()):
        figure.add_scatter(
            name=name,
            x=[point.coverage for point in of_model],
            y=[point.accuracy for point in of_model],
            hovertext=[_coverage_words(name, point) for point in of_model],
            **series_line(index),
        )
        used = nearest_point(of_model, min_confidences[name])
        if used is not None:
            color = series_line(index)["line"]["color"]
            figure.add_scatter(
                name="the app's threshold",
                x=[used.coverage],
                y=[used.accuracy],
                mode="markers",
                marker={"symbol": "circle-open", "size": 18, "color": color, "line_width": 3},
                hovertext=[_coverage_words(name, used)],
                hoverinfo="text",
                showlegend=index == 0,
            )
    figure.update_xaxes(title="Faces it names", tickformat=".0%", range=_FULL)
    figure.update_yaxes(title="Right among them", tickformat=".0%")
    return styled(figure, height=_HEIGHT)


def coverage_caption(points: Points, *, min_confidences: Mapping[str, float]) -> str:
    """Return what to read in `coverage_curves`: what the app's threshold costs and gains."""
    sentences = [
        "Who says less is right more often; right is what most people say, or the label where no "
        "people were asked."
    ]
    for name, of_model in points.items():
        used = nearest_point(of_model, min_confidences[name])
        if used is not None:
            sentences.append(
                f"{called(name, points)} says a word from {percent(min_confidences[name])} on: so "
                f"it names {percent(used.coverage)} of the faces and is right on "
                f"{percent(used.accuracy)} of them; of the others the app says 'not sure'."
            )
    return " ".join(sentences)


def nearest_point(points: Sequence[CoveragePoint], min_confidence: float) -> CoveragePoint | None:
    """Return the point whose threshold is nearest; None where there are none."""
    return min(points, key=lambda point: abs(point.min_confidence - min_confidence), default=None)


def _coverage_words(name: str, point: CoveragePoint) -> str:
    return (
        f"{name}, a word from {percent(point.min_confidence)} on:<br>names "
        f"{percent(point.coverage, digits=1)} of the faces, right on "
        f"{percent(point.accuracy, digits=1)} of them"
    )
