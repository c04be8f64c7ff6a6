import numpy as np
import pytest

from fer_core.data.posture_labels import PostureSample
from fer_core.errors import DataError, ImageError
from fer_core.evaluate.postures import (
    MeasuredShare,
    PostureOutcome,
    evaluate_postures,
    score_postures,
)
from fer_core.metrics.intervals import wilson_interval
from tests.body.skeletons import figure, person_of

FRAME = np.zeros((600, 800, 3), np.uint8)
STANDING = person_of(figure())
HEAD_DOWN = person_of(figure(head_deg=(40, 0, 0)), corner=(600.0, 150.0))


def sample(person, *, source="a.jpg", time_s=None, **answers):
    by_words = {name.replace("_", " "): answer for name, answer in answers.items()}
    return PostureSample(source, time_s, np.array(person.box.as_tuple()), by_words)


def test_counts_of_one_posture():
    outcomes = [
        PostureOutcome({"standing": True}, {"standing": True}),
        PostureOutcome({"standing": True}, {"standing": False}),
        PostureOutcome({"standing": True}, {"standing": None}),
        PostureOutcome({"standing": True}, {}),
        PostureOutcome({"standing": False}, {"standing": True}),
        PostureOutcome({"standing": False}, {"standing": None}),
        PostureOutcome({"standing": None}, {"standing": True}),
        PostureOutcome({"standing": None}, {}),
    ]
    score = score_postures(outcomes)["standing"]
    assert (score.n_yes, score.n_no, score.n_unclear) == (4, 2, 2)
    assert (score.n_right, score.n_wrong, score.n_silent) == (1, 1, 3)
    assert score.recall == MeasuredShare(0.25, wilson_interval(1, 4))
    assert score.precision == MeasuredShare(0.5, wilson_interval(1, 2))


def test_shares_of_nobody_are_none():
    score = score_postures([PostureOutcome({"standing": False}, {"standing": False})])["standing"]
    assert (score.recall, score.precision) == (None, None)
    assert score_postures([]) == {}


def test_people_of_a_picture_are_matched_by_their_boxes_and_the_rows_are_halved_in_turn():
    samples = [
        sample(HEAD_DOWN, head_down=True, standing=True),
        sample(STANDING, head_down=False, standing=True),
    ]
    result = evaluate_postures(lambda _: [STANDING, HEAD_DOWN], samples, lambda *_: FRAME)
    assert (result.n_people, result.n_found) == (2, 2)
    down = result.all["head down"]
    assert (down.n_right, down.n_wrong, down.n_silent) == (1, 0, 0)
    first, others = result.halves
    assert (first["head down"].n_yes, others["head down"].n_yes) == (1, 0)
    assert (first["standing"].n_right, others["standing"].n_right) == (1, 1)


def test_all_rules_count_also_those_of_a_third_posture():
    samples = [sample(HEAD_DOWN, both_hands_visible=True)]
    result = evaluate_postures(lambda _: [HEAD_DOWN], samples, lambda *_: FRAME)
    assert result.all["both hands visible"].n_right == 1  # after head down and standing


def test_a_person_who_is_not_found_is_silent():
    samples = [sample(STANDING, standing=True)]
    result = evaluate_postures(lambda _: [HEAD_DOWN], samples, lambda *_: FRAME)
    assert (result.n_people, result.n_found) == (1, 0)
    assert result.all["standing"].n_silent == 1


def test_each_picture_and_each_frame_is_read_once():
    samples = [
        sample(STANDING, source="b.mp4", time_s=2.0, standing=True),
        sample(STANDING, source="a.jpg", standing=True),
        sample(HEAD_DOWN, source="b.mp4", time_s=2.0, standing=True),
        sample(STANDING, source="b.mp4", time_s=0.0, standing=True),
    ]
    read, shares = [], []

    def read_frame(source, time_s):
        read.append((source, time_s))
        return FRAME

    evaluate_postures(lambda _: [], samples, read_frame, on_progress=shares.append)
    assert sorted(read, key=str) == [("a.jpg", None), ("b.mp4", 0.0), ("b.mp4", 2.0)]
    assert shares == pytest.approx([1 / 3, 2 / 3, 1])


def test_people_of_a_picture_that_cannot_be_read_do_not_count():
    samples = [sample(STANDING, standing=True), sample(STANDING, source="b.jpg", standing=True)]
    messages = []

    def read_frame(source, _):
        if source == "b.jpg":
            raise ImageError("b.jpg is damaged.")
        return FRAME

    result = evaluate_postures(
        lambda _: [STANDING], samples, read_frame, on_message=messages.append
    )
    assert result.n_people == 1
    assert messages == ["b.jpg is damaged."]
    with pytest.raises(DataError, match="None of the labelled pictures"):
        evaluate_postures(lambda _: [], samples[1:], read_frame)
