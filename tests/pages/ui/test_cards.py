import numpy as np
import pytest

from fer_core.labels import WORDS
from fer_core.results import Expression
from pages.ui.cards import headline, leading_labels
from pages.ui.text import with_glyph


def expression_of(happy, sad, fear, *, min_confidence=0.5):
    probs = np.array([happy, sad, fear])
    return Expression.from_probs(("happy", "sad", "fear"), probs, min_confidence=min_confidence)


def test_a_clear_leader_is_named_with_its_glyph():
    expression = expression_of(0.9, 0.1, 0.0)
    assert headline(expression) == with_glyph("happy", "happy")
    assert leading_labels(expression) == ("happy",)


def test_without_a_clear_leader_the_reading_is_not_sure_and_two_labels_lead():
    expression = expression_of(0.4, 0.25, 0.35)
    assert headline(expression) == with_glyph("not_sure", "not sure")
    assert leading_labels(expression) == ("happy", "fear")


@pytest.mark.parametrize("label", ["happy", "sad", "fear"])
def test_the_word_stands_beside_the_glyph(label):
    shares = {"happy": 0.0, "sad": 0.0, "fear": 0.0} | {label: 1.0}
    assert headline(expression_of(**shares)).endswith(f" {WORDS[label]}")
