"""Text from outside, such as file names, on its way into Streamlit's Markdown."""

import re

_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")


def plain(text: str) -> str:
    r"""Return text that Markdown shows as it stands: no link, picture, HTML, formula or emoji.

    >>> plain("![x](http://a/b.png)")
    '\\!\\[x\\]\\(http\\://a/b\\.png\\)'
    """
    return _MARKS.sub(r"\\\1", " ".join(text.split()))
