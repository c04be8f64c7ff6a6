import cv2
import numpy as np
import pytest
from hypothesis import given

from fer_core.faces.pose import head_pose, keypoint_yaw_deg
from tests.odd_points import odd_points

# Vertices of MediaPipe's canonical face model, by mesh point (google-ai-edge/mediapipe,
# modules/face_geometry/data/canonical_face_model.obj, Apache-2.0): centimetres, x to the subject's
# left, y up, z towards the camera. Another face than the module's own: a wrong table fails here.
CANONICAL_FACE = {
    1: (0.000000, -1.126865, 7.475604),  # nose tip
    6: (0.000000, 2.473255, 5.788627),
    10: (0.000000, 8.261778, 4.481535),  # forehead
    33: (-4.445859, 2.663991, 3.173422),  # outer corner of the right eye
    133: (-1.856432, 2.585245, 3.757904),
    168: (0.000000, 3.271027, 5.236015),
    197: (0.000000, 1.728369, 6.316750),
    234: (-7.664182, 0.673132, -2.435867),  # right temple
    263: (4.445859, 2.663991, 3.173422),
    362: (1.856432, 2.585245, 3.757904),
    454: (7.664182, 0.673132, -2.435867),
}


def seen(*, yaw_deg=0.0, pitch_deg=0.0, roll_deg=0.0, at_cm=(0.0, 0.0)):
    """Mesh points of the canonical face turned in the room, 130 cm before a 640x480 camera."""
    yaw, pitch, roll = np.deg2rad([yaw_deg, pitch_deg, roll_deg])
    # x right, y down, z away: the nose points to -z
    turns = [
        cv2.Rodrigues(np.array(axis))[0] for axis in ([0, 0, roll], [0, -yaw, 0], [pitch, 0, 0])
    ]
    face = np.array(list(CANONICAL_FACE.values())) * [1, -1, -1]
    face = face @ (turns[0] @ turns[1] @ turns[2]).T + [*at_cm, 130.0]
    points = np.zeros((468, 3), np.float32)
    points[list(CANONICAL_FACE), :2] = 640 * face[:, :2] / face[:, 2:] + [320, 240]
    return points


@pytest.mark.parametrize("roll_deg", [0, 30, -90, 180])
@pytest.mark.parametrize(("yaw_deg", "pitch_deg"), [(0, 0), (35, 0), (-35, 0), (0, 25), (0, -25)])
def test_yaw_and_pitch_are_found_whatever_the_roll(yaw_deg, pitch_deg, roll_deg):
    pose = head_pose(seen(yaw_deg=yaw_deg, pitch_deg=pitch_deg, roll_deg=roll_deg), (480, 640))
    assert pose == pytest.approx((yaw_deg, pitch_deg), abs=2)


@pytest.mark.parametrize("seed", [102, 207])  # SQPnP alone finds yaws of 128 and 136 degrees
def test_badly_fitted_points_do_not_turn_a_head_to_its_back(seed):
    points = seen(yaw_deg=15, pitch_deg=-12)
    noise = np.random.default_rng(seed).normal(0, 3, (len(CANONICAL_FACE), 2))
    points[list(CANONICAL_FACE), :2] += noise.astype(np.float32)
    yaw_deg, pitch_deg = head_pose(points, (480, 640))
    assert (yaw_deg, pitch_deg) == pytest.approx((15, -12), abs=15)


def test_a_face_at_the_edge_that_looks_into_the_camera_is_not_turned():
    sight_deg = np.rad2deg(np.arctan2(52, 130))
    looking_at_camera = seen(at_cm=(52.0, 0.0), yaw_deg=-sight_deg)
    assert head_pose(looking_at_camera, (480, 640)) == pytest.approx((0, 0), abs=2)


@pytest.mark.parametrize(("nose_x", "expected"), [(5.0, 0.0), (11.7, 45.0), (-1.7, -45.0)])
def test_without_a_mesh_the_yaw_comes_from_the_nose(nose_x, expected):
    landmarks = np.array([[0.0, 0.0], [10.0, 0.0], [nose_x, 6.0]])
    assert keypoint_yaw_deg(landmarks) == pytest.approx(expected, abs=0.1)


@pytest.mark.soak
@given(odd_points(468))
def test_random_points_give_a_pose_in_range_or_none(points):
    yaw_deg, pitch_deg = head_pose(points, (480, 640))
    has_none = np.isnan(yaw_deg) and np.isnan(pitch_deg)
    assert has_none or (abs(yaw_deg) <= 180 and abs(pitch_deg) <= 90)


@pytest.mark.soak
@given(odd_points(6))
def test_random_keypoints_give_a_yaw_in_range_or_none(keypoints):
    yaw_deg = keypoint_yaw_deg(keypoints)
    assert np.isnan(yaw_deg) or abs(yaw_deg) <= 90


@pytest.mark.parametrize("value", [0.0, 320.0, np.nan, np.inf])
def test_points_that_coincide_have_no_pose(value):
    assert np.isnan(head_pose(np.full((468, 3), value, np.float32), (480, 640))).all()
    assert np.isnan(keypoint_yaw_deg(np.full((6, 2), value)))
