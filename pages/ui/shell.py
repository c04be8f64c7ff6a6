"""What surrounds every page: preparation at the first visit, and tidying when a page is left."""

import gc
from typing import Final

import streamlit as st

from pages.ui.live.stream import LIVE_PAGE, end_stream
from pages.ui.resources import shared_recognizer

CONTRAST: Final = """<style>
[data-testid='stButtonGroup'] button[data-selected],
[data-testid='stTab'][data-selected],
[data-testid='stSliderThumbValue'] { color: light-dark(#1c6b6b, #8fd0cb) !important }
</style>"""
"""Streamlit writes both on the primary colour and with it; in the dark theme no one colour gives
4.5:1 for both, so what is written with it takes the link colour."""

_CURRENT: Final = "current_page"


@st.cache_resource(show_spinner="Getting ready…")
def start_up() -> bool:
    """Load the model and set the imports apart from garbage collection, once a server.

    A collection that walks all imported modules halts every live video for tens of milliseconds.
    """
    shared_recognizer()
    gc.collect()
    gc.freeze()
    return True


def start_at_live() -> None:
    """Show the live page to whoever opens the bare address."""
    st.switch_page("pages/live.py")


def follow_navigation(url_path: str) -> None:
    """Note which page is shown; end the live stream when its page is left or entered anew."""
    before = st.session_state.get(_CURRENT)
    st.session_state[_CURRENT] = url_path
    if before != url_path and LIVE_PAGE in (before, url_path):
        end_stream()
