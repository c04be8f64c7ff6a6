"""A figure as every page shows it: with a sentence above and a table below."""

from collections.abc import Mapping, Sequence
from typing import Final

import streamlit as st

from fer_core.figures import Figure

Table = Mapping[str, Sequence[str | int | float]]
"""Columns by name, all of one length."""

# Streamlit writes a chart's words in a grey of 3.7:1 on the light page; this is the page's own.
_WORDS_STYLE: Final = """<style>
[data-testid="stPlotlyChart"] .main-svg > :not(.hoverlayer) text { fill: currentColor !important; }
</style>"""
_CONFIG: Final = {"displayModeBar": False, "responsive": True}


def show_chart(figure: Figure, *, title: str, caption: str, table: Table) -> None:
    """Show a figure, the sentence that says what to read in it, and its numbers as a table."""
    st.html(_WORDS_STYLE)
    st.write(caption)
    st.plotly_chart(figure, key=f"chart-{title}", config=_CONFIG, alt=f"{title}. {caption}")
    with st.expander(f"{title} as a table"):
        st.table(table, hide_index=True, alt=title)
