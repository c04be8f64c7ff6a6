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
        query: What the address says after `?`.
    """
    try:
        st.page_link(f"pages/{page}.py", label=words, icon=icon, query_params=query)
    except StreamlitAPIException:  # the page runs by itself, without the app around it
        show_address(page, words, icon=icon, **query)


def show_address(page: str, words: str, /, *, icon: str, **query: str) -> None:
    """Show a link that opens the address of a page anew.

    Use it where both pages keep a choice under the same name in their address, as `part` of Dataset
    and Evaluation: Streamlit would remove it as the choice of the page that is left.

    Args:
        page: As for `show_link`.
        words: As for `show_link`.
        icon: As for `show_link`.
        query: As for `show_link`.
    """
    st.markdown(f"{icon} [{words}]({page}?{urlencode(query)})")
