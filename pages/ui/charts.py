"""How every page shows a figure: with a sentence above it and a table below."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import streamlit as st

from fer_core.figures import Figure
from pages.ui.text import escape_markdown

Table = Mapping[str, Sequence[str | int | float]]
"""Columns by name; all have the same length."""

_CONFIG: Final = {"displayModeBar": False, "responsive": True}
# The wheel and a finger move the page, so buttons zoom.
_ZOOM_CONFIG: Final = {
    **_CONFIG,
    "displayModeBar": True,
    "displaylogo": False,
    "modeBarButtons": [["zoomIn2d", "zoomOut2d", "pan2d", "resetScale2d"]],
}
# Streamlit writes the text of charts in grey, 3.6:1 on the light page. Use the page's text colour.
_TEXT_STYLE: Final = """<style>
[data-testid="stPlotlyChart"] .main-svg text { fill: currentColor !important; }
</style>"""


def show_chart(figure: Figure, *, title: str, caption: str, table: Table) -> None:
    """Show a figure, the caption that says what to look for, and the numbers as a table."""
    st.write(escape_markdown(caption))
    show_figure(figure, key=f"chart-{title}", alt=f"{title}. {caption}")
    with st.expander(f"{escape_markdown(title)} as a table"):
        st.table(table, hide_index=True, alt=title)


def show_figure(figure: Figure, *, key: str, alt: str) -> None:
    """Show a figure without caption and table.

    Args:
        figure: From `fer_core.figures`.
        key: Differs from the key of every other figure on the page.
        alt: What it shows, for screen readers.
    """
    st.html(_TEXT_STYLE)
    st.plotly_chart(figure, key=key, config=_CONFIG, alt=alt)


def show_selectable_figure(figure: Figure, *, key: str, alt: str) -> list[dict[str, Any]]:
    """Show a figure whose points can be clicked, and return the points that are.

    Args:
        figure: From `fer_core.figures`.
        key: Differs from the key of every other figure on the page.
        alt: What it shows, for screen readers.
    """
    st.html(_TEXT_STYLE)
    state = st.plotly_chart(
        figure,
        key=key,
        config=_ZOOM_CONFIG,
        alt=alt,
        on_select="rerun",
        selection_mode="points",
    )
    return list(state["selection"]["points"])
