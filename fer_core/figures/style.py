"""Colours, words and layout that all figures share; readable on a light and on a dark page."""

from typing import Any, Final

import plotly.graph_objects as go

# Okabe & Ito 2008, "Color Universal Design": told apart with every kind of colour blindness. Only
# the colours whose contrast is 3:1 or more on both themes' backgrounds (WCAG 2.2, 1.4.11).
BLUE: Final = "#0072b2"
ORANGE: Final = "#d55e00"
GREEN: Final = "#009e73"
SERIES: Final = (BLUE, ORANGE, GREEN)
MUTED: Final = "#808b8a"

_PATTERNS: Final = ("", "/", ".")
_CLEAR: Final = "rgba(0,0,0,0)"


def styled(figure: go.Figure, *, height: int) -> go.Figure:
    """Return the figure without a background of its own and without anything that catches a drag.

    The page's theme colours the words; a finger that scrolls over the figure moves the page.

    Args:
        figure: Changed in place.
        height: In pixels.
    """
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 16, "t": 32, "b": 8},
        paper_bgcolor=_CLEAR,
        plot_bgcolor=_CLEAR,
        dragmode=False,
        hovermode="closest",
        legend={"orientation": "h", "x": 0, "y": 1.0, "xanchor": "left", "yanchor": "bottom"},
    )
    figure.update_xaxes(fixedrange=True, automargin=True)
    figure.update_yaxes(fixedrange=True, automargin=True)
    return figure


def series_marker(index: int) -> dict[str, Any]:
    """Return how the bars of one series look: colour and pattern, never the colour alone."""
    pattern = {
        "shape": _PATTERNS[index % len(_PATTERNS)],
        "fillmode": "overlay",
        "fgcolor": "#ffffff",
        "fgopacity": 0.55,
        "size": 6,
        "solidity": 0.25,
    }
    return {"color": SERIES[index % len(SERIES)], "pattern": pattern}


def percent(share: float, *, digits: int = 0) -> str:
    r"""Return a share as people read it, on one line.

    >>> percent(0.683, digits=1)
    '68.3\xa0%'
    """
    return f"{100 * share:.{digits}f}\u00a0%"
