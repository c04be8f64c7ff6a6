"""What surrounds every page: preparation at the first visit, and tidying when a page is left."""

import gc

import streamlit as st

from pages.ui.live_stream import LIVE_PAGE, end_stream
from pages.ui.resources import shared_recognizer

_CURRENT: str = "current_page"


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
