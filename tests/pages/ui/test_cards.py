import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fer_core.labels import WORDS
from fer_core.results import Expression
from pages.ui.cards import headline, leading_labels
from pages.ui.text import with_glyph
from tests.pages.shown import words_of


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


def unread_face(*reasons: str, is_photo: bool) -> None:
    from fer_core.results import Box, Face, FrameResult
    from pages.ui.cards import show_face, show_faces

    face = Face(Box(0, 0, 9, 9), 0.9, reasons=reasons)
    if is_photo:
        show_face(face, is_photo=True)
    else:
        show_faces(FrameResult(640, 480, (face,)))


@pytest.mark.parametrize(
    ("reasons", "is_photo", "expected"),
    [
        (("too close",), False, "Too close. Move back a little."),
        (("too close",), True, "Too close. In another photo: move back a little."),
        (("not clearly visible",), False, "Not clearly visible."),
        ((), False, "This face could not be read."),
    ],
)
def test_a_face_that_is_not_read_gets_its_reason_and_the_advice_that_fits(
    reasons, is_photo, expected
):
    page = AppTest.from_function(
        unread_face, args=reasons, kwargs={"is_photo": is_photo}, default_timeout=120
    ).run()
    assert words_of(page).splitlines()[-1] == expected


def test_no_face_is_said_without_advice_since_the_cause_is_not_known():
    def no_face() -> None:
        from fer_core.results import FrameResult
        from pages.ui.cards import show_faces

        show_faces(FrameResult(640, 480))

    assert (
        words_of(AppTest.from_function(no_face, default_timeout=120).run()) == "## 🔍 No face found"
    )
