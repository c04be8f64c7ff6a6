"""A matrix of shares: darker cells for larger shares, each with its number."""

from collections.abc import Sequence
from typing import Final

import plotly.graph_objects as go

from fer_core.figures.style import styled

# From transparent to 70% of BLUE: the page's text keeps a contrast of 4.5:1 on every cell, on a
# light page and on a dark one.
_SCALE: Final = ((0.0, "rgba(0,114,178,0)"), (1.0, "rgba(0,114,178,0.7)"))
_DARKEST: Final = 0.01  # share of the darkest cell, at least


def share_matrix(
    rows: Sequence[str],
    columns: Sequence[str],
    shares: Sequence[Sequence[float]],
    *,
    texts: Sequence[Sequence[str]],
    hovers: Sequence[Sequence[str]],
    darkest: float | None = None,
    height: int | None = None,
) -> go.Figure:
    """Return the matrix, its first row on top and the columns' words above it.

    Args:
        rows: Words of the rows.
        columns: Words of the columns.
        shares: A row of shares per row.
        texts: Number of each cell.
        hovers: Sentence of each cell.
        darkest: Share of the darkest cell; None for the largest one that occurs.
        height: Height in pixels; None for 36 per row.
    """
    figure = go.Figure(
        go.Heatmap(
            x=list(columns),
            y=list(rows),
            z=[list(row) for row in shares],
            zmin=0,
            zmax=darkest or max([_DARKEST, *(share for row in shares for share in row)]),
            colorscale=_SCALE,
            showscale=False,
            xgap=2,
            ygap=2,
            hovertext=[list(row) for row in hovers],
            hoverinfo="text",
        )
    )
    figure.add_scatter(  # a heatmap would print its own text in black or white
        x=list(columns) * len(shares),
        y=[row for row in rows for _ in columns],
        text=[text for row in texts for text in row],
        mode="text",
        hoverinfo="skip",
        showlegend=False,
    )
    # on a phone slanted labels would overlap
    figure.update_xaxes(side="top", showgrid=False, zeroline=False, autotickangles=[0, -90])
    figure.update_yaxes(autorange="reversed", showgrid=False, zeroline=False, type="category")
    return styled(figure, height=height or 120 + 36 * len(shares))
