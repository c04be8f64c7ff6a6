"""Colours, words and layout that all figures share; readable on a light and on a dark page."""

from collections.abc import Collection
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
_SYMBOLS: Final = ("circle", "square", "diamond")
_DASHES: Final = ("solid", "dash", "dot")
_MAX_MARKERS: Final = 12  # on one line: enough to tell it by, few enough to see the line
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


def series_line(index: int, *, dash: str | None = None) -> dict[str, Any]:
    """Return how the line of one series looks: colour, symbols and dashes, never colour alone.

    Args:
        index: Of the series; lines of one index have one colour and one symbol.
        dash: Another one than the series' own, for its second line.
    """
    color = SERIES[index % len(SERIES)]
    return {
        "mode": "lines+markers",
        "line": {
            "color": color,
            "width": 2.5,
            "dash": dash or _DASHES[index % len(_DASHES)],
        },
        "marker": {
            "color": color,
            "symbol": _SYMBOLS[index % len(_SYMBOLS)],
            "size": 8,
            "maxdisplayed": _MAX_MARKERS,
        },
        "hoverinfo": "text",
    }


def called(name: str, models: Collection[str]) -> str:
    """Return how a caption calls a model: by its name only where there are several.

    >>> called("plain", ["plain"]), called("plain", ["plain", "dropout"])
    ('The model', 'plain')
    """
    return name if len(models) > 1 else "The model"


def percent(share: float, *, digits: int = 0) -> str:
    r"""Return a share as people read it, on one line.

    >>> percent(0.683, digits=1)
    '68.3%'
    """
    return f"{100 * share:.{digits}f}%"
