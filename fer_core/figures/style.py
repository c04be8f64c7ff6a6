"""Colours, words and layout of all figures; readable on a light page and on a dark one."""

from collections.abc import Collection
from typing import Any, Final

import plotly.graph_objects as go

# Okabe & Ito 2008, "Color Universal Design": distinct with every kind of colour blindness. Only the
# colours with a contrast of at least 3:1 on the backgrounds of both themes (WCAG 2.2, 1.4.11).
BLUE: Final = "#0072b2"
ORANGE: Final = "#d55e00"
GREEN: Final = "#009e73"
SERIES: Final = (BLUE, ORANGE, GREEN)
MUTED: Final = "#808b8a"

_PATTERNS: Final = ("", "/", ".")
_SYMBOLS: Final = ("circle", "square", "diamond")
_DASHES: Final = ("solid", "dash", "dot")
_MAX_MARKERS: Final = 12  # per line: enough to recognise it, few enough to see the line
CLEAR: Final = "rgba(0,0,0,0)"


def styled(figure: go.Figure, *, height: int) -> go.Figure:
    """Return the figure with a transparent background and without zooming by drag.

    The page's theme gives the text its colour. A finger that scrolls on the figure moves the page.

    Args:
        figure: The figure, which is changed in place.
        height: Height in pixels.
    """
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 16, "t": 32, "b": 8},
        paper_bgcolor=CLEAR,
        plot_bgcolor=CLEAR,
        dragmode=False,
        hovermode="closest",
        legend={"orientation": "h", "x": 0, "y": 1.0, "xanchor": "left", "yanchor": "bottom"},
    )
    figure.update_xaxes(fixedrange=True, automargin=True)
    figure.update_yaxes(fixedrange=True, automargin=True)
    return figure


def series_marker(index: int) -> dict[str, Any]:
    """Return the look of the bars of one series: colour and pattern, never colour alone."""
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
    """Return the look of the line of one series: colour, symbols and dashes, never colour alone.

    Args:
        index: Number of the series; it gives colour and symbol.
        dash: Dash of a second line of the same series.
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


def model_name(name: str, models: Collection[str]) -> str:
    """Return the subject of a sentence about a model: its name if the figure shows several.

    >>> model_name("plain", ["plain"]), model_name("plain", ["plain", "dropout"])
    ('The model', 'plain')
    """
    return name if len(models) > 1 else "The model"


def percent(share: float, *, digits: int = 0) -> str:
    """Return a share as a percentage.

    >>> percent(0.683, digits=1)
    '68.3%'
    """
    return f"{100 * share:.{digits}f}%"


def share_text(share: float) -> str:
    """Return a share as a percentage; one above 0 that rounds to 0 as `<1%`.

    >>> share_text(0.3), share_text(0.001), share_text(0.0)
    ('30%', '<1%', '0%')
    """
    text = percent(share)
    return "<1%" if share > 0 and text == percent(0) else text
