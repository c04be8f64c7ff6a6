"""Text from outside, such as file names, on its way into Streamlit's Markdown."""

import re

_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")


def plain(text: str) -> str:
    r"""Return text that Markdown shows as it stands: no link, picture, HTML, formula or emoji.

    >>> plain("![x](http://a/b.png)")
    '\\!\\[x\\]\\(http\\://a/b\\.png\\)'
    """
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def counted(count: int, noun: str) -> str:
    """Return a count with its noun.

    >>> counted(1, "face"), counted(2, "face")
    ('1 face', '2 faces')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
