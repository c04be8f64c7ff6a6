import dataclasses

import numpy as np
import pytest

from fer_core.results import Box, Expression, Face, FrameResult


def expression(*probs, min_confidence=0.0):
    return Expression.from_probs(
        ("happy", "sad", "fear")[: len(probs)], np.array(probs), min_confidence=min_confidence
    )


def test_a_box_knows_its_size():
    box = Box(1.0, 2.0, 4.0, 8.0)
    assert (box.width, box.height) == (3.0, 6.0)
    assert box.as_tuple() == (1.0, 2.0, 4.0, 8.0)


def test_a_box_may_reach_over_the_edge_of_its_frame():
    assert Box(-5.0, -5.0, 3.0, 3.0).width == 8.0


@pytest.mark.parametrize(
    "edges", [(0, 0, 0, 1), (0, 0, 1, 0), (2, 0, 1, 1), (0, 0, float("nan"), 1)]
)
def test_a_box_without_area_is_refused(edges):
    with pytest.raises(ValueError, match="x2 > x1 and y2 > y1"):
        Box(*edges)


def test_the_largest_share_is_the_label():
    reading = expression(0.2, 0.7, 0.1)
    assert reading.label == "sad"
    assert reading.confidence == pytest.approx(0.7)


def test_shares_are_ranked_from_the_largest():
    assert [label for label, _ in expression(0.2, 0.7, 0.1).ranked()] == ["sad", "happy", "fear"]


def test_equal_shares_keep_the_order_of_the_labels():
    reading = expression(0.4, 0.2, 0.4)
    assert reading.label == "happy"
    assert [label for label, _ in reading.ranked()] == ["happy", "fear", "sad"]
    assert reading.top_two == reading.ranked()[:2]


@pytest.mark.parametrize(("min_confidence", "is_sure"), [(0.0, True), (0.5, True), (0.51, False)])
def test_a_reading_is_sure_from_its_threshold_on(min_confidence, is_sure):
    assert expression(0.5, 0.25, 0.25, min_confidence=min_confidence).is_sure is is_sure


def test_probabilities_are_a_read_only_copy():
    buffer = np.array([0.5, 0.5])
    reading = Expression.from_probs(("happy", "sad"), buffer)
    buffer[:] = 0
    assert reading.probs.tolist() == [0.5, 0.5]
    assert reading.probs.dtype == np.float32
    with pytest.raises(ValueError, match="read-only"):
        reading.probs[0] = 1.0


@pytest.mark.parametrize("probs", [[0.5], [0.5, 0.6], [0.3, 0.3, 0.4], [np.nan, 1.0], [[0.5, 0.5]]])
def test_probabilities_that_do_not_fit_the_labels_are_refused(probs):
    with pytest.raises(ValueError, match="Need 2 probabilities summing to 1"):
        Expression.from_probs(("happy", "sad"), np.array(probs))


@pytest.mark.parametrize("min_confidence", [-0.1, 1.1, float("nan")])
def test_a_threshold_that_is_no_share_is_refused(min_confidence):
    with pytest.raises(ValueError, match="min_confidence lies in"):
        expression(0.5, 0.5, min_confidence=min_confidence)


@pytest.mark.parametrize("score", [-0.1, 1.1, float("nan")])
def test_a_detection_score_that_is_no_share_is_refused(score):
    with pytest.raises(ValueError, match="detection_score lies in"):
        Face(Box(0, 0, 1, 1), score)


def test_a_face_may_be_found_without_being_read():
    face = Face(Box(0, 0, 1, 1), 0.5, reasons=("too small",))
    assert face.expression is None


def test_no_face_is_an_empty_result():
    assert FrameResult(width=1, height=1).faces == ()


@pytest.mark.parametrize("size", [(0, 1), (1, 0), (-1, 1)])
def test_a_frame_without_pixels_is_refused(size):
    with pytest.raises(ValueError, match="at least one pixel"):
        FrameResult(*size)


@pytest.mark.parametrize(
    ("value", "name"),
    [(Box(0, 0, 1, 1), "x1"), (FrameResult(1, 1), "faces"), (Face(Box(0, 0, 1, 1), 1.0), "box")],
)
def test_results_do_not_change_once_built(value, name):
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, name, None)


def test_by_default_the_leader_is_said_where_it_reaches_the_level():
    assert (
        Expression.from_probs(("a", "b"), np.array([0.7, 0.3]), min_confidence=0.5).shown_label
        == "a"
    )
    assert (
        Expression.from_probs(("a", "b"), np.array([0.7, 0.3]), min_confidence=0.8).shown_label
        is None
    )


def test_a_video_may_hold_a_word_that_does_not_lead():
    expression = Expression(("a", "b"), np.array([0.4, 0.6]), 0.5, shown_label="a")
    assert expression.shown_label == "a"
    assert expression.label == "b"
    assert expression.share("a") == pytest.approx(0.4)


def test_only_a_label_can_be_said():
    with pytest.raises(ValueError, match="got 'c'"):
        Expression(("a", "b"), np.array([0.4, 0.6]), 0.5, shown_label="c")
