"""Precision and recall, reliability, and coverage: the curves behind a model's scores."""

from collections.abc import Mapping, Sequence
from typing import Final

import plotly.graph_objects as go

from fer_core.figures.style import MUTED, model_name, percent, series_line, styled
from fer_core.labels import WORDS
from fer_core.metrics.curves import CoveragePoint, PrecisionRecall, ReliabilityBin, ShownWords

_HEIGHT: Final = 380
_FULL: Final = (-0.02, 1.02)  # a marker at an end is not cut off
_SIZES_PX: Final = (6, 18)  # marker of an empty bin and of the fullest one

Curves = Mapping[str, Mapping[str, PrecisionRecall]]
"""`{model: {label: curve}}` of one model or several."""

Bins = Mapping[str, Sequence[ReliabilityBin]]
"""Bins of one model or several, by model."""

Points = Mapping[str, Sequence[CoveragePoint]]
"""Coverage at rising thresholds, of one model or several, by model."""

Used = Mapping[str, CoveragePoint | ShownWords]
"""Coverage and accuracy with the app's thresholds, by model; models without them are left out."""


def precision_recall_curves(curves: Curves, label: str) -> go.Figure:
    """Return one curve per model for one expression; the other expressions are grey.

    Args:
        curves: Each model with the same labels.
        label: The expression in colour.
    """
    figure = go.Figure()
    first = next(iter(curves.values()), {})
    for other, curve in first.items():
        if other != label:
            figure.add_scatter(
                x=curve.recall,
                y=curve.precision,
                mode="lines",
                line={"color": MUTED, "width": 1},
                opacity=0.5,
                hoverinfo="skip",
                showlegend=False,
            )
    for index, (name, of_model) in enumerate(curves.items()):
        curve = of_model[label]
        figure.add_scatter(
            name=name,
            x=curve.recall,
            y=curve.precision,
            hovertext=[
                f"{name}: finds {percent(recall)} of the {WORDS[label]} faces,"
                f"<br>right on {percent(precision)} of those that it names so"
                for recall, precision in zip(curve.recall, curve.precision, strict=True)
            ],
            **series_line(index),
        )
    figure.update_xaxes(title="Recall", tickformat=".0%", range=_FULL)
    figure.update_yaxes(title="Precision", tickformat=".0%", range=_FULL)
    return styled(figure, height=_HEIGHT)


def precision_recall_caption(curves: Curves, label: str) -> str:
    """Return the message of `precision_recall_curves` in words."""
    means = ", ".join(
        f"{name} {percent(of_model[label].average_precision)}" for name, of_model in curves.items()
    )
    return (
        f"The more {WORDS[label]} faces the model finds, the more often the word is wrong. A curve "
        f"further up and to the right is better. Average precision: {means}. The other expressions "
        "are grey."
    )


def reliability_curves(bins: Bins) -> go.Figure:
    """Return accuracy against confidence; a calibrated model lies on the diagonal.

    A larger marker stands for a bin with more faces.
    """
    figure = go.Figure()
    figure.add_scatter(
        name="calibrated",
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
                f"{name}: {one.n:,} faces with a confidence of {percent(one.low)} to "
                f"{percent(one.high)}<br>On average {percent(one.confidence)} sure, right on "
                f"{percent(one.accuracy)}"
                for one in of_model
            ],
            **series_line(index),
        )
    figure.update_xaxes(title="Confidence", tickformat=".0%", range=_FULL)
    figure.update_yaxes(title="Accuracy", tickformat=".0%", range=_FULL)
    return styled(figure, height=_HEIGHT)


def reliability_caption(bins: Bins) -> str:
    """Return the message of `reliability_curves` in words: how far each model strays."""
    sentences = [
        _reliability_sentence(model_name(name, bins), of_model) for name, of_model in bins.items()
    ]
    return " ".join(
        (
            "On the dotted line, a model that is 70% sure is right 7 times in 10. Below the line, "
            "it is too sure.",
            *sentences,
        )
    )


def _reliability_sentence(name: str, bins: Sequence[ReliabilityBin]) -> str:
    """Return how far one model strays; bins are weighted by their faces."""
    n = sum(one.n for one in bins)
    if not n:
        return f"{name} has no faces to judge."
    gap = sum(one.n * (one.confidence - one.accuracy) for one in bins) / n
    confidence = percent(sum(one.n * one.confidence for one in bins) / n, digits=1)
    accuracy = percent(sum(one.n * one.accuracy for one in bins) / n, digits=1)
    verdict = "too sure" if gap > 0 else "too cautious"
    return (
        f"{name} is {confidence} sure on average and right on {accuracy}: "
        f"{100 * abs(gap):.1f} points {verdict}."
    )


def coverage_curves(points: Points, *, used: Used) -> go.Figure:
    """Return accuracy against the share of named faces, as one threshold for all words rises.

    Args:
        points: Points of each model.
        used: What the app's thresholds give; a ring marks it.
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
        if name in used:
            color = series_line(index)["line"]["color"]
            figure.add_scatter(
                name="the app's thresholds",
                x=[used[name].coverage],
                y=[used[name].accuracy],
                mode="markers",
                marker={"symbol": "circle-open", "size": 18, "color": color, "line_width": 3},
                hovertext=[_used_words(name, used[name])],
                hoverinfo="text",
                showlegend=index == 0,
            )
    figure.update_xaxes(title="Faces that it names", tickformat=".0%", range=_FULL)
    figure.update_yaxes(title="Names that are right", tickformat=".0%")
    return styled(figure, height=_HEIGHT)


def coverage_caption(
    points: Points, *, used: Used, min_confidences: Mapping[str, Sequence[float]]
) -> str:
    """Return the message of `coverage_curves` in words: cost and gain of the app's thresholds.

    Args:
        points: Points of each model.
        used: What the app's thresholds give.
        min_confidences: Threshold of each word, by model.
    """
    sentences = [
        "If the model names fewer faces, it is right more often. The line has one threshold for "
        "all words; the ring has the app's."
    ]
    for name in points:
        if name in used:
            share, right = used[name].coverage, used[name].accuracy
            sentences.append(
                f"{model_name(name, points)} shows a word {_threshold_words(min_confidences[name])}"
                f". It names {percent(share)} of the faces"
                + ("" if right is None else f" and is right on {percent(right)} of them")
                + "; for the others the app shows 'not sure'."
            )
    return " ".join(sentences)


def _threshold_words(min_confidences: Sequence[float]) -> str:
    low, high = percent(min(min_confidences)), percent(max(min_confidences))
    if low == high:
        return f"from {low} confidence"
    return f"from {low} to {high} confidence, depending on the word"


def _coverage_words(name: str, point: CoveragePoint) -> str:
    return (
        f"{name}, words from {percent(point.min_confidence)} confidence:<br>names "
        f"{percent(point.coverage, digits=1)} of the faces, right on "
        f"{percent(point.accuracy, digits=1)} of them"
    )


def _used_words(name: str, used: CoveragePoint | ShownWords) -> str:
    coverage, accuracy = percent(used.coverage, digits=1), used.accuracy
    right = "" if accuracy is None else f", right on {percent(accuracy, digits=1)} of them"
    return f"{name}, the app's thresholds:<br>names {coverage} of the faces{right}"
