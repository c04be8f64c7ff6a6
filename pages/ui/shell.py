"""What every page shares: preparation, style, heading, and tidying up when a page is left."""

import gc
from typing import Final

# Streamlit imports pandas for the first table. Plotly, in the thread of another visit, would then
# take the half-imported module for a whole one and fail.
import pandas as pd  # noqa: F401
import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from pages.ui.live.stream import LIVE_PAGE, end_stream
from pages.ui.resources import shared_recognizer

STYLE: Final = """<style>
[data-testid='stButtonGroup'] button[data-selected],
[data-testid='stTab'][data-selected],
[data-testid='stSliderThumbValue'] { color: light-dark(#1c6b6b, #8fd0cb) !important }
[data-testid='stMarkdownContainer'] img[src^='data:image/svg+xml'] {
    height: 1.25em; width: 1.25em; max-height: none; margin-right: 0.15em; vertical-align: -0.25em
}
[data-testid='stMetricLabel'] { min-height: 2.8em; align-items: end }
[data-testid='stMetricLabel'] p { white-space: normal }
.st-key-close_menu, .st-key-scroll_to_tabs { display: none }
</style>"""
"""CSS for what Streamlit cannot set.

Streamlit uses the primary colour for backgrounds and for text. In the dark theme no colour has
4.5:1 contrast as both, so text takes the link colour. A glyph is as large as the text beside it.
The label of a number may have two lines, so that it is not cut off. Components that only run a
script take no room.
"""

# On a phone the menu lies over the page, and Streamlit leaves it open after a choice. This listens
# to the taps; a page that was chosen before the browser had loaded this closes the menu late.
_CLOSE_MENU: Final = """
function close() {
  const menu = document.querySelector('[data-testid="stSidebar"][data-collapsed="false"]');
  if (menu && window.innerWidth <= 768) {
    menu.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
  }
}
export default function ({ data }) {
  if (window.cuePage === undefined) {
    document.addEventListener("click", (event) => {
      if (event.target.closest('[data-testid="stSidebarNavLink"]')) setTimeout(close);
    });
  }
  if (window.cuePage !== data) close();
  window.cuePage = data;
}
"""
_CURRENT: Final = "current_page"

_close_menu = st.components.v2.component("close_menu", js=_CLOSE_MENU)


@st.cache_resource(show_spinner="Getting ready…")
def start_up() -> bool:
    """Load the model and keep all imports out of garbage collection, once per server.

    A collection that walks all imported modules stops every live video for tens of milliseconds.
    Streamlit imports pandas with the first table, and a figure of another visitor that is made
    meanwhile would fail on half of a module.
    """
    import pandas  # noqa: F401

    shared_recognizer()
    gc.collect()
    gc.freeze()
    return True


def show_heading(title: str, introduction: str) -> None:
    """Show the title of a page and one sentence about it. Call it first in every page.

    If the first visit to a fresh server goes straight to a page's address, Streamlit takes `pages/`
    for its older way of building apps and runs the page without `app.py`. Then this reruns the app.
    """
    if PagesManager.uses_pages_directory:
        PagesManager.uses_pages_directory = False
        st.rerun()
    st.title(title)
    st.write(introduction)


def start_at_live() -> None:
    """Show the Live page to visitors of the bare address."""
    st.switch_page("pages/live.py")


def follow_navigation(url_path: str) -> None:
    """Remember the page; close the menu of a phone, and end the stream when Live is left."""
    before = st.session_state.get(_CURRENT)
    st.session_state[_CURRENT] = url_path
    if before != url_path and LIVE_PAGE in (before, url_path):
        end_stream()
    _close_menu(key="close_menu", data=url_path)
