import pytest

from fer_core.faces.quality import (
    CUT_OFF,
    NOT_CLEAR,
    PARTLY_COVERED,
    REASONS,
    TOO_BLURRED,
    TOO_BRIGHT,
    TOO_CLOSE,
    TOO_DARK,
    TOO_SMALL,
    TURNED_AWAY,
)
from pages.ui.advice import advice_for


@pytest.mark.parametrize(
    ("reason", "advice"),
    [
        (CUT_OFF, "Move into the middle of the picture."),
        (TOO_CLOSE, "Move back a little."),
        (TOO_SMALL, "Come closer."),
        (TOO_DARK, "More light from the front helps."),
        (TOO_BRIGHT, "Less light helps."),
        (TOO_BLURRED, "Hold still, so that the picture is sharp."),
        (TURNED_AWAY, "Turn towards the camera."),
        (PARTLY_COVERED, "Keep eyes and mouth free."),
        (NOT_CLEAR, ""),
    ],
)
def test_the_advice_fits_the_cause(reason, advice):
    assert advice_for((reason,)) == advice


def test_every_reason_but_the_one_without_a_known_cause_has_advice():
    assert [reason for reason in REASONS if not advice_for((reason,))] == [NOT_CLEAR]


def test_several_causes_get_a_sentence_each():
    assert advice_for((TOO_SMALL, TURNED_AWAY)) == "Come closer. Turn towards the camera."


def test_advice_for_a_photo_is_about_another_photo():
    assert advice_for((TOO_CLOSE,), is_photo=True) == "In another photo: move back a little."


@pytest.mark.parametrize("is_photo", [False, True])
def test_without_a_known_cause_there_is_no_advice(is_photo):
    assert advice_for((), is_photo=is_photo) == ""
    assert advice_for((NOT_CLEAR,), is_photo=is_photo) == ""
