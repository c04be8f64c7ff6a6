"""How every page begins."""

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager


def show_heading(title: str, introduction: str) -> None:
    """Show a page's title and one sentence on what it is for.

    Call it first. When a page's own address is the very first visit to a fresh server, Streamlit
    takes `pages/` for its old way of building apps and runs the page without `app.py`; this then
    starts the run again, the right way.
    """
    if PagesManager.uses_pages_directory:
        PagesManager.uses_pages_directory = False
        st.rerun()
    st.title(title)
    st.write(introduction)
