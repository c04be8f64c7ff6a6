import numpy as np
import pytest

from fer_core.tracking.identity import FaceIdentities, IdentityConfig


def box(x, y, size=80):
    return [x - size / 2, y - size / 2, x + size / 2, y + size / 2]


def test_nobody_gets_no_number():
    assert FaceIdentities().update(np.zeros((0, 4)), time_s=0.0) == ()


@pytest.mark.parametrize("fps", [5, 15, 30])
def test_a_face_keeps_its_number_while_it_crosses_the_picture_in_two_seconds(fps):
    identities = FaceIdentities()
    ids = {
        identities.update([box(40 + 560 * step / (2 * fps), 240)], time_s=step / fps)
        for step in range(2 * fps + 1)
    }
    assert ids == {(1,)}


def test_many_faces_keep_their_numbers_whatever_their_order():
    identities = FaceIdentities()
    boxes = [box(100 * column, 120 * row, 60) for row in range(1, 4) for column in range(1, 6)]
    first = identities.update(boxes, time_s=0.0)
    assert first == tuple(range(1, 16))
    assert identities.update(boxes[::-1], time_s=0.1) == first[::-1]


def test_a_face_that_is_hidden_for_half_a_second_comes_back_as_itself():
    identities = FaceIdentities()
    for step in range(10):
        identities.update([box(100 + 10 * step, 240)], time_s=step / 15)
    for step in range(10, 18):
        identities.update(np.zeros((0, 4)), time_s=step / 15)
    assert identities.update([box(100 + 10 * 18, 240)], time_s=18 / 15) == (1,)


def test_a_face_that_was_away_for_longer_than_the_memory_is_somebody_new():
    identities = FaceIdentities(IdentityConfig(memory_s=1.0))
    identities.update([box(100, 100)], time_s=0.0)
    identities.update(np.zeros((0, 4)), time_s=0.5)
    assert identities.update([box(100, 100)], time_s=1.1) == (2,)


@pytest.mark.parametrize("fps", [10, 15, 30])
def test_two_people_who_cross_keep_their_numbers_though_one_hides_the_other(fps):
    identities = FaceIdentities()
    seen = []
    for step in range(2 * fps + 1):
        left_to_right = 60 + 520 * step / (2 * fps)
        boxes = [box(left_to_right, 240), box(640 - left_to_right, 250)]
        if abs(left_to_right - (640 - left_to_right)) < 50:
            boxes = boxes[:1]  # the nearer one covers the other
        seen.append(identities.update(boxes, time_s=step / fps))
    assert seen[0] == (1, 2)
    assert seen[-1] == (1, 2)
    assert {ids[0] for ids in seen} == {1}


def test_a_jump_across_the_picture_is_another_face():
    identities = FaceIdentities()
    identities.update([box(60, 60)], time_s=0.0)
    assert identities.update([box(580, 420)], time_s=0.05) == (2,)


def test_a_face_much_larger_than_before_is_another_face():
    identities = FaceIdentities()
    identities.update([box(200, 200, 40)], time_s=0.0)
    assert identities.update([box(200, 200, 200)], time_s=0.05) == (2,)


def test_two_looks_at_the_same_time_are_allowed():
    identities = FaceIdentities()
    identities.update([box(200, 200)], time_s=1.0)
    assert identities.update([box(205, 200)], time_s=1.0) == (1,)


def test_frames_that_run_backwards_are_refused():
    identities = FaceIdentities()
    identities.update([box(200, 200)], time_s=1.0)
    with pytest.raises(ValueError, match="in order of time"):
        identities.update([box(200, 200)], time_s=0.5)


@pytest.mark.parametrize(
    "changes", [{"memory_s": 0}, {"max_step": 0}, {"velocity_s": 0}, {"max_zoom": 1}]
)
def test_settings_out_of_range_are_refused(changes):
    with pytest.raises(ValueError, match="out of range"):
        IdentityConfig(**changes)
