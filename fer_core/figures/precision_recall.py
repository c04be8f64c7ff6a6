"""How many faces of one expression a model finds, and how often its word is right meanwhile."""

from collections.abc import Mapping
from typing import Final

import plotly.graph_objects as go

from fer_core.figures.style import MUTED, percent, series_line, styled
from fer_core.labels import WORDS
from fer_core.metrics.curves import PrecisionRecall

_HEIGHT: Final = 380
_FULL: Final = (-0.02, 1.02)  # a marker at an end is not cut

Curves = Mapping[str, Mapping[str, PrecisionRecall]]
"""`{model: {label: curve}}` of one model or of several."""


def precision_recall_curves(curves: Curves, label: str) -> go.Figure:
    """Return the curve of one expression for each model; the other expressions' stay in grey.

    Args:
        curves: Each model with the same labels.
        label: The one in colour.
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
                f"<br>right on {percent(precision)} of those it calls so"
                for recall, precision in zip(curve.recall, curve.precision, strict=True)
            ],
            **series_line(index),
        )
    figure.update_xaxes(title="Found (recall)", tickformat=".0%", range=_FULL)
    figure.update_yaxes(title="Right (precision)", tickformat=".0%", range=_FULL)
    return styled(figure, height=_HEIGHT)


def precision_recall_caption(curves: Curves, label: str) -> str:
    """Return what to read in `precision_recall_curves`, in one sentence."""
    means = ", ".join(
        f"{name} {percent(of_model[label].average_precision)}" for name, of_model in curves.items()
    )
    return (
        f"The further up and to the right, the better: who wants to find more {WORDS[label]} faces "
        f"must accept more wrong words. Average precision: {means}; in grey the other expressions."
    )
