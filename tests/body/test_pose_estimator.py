from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from fer_core.body.pose_estimator import PoseConfig
from fer_core.body.skeleton import EYES, HIPS, SHOULDERS, BodyPoint

pytestmark = pytest.mark.model


def eye_error(person, eyes):
    """Return how far the eyes of a body are from those of a face, in pixels."""
    return np.hypot(*(person.landmarks[list(EYES), :2] - eyes).T).max()


def test_the_portrait_is_one_person_with_a_face_whose_hips_are_not_seen(
    estimator, portrait_bgr, eyes
):
    (person,) = estimator.find(portrait_bgr, eyes)
    assert person.face_id == 0
    assert person.presence > 0.9
    assert eye_error(person, eyes[0]) < 10
    visibility = person.landmarks[:, 3]
    assert visibility[[BodyPoint.NOSE, *SHOULDERS]].min() > 0.9
    assert visibility[[*HIPS, BodyPoint.LEFT_KNEE, BodyPoint.RIGHT_KNEE]].max() < 0.5
    assert (person.landmarks[list(HIPS), 1] > 300).all()  # below the photo, not squeezed into it


def test_a_body_is_upright_in_metres_about_its_hips(estimator, portrait_bgr):
    (person,) = estimator.find(portrait_bgr)
    assert person.world_m[list(HIPS)].mean(axis=0) == pytest.approx([0, 0, 0], abs=0.05)
    shoulders = person.world_m[list(SHOULDERS)]
    assert -0.6 < shoulders[:, 1].mean() < -0.3
    assert shoulders[0, 0] - shoulders[1, 0] == pytest.approx(0.33, abs=0.1)  # subject's left first


def test_without_a_known_face_the_person_is_found_but_has_none(estimator, portrait_bgr):
    (person,) = estimator.find(portrait_bgr)
    assert person.face_id is None


def test_two_people_side_by_side_know_their_faces_and_come_from_left_to_right(
    estimator, pair_bgr, eyes
):
    mirrored = np.stack([600 - eyes[0, ::-1, 0], eyes[0, ::-1, 1]], axis=1)
    both = np.stack([mirrored, eyes[0]])  # the right one first
    left, right = estimator.find(pair_bgr, both)
    assert (left.face_id, right.face_id) == (1, 0)
    assert eye_error(left, eyes[0]) < 10
    assert eye_error(right, mirrored) < 10


def test_a_person_who_lies_is_found_by_the_face(estimator, portrait_bgr, eyes):
    turned_bgr = cv2.rotate(portrait_bgr, cv2.ROTATE_90_CLOCKWISE)
    turned = np.stack([300 - eyes[0, :, 1], eyes[0, :, 0]], axis=1)
    (person,) = estimator.find(turned_bgr, turned[None])
    assert person.face_id == 0
    assert eye_error(person, turned) < 15
    assert (person.landmarks[list(HIPS), 0] < 0).all()  # the feet lie to the left


def test_a_frame_without_a_person_has_none_even_where_a_face_was_claimed(estimator, stripes_bgr):
    assert estimator.find(stripes_bgr) == ()
    assert estimator.find(stripes_bgr, np.array([[[300.0, 200.0], [340.0, 200.0]]])) == ()


def test_boxes_lie_inside_the_frame(estimator, pair_bgr):
    for person in estimator.find(pair_bgr):
        x1, y1, x2, y2 = person.box.as_tuple()
        assert 0 <= x1 < x2 <= 600
        assert 0 <= y1 < y2 <= 300


def test_threads_that_share_an_estimator_get_what_one_gets(estimator, portrait_bgr, eyes):
    (alone,) = estimator.find(portrait_bgr, eyes)
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda _: estimator.find(portrait_bgr, eyes), range(3)))
    for (person,) in found:
        assert np.array_equal(person.landmarks, alone.landmarks)
        assert np.array_equal(person.world_m, alone.world_m)


@pytest.mark.parametrize("size", [(1, 1), (5, 400), (24, 24)])
def test_a_frame_too_small_for_a_person_has_none(estimator, size):
    assert estimator.find(np.full((*size, 3), 90, np.uint8)) == ()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"n_passes": 0}, "n_passes is at least 1"),
        ({"min_presence": 1.1}, r"lie in \[0, 1\]"),
        ({"min_iou": -0.1}, r"lie in \[0, 1\]"),
    ],
)
def test_settings_out_of_range_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        PoseConfig(**changes)
