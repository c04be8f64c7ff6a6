import cv2
import numpy as np
import pytest

from fer_core.body.pose_landmarks import (
    Pose,
    PoseNetwork,
    median_pose,
    mirrored,
    refine,
    turned_world,
)
from fer_core.body.skeleton import MIRRORED, N_POINTS, BodyPoint
from fer_core.regions import Region

pytestmark = pytest.mark.model

BODY = Region(115.0, 430.0, 1060.0, 8.0)  # the square around the portrait's body


def test_a_point_moves_to_the_centre_of_the_heat_around_it():
    heat = np.full((64, 64, 1), -50.0)
    heat[20, 30], heat[20, 32] = 50.0, 50.0
    assert refine(np.array([[31 * 4 + 1.0, 21 * 4.0]]), heat) == pytest.approx(
        np.array([[31 * 4, 20 * 4]])
    )


@pytest.mark.parametrize(
    ("point", "logit"), [((124.0, 84.0), -0.1), ((-1.0, 84.0), 50.0), ((256.0, 84.0), 50.0)]
)
def test_a_point_without_heat_or_beyond_the_input_stays(point, logit):
    assert refine(np.array([point]), np.full((64, 64, 1), logit)).tolist() == [list(point)]


def test_heat_at_the_edge_of_the_map_is_averaged_as_far_as_it_reaches():
    heat = np.full((64, 64, 1), -50.0)
    heat[0, 0] = 50.0
    assert refine(np.array([[1.0, 1.0]]), heat) == pytest.approx(np.array([[0.0, 0.0]]))


def test_points_in_metres_are_turned_back_with_the_square():
    turned = turned_world(np.array([[0.0, -1.0, 0.2]]), -90.0)
    assert turned == pytest.approx(np.array([[-1.0, 0.0, 0.2]]))


def test_in_the_mirror_left_and_right_are_exchanged_and_the_nose_stays():
    assert MIRRORED[BodyPoint.LEFT_EYE_INNER] == BodyPoint.RIGHT_EYE_INNER
    assert MIRRORED[BodyPoint.MOUTH_RIGHT] == BodyPoint.MOUTH_LEFT
    assert MIRRORED[BodyPoint.NOSE] == BodyPoint.NOSE
    points = np.zeros((34, 2))
    points[BodyPoint.LEFT_HIP] = [60, 7]
    points[33] = [90, 8]
    found = mirrored(points, across=256.0)
    assert found[BodyPoint.RIGHT_HIP].tolist() == [196, 7]
    assert found[33].tolist() == [166, 8]


def test_a_mirrored_look_at_a_mirrored_photo_is_the_plain_look_mirrored(portrait_bgr):
    network, region = PoseNetwork(), Region(150.0, 400.0, 900.0)
    plain = network.fit(portrait_bgr, region)
    other = network.fit(cv2.flip(portrait_bgr, 1), region, is_mirrored=True)
    assert other.landmarks == pytest.approx(mirrored(plain.landmarks, across=300.0), abs=1.0)
    assert other.world_m == pytest.approx(mirrored(plain.world_m, across=0.0), abs=0.01)


def test_the_median_of_fits_is_taken_per_number_and_their_presence_is_averaged():
    fits = [
        Pose(np.full((33, 4), value), np.full((33, 3), -value), value / 10, None)
        for value in (1.0, 2.0, 9.0)
    ]
    pose = median_pose(fits)
    assert (pose.landmarks == 2).all()
    assert (pose.world_m == -2).all()
    assert pose.presence == pytest.approx(0.4)


def test_the_portrait_has_its_face_where_it_is(portrait_bgr):
    pose = PoseNetwork().fit(portrait_bgr, BODY)
    assert pose.landmarks.shape == (N_POINTS, 4)
    assert pose.presence > 0.9
    for point, place in ((BodyPoint.RIGHT_EYE, (134, 107)), (BodyPoint.LEFT_EYE, (176, 114))):
        assert pose.landmarks[point, :2] == pytest.approx(place, abs=8)
    assert pose.next_region.side == pytest.approx(BODY.side, rel=0.2)


def test_the_turned_portrait_has_the_turned_landmarks(portrait_bgr):
    network = PoseNetwork()
    pose = network.fit(portrait_bgr, BODY)
    turned_bgr = cv2.rotate(portrait_bgr, cv2.ROTATE_90_CLOCKWISE)  # (x, y) -> (300 - y, x)
    region = Region(300.0 - BODY.y, BODY.x, BODY.side, BODY.roll_deg + 90.0)
    turned = network.fit(turned_bgr, region)
    expected = np.stack([300 - pose.landmarks[:, 1], pose.landmarks[:, 0]], axis=1)
    seen = pose.landmarks[:, 3] > 0.9
    assert np.abs(turned.landmarks[seen, :2] - expected[seen]).max() < 15
    expected_m = np.stack([-pose.world_m[:, 1], pose.world_m[:, 0]], axis=1)
    assert np.abs(turned.world_m[:, :2] - expected_m).max() < 0.1


def test_a_frame_without_a_person_has_no_presence(stripes_bgr):
    assert PoseNetwork().fit(stripes_bgr, Region(320.0, 240.0, 600.0)).presence < 0.5


def test_the_same_frame_gives_the_same_numbers(portrait_bgr):
    one, other = (PoseNetwork().fit(portrait_bgr, BODY) for _ in range(2))
    assert np.array_equal(one.landmarks, other.landmarks)
    assert np.array_equal(one.world_m, other.world_m)
