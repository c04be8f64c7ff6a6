"""Horizontal bars with their numbers, as most charts have them."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go


def add_bars(
    figure: go.Figure,
    words: Sequence[str],
    values: Sequence[float],
    *,
    texts: Sequence[str],
    hovers: Sequence[str],
    marker: dict[str, Any],
    name: str | None = None,
) -> None:
    """Add one series: a bar per word, with its number behind it and a sentence on hover.

    Args:
        figure: The figure, which is changed in place.
        words: From top to bottom.
        values: Length of the bar of each word.
        texts: Number of each bar.
        hovers: Sentence of each bar.
        marker: Colour and pattern, see `style.series_marker`.
        name: Name of the series in the legend.
    """
    figure.add_bar(
        name=name,
        orientation="h",
        y=list(words),
        x=list(values),
        text=list(texts),
        textposition="outside",
        cliponaxis=False,
        marker=marker,
        hovertext=list(hovers),
        hoverinfo="text",
    )
