"""A figure as every page shows it: with a sentence above and a table below."""

from collections.abc import Mapping, Sequence
from typing import Final

import streamlit as st

from fer_core.figures import Figure
from pages.ui.text import plain

Table = Mapping[str, Sequence[str | int | float]]
"""Columns by name, all of one length."""

_CONFIG: Final = {"displayModeBar": False, "responsive": True}
# Streamlit writes a chart's words in a grey of 3.6:1 on the light page; this is the page's own.
_WORDS_STYLE: Final = """<style>
[data-testid="stPlotlyChart"] .main-svg text { fill: currentColor !important; }
</style>"""


def show_chart(figure: Figure, *, title: str, caption: str, table: Table) -> None:
    """Show a figure, the sentence that says what to read in it, and its numbers as a table."""
    st.write(plain(caption))  # a model's name is a folder's
    show_figure(figure, key=f"chart-{title}", alt=f"{title}. {caption}")
    with st.expander(f"{plain(title)} as a table"):
        st.table(table, hide_index=True, alt=title)


def show_figure(figure: Figure, *, key: str, alt: str) -> None:
    """Show a figure alone, its words in the page's colour.

    Args:
        figure: From `fer_core.figures`.
        key: Unlike that of any other figure of the page.
        alt: What it shows, for those who hear the page.
    """
    st.html(_WORDS_STYLE)
    st.plotly_chart(figure, key=key, config=_CONFIG, alt=alt)
