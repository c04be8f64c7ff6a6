"""Links between the pages of the app that keep the visitor's session."""

from urllib.parse import urlencode

import streamlit as st
from streamlit.errors import StreamlitAPIException


def show_link(page: str, words: str, /, *, icon: str, **query: str) -> None:
    """Show a link to a page; a page that this app does not have gets a plain address.

    Args:
        page: Name of the page's file, for example `evaluation`.
        words: Words of the link, Markdown.
        icon: An emoji.
        query: What the address says after `?`. Streamlit drops what the page with the link keeps in
            its address under the same name.
    """
    try:
        st.page_link(f"pages/{page}.py", label=words, icon=icon, query_params=query)
    except StreamlitAPIException:  # the page runs by itself, without the app around it
        st.markdown(f"{icon} [{words}]({page}?{urlencode(query)})")
