"""Text on its way into Streamlit's Markdown."""

import re
from urllib.parse import urlencode

from fer_core.drawing.sprites import glyph_uri

_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")


def escape_markdown(text: str) -> str:
    r"""Return text that Markdown shows as it is: no link, image, HTML, formula or emoji.

    Use it for everything that comes from outside, such as file names and model names.

    >>> escape_markdown("![x](http://a/b.png)")
    '\\!\\[x\\]\\(http\\://a/b\\.png\\)'
    """
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def pluralize(count: int, noun: str) -> str:
    """Return a count with its noun.

    >>> pluralize(1, "face"), pluralize(2, "face")
    ('1 face', '2 faces')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def inside_link(**choice: str | int) -> str:
    """Return the address of the Inside page with a choice made, for a Markdown link.

    It is relative, so that it holds for an app below another address too.

    >>> inside_link(model="a b)", row=7)
    'inside?model=a+b%29&row=7'
    """
    return f"inside?{urlencode(choice)}"


def with_glyph(name: str, markdown: str) -> str:
    """Return Markdown with one of our faces before it, as large as the letters.

    The words say what the glyph shows, so a screen reader skips the glyph.

    Args:
        name: One of `drawing.sprites.GLYPHS`.
        markdown: The words.

    >>> with_glyph("happy", "**happy**")
    '![](data:image/svg+xml;base64,...) **happy**'
    """
    return f"![]({glyph_uri(name)}) {markdown}"
