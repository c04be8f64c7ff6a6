import numpy as np
import pytest

from fer_core.body.matching import are_same_person, match_faces, torso_of
from fer_core.body.pose_landmarks import Pose
from fer_core.body.skeleton import BodyPoint


def pose(*, x=0.0, hips_x=0.0, scale=1.0):
    """Return a body with its nose at (x, 0), shoulders at 100 and hips at 300 pixels below."""
    landmarks = np.zeros((33, 4), np.float32)
    places = {
        BodyPoint.NOSE: (0, 0),
        BodyPoint.RIGHT_EYE: (-10, -10),
        BodyPoint.LEFT_EYE: (10, -10),
        BodyPoint.RIGHT_SHOULDER: (-60, 100),
        BodyPoint.LEFT_SHOULDER: (60, 100),
        BodyPoint.RIGHT_HIP: (-40 + hips_x, 300),
        BodyPoint.LEFT_HIP: (40 + hips_x, 300),
    }
    for point, place in places.items():
        landmarks[point, :2] = place
    landmarks[:, :2] *= scale
    landmarks[:, 0] += x
    return Pose(landmarks, np.zeros((33, 3), np.float32), 1.0, None)


def test_the_torso_runs_from_the_centre_of_the_shoulders_to_that_of_the_hips():
    assert torso_of(pose().landmarks) == 200.0
    assert torso_of(pose(hips_x=150).landmarks) == 250.0


@pytest.mark.parametrize(("apart", "is_same"), [(0, True), (99, True), (101, False)])
def test_bodies_up_to_half_a_torso_apart_are_one_person(apart, is_same):
    assert are_same_person(pose(), pose(x=apart)) is is_same


def test_hips_that_were_guessed_elsewhere_do_not_make_two_people_of_one():
    # the hips are 200 away: mean over five points 80, the larger torso is 283
    assert are_same_person(pose(), pose(hips_x=200))


def test_a_small_body_on_the_chest_of_a_large_one_is_the_same_person():
    assert are_same_person(pose(), pose(scale=0.6))
    assert not are_same_person(pose(), pose(x=250, scale=0.6))  # a child beside it


def eyes(*centres):
    """Return the eyes of faces, 20 pixels apart."""
    return np.array([[[x - 10, y], [x + 10, y]] for x, y in centres], float).reshape(-1, 2, 2)


@pytest.mark.parametrize(("x", "face"), [(0, 0), (29, 0), (31, None)])
def test_a_face_belongs_to_the_body_whose_eyes_are_within_one_and_a_half_eye_distances(x, face):
    assert match_faces([pose()], eyes((x, -10))) == [face]


def test_the_nearest_pair_is_matched_first_and_no_face_has_two_bodies():
    bodies = [pose(x=0), pose(x=12)]
    assert match_faces(bodies, eyes((10, -10))) == [None, 0]
    assert match_faces(bodies, eyes((10, -10), (-20, -10))) == [1, 0]


def test_without_a_face_or_a_body_nothing_is_matched():
    assert match_faces([pose()], eyes()) == [None]
    assert match_faces([], eyes((0, 0))) == []
