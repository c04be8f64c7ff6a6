import numpy as np
import pytest

from fer_core.drawing.sprites import glyph_uri
from fer_core.figures import expression_bars
from fer_core.figures.style import BLUE, MUTED
from fer_core.results import Expression

LABELS = ("angry", "happy", "sad")


def test_the_likeliest_is_on_top_with_word_glyph_and_number():
    figure = expression_bars(Expression.from_probs(LABELS, np.array([0.1, 0.7, 0.2])))
    (bars,) = figure.data
    assert list(bars.y) == ["happy", "sad", "angry"]
    assert list(bars.text) == ["70%", "20%", "10%"]
    assert {image.y: image.source for image in figure.layout.images} == {
        label: glyph_uri(label) for label in LABELS
    }


def test_a_small_share_is_not_shown_as_zero():
    (bars,) = expression_bars(Expression.from_probs(LABELS, np.array([0.004, 0.996, 0.0]))).data
    assert list(bars.text) == ["100%", "<1%", "0%"]


@pytest.mark.parametrize(("min_confidence", "n_colored"), [(0.5, 1), (0.8, 2)])
def test_the_shown_label_is_in_colour_and_two_labels_are_if_it_is_not_sure(
    min_confidence, n_colored
):
    expression = Expression.from_probs(
        LABELS, np.array([0.1, 0.7, 0.2]), min_confidence=min_confidence
    )
    (bars,) = expression_bars(expression).data
    assert list(bars.marker.color) == [BLUE] * n_colored + [MUTED] * (3 - n_colored)


def test_the_hover_text_counts_people():
    (bars,) = expression_bars(Expression.from_probs(LABELS, np.array([0.02, 0.7, 0.28]))).data
    assert list(bars.hovertext) == [
        "7 in 10 people would say happy",
        "3 in 10 people would say sad",
        "Fewer than 1 in 10 people would say angry",
    ]


def test_a_certain_expression_leaves_room_for_its_number():
    figure = expression_bars(Expression.from_probs(LABELS, np.array([0.0, 1.0, 0.0])))
    assert figure.layout.xaxis.range[1] > 1.1
