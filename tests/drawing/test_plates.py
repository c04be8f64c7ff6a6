import numpy as np
import pytest

from fer_core.drawing.plates import candidate_words, render_plate
from fer_core.drawing.style import MUTED_BGR, TEXT_BGR, Style
from fer_core.labels import VOTE_LABELS
from fer_core.results import Box, Expression, Face

STYLE = Style(text_px=20)
BOX = Box(200, 150, 320, 290)


def test_a_reading_that_is_not_sure_names_its_two_leading_candidates():
    probs = np.zeros(len(VOTE_LABELS))
    probs[[VOTE_LABELS.index("neutral"), VOTE_LABELS.index("fear")]] = 0.48, 0.52
    assert candidate_words(Expression.from_probs(VOTE_LABELS, probs)) == "afraid or neutral?"


def test_a_single_candidate_stands_alone():
    assert candidate_words(Expression.from_probs(("sad",), np.array([1.0]))) == "sad?"


@pytest.mark.parametrize("label", VOTE_LABELS)
def test_the_plates_of_two_labels_differ(label, expression_of):
    plate = render_plate(Face(BOX, 0.9, expression=expression_of(label)), style=STYLE)
    assert plate.shape[0] == STYLE.plate_px
    for other in set(VOTE_LABELS) - {label}:
        other_plate = render_plate(Face(BOX, 0.9, expression=expression_of(other)), style=STYLE)
        assert plate.shape != other_plate.shape or (plate != other_plate).any()


def test_a_face_without_a_reason_still_has_a_plate_that_says_it_is_not_read():
    plate = render_plate(Face(BOX, 0.9), style=STYLE)
    assert plate.shape[1] > 2 * STYLE.plate_px
    assert plate.max() == max(MUTED_BGR)


def test_a_corrected_reading_has_a_longer_plate(expression_of):
    widths = [
        render_plate(
            Face(BOX, 0.9, expression=expression_of(), is_corrected=is_corrected), style=STYLE
        ).shape[1]
        for is_corrected in (False, True)
    ]
    assert widths[1] > widths[0] + STYLE.plate_px


def test_the_seconds_of_a_baseline_capture_take_the_place_of_the_reading(expression_of):
    plates = [
        render_plate(
            Face(BOX, 0.9, expression=expression_of(label), baseline_left_s=2.3), style=STYLE
        )
        for label in ("happy", "sad")
    ]
    np.testing.assert_array_equal(*plates)


def test_a_number_comes_before_the_words(sure_face):
    plain = render_plate(sure_face(), style=STYLE)
    numbered = render_plate(sure_face(), style=STYLE, number=12)
    n_added = numbered.shape[1] - plain.shape[1]
    assert n_added > 0
    np.testing.assert_array_equal(
        numbered[:, -plain.shape[1] + STYLE.pad_px :], plain[:, STYLE.pad_px :]
    )
    chip = numbered[STYLE.plate_px // 2, STYLE.pad_px + 1]
    assert chip.tolist() == list(TEXT_BGR)
