"""How figures name and mark the classes of any data set: never by colour alone."""

import html
from typing import Any, Final

from fer_core.figures.style import BLUE, GREEN, MUTED, ORANGE
from fer_core.labels import WORDS

# Beside Okabe and Ito's colours, three with a contrast of 3:1 or more on both themes' backgrounds
# (WCAG 2.2, 1.4.11), far from the others in hue.
CLASS_COLORS: Final = (ORANGE, "#a87b00", "#8a63d2", GREEN, BLUE, "#c2508f", MUTED)
_CLASS_SYMBOLS: Final = (
    "circle",
    "square",
    "diamond",
    "cross",
    "x",
    "triangle-up",
    "triangle-down",
    "pentagon",
    "star",
    "hexagon",
    "hourglass",
)  # 7 colours and 11 symbols: 77 classes before a pair comes again


def plain_word(label: str) -> str:
    """Return the word of a label for a sentence; a label that is not ours is shown as it is.

    >>> plain_word("fear"), plain_word("bored")
    ('afraid', 'bored')
    """
    return WORDS.get(label, label)


def class_word(label: str) -> str:
    """Return the word of a label for a figure; a label that is not ours is shown as it is.

    Plotly reads tags in texts, and a label may come from anyone's file.

    >>> class_word("fear"), class_word("<b>bored")
    ('afraid', '&lt;b&gt;bored')
    """
    return html.escape(plain_word(label), quote=False)


def class_marker(index: int) -> dict[str, Any]:
    """Return colour and symbol of the points of one class."""
    return {
        "color": CLASS_COLORS[index % len(CLASS_COLORS)],
        "symbol": _CLASS_SYMBOLS[index % len(_CLASS_SYMBOLS)],
    }
