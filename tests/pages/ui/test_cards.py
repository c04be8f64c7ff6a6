"""How a reading is worded in a page."""

import numpy as np

from fer_core.results import Expression
from pages.ui.cards import headline
from pages.ui.text import counted, plain


def test_a_clear_leader_is_named_with_its_emoji():
    assert (
        headline(Expression.from_probs(("happy", "sad"), np.array([0.9, 0.1]), min_confidence=0.5))
        == "### 😊 happy"
    )


def test_without_a_clear_leader_it_is_not_sure():
    expression = Expression.from_probs(
        ("happy", "sad", "fear"), np.array([0.4, 0.3, 0.3]), min_confidence=0.5
    )
    assert headline(expression) == "### ❔ not sure"


def test_a_file_name_is_shown_as_it_stands():
    assert plain("a_b*c*<b>.jpg") == r"a\_b\*c\*\<b\>\.jpg"
    assert plain("two\nlines") == "two lines"


def test_counts_agree_with_their_noun():
    assert [counted(n, "face") for n in (0, 1, 1234)] == ["0 faces", "1 face", "1,234 faces"]
