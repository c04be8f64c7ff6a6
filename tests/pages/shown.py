"""What a page shows, as the tests of several pages ask for it."""

from streamlit.testing.v1 import AppTest


def words_of(page: AppTest) -> str:
    """Return all sentences of a page, one per line."""
    elements = (*page.markdown, *page.caption, *page.info, *page.error)
    return "\n".join(element.value for element in elements)


def open_tab(page: AppTest, part: str, **address: str) -> AppTest:
    """Run a page with one of its tabs open, and return it."""
    page.query_params.update({"part": part} | address)
    page.run()
    assert not page.exception
    return page
