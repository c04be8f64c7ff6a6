import cv2
import numpy as np
import pytest

from fer_core.faces.pose import _MEAN_FACE, _RIGID_POINTS, head_pose, keypoint_yaw_deg


def seen(*, yaw_deg=0.0, pitch_deg=0.0, roll_deg=0.0, at=(0.0, 0.0)):
    """Mesh points of the mean face turned in the room and seen by a 640x480 camera."""
    yaw, pitch, roll = np.deg2rad([yaw_deg, pitch_deg, roll_deg])
    # x right, y down, z away: the nose points to -z
    turns = [
        cv2.Rodrigues(np.array(axis))[0] for axis in ([0, 0, roll], [0, -yaw, 0], [pitch, 0, 0])
    ]
    face = _MEAN_FACE @ (turns[0] @ turns[1] @ turns[2]).T + [*at, 1500.0]
    points = np.zeros((468, 3), np.float32)
    points[list(_RIGID_POINTS), :2] = 640 * face[:, :2] / face[:, 2:] + [320, 240]
    return points


@pytest.mark.parametrize("roll_deg", [0, 30, -90, 180])
@pytest.mark.parametrize(("yaw_deg", "pitch_deg"), [(0, 0), (35, 0), (-35, 0), (0, 25), (0, -25)])
def test_yaw_and_pitch_are_found_whatever_the_roll(yaw_deg, pitch_deg, roll_deg):
    pose = head_pose(seen(yaw_deg=yaw_deg, pitch_deg=pitch_deg, roll_deg=roll_deg), (480, 640))
    assert pose == pytest.approx((yaw_deg, pitch_deg), abs=2)


def test_a_face_at_the_edge_that_looks_into_the_camera_is_not_turned():
    sight_deg = np.rad2deg(np.arctan2(600, 1500))
    looking_at_camera = seen(at=(600.0, 0.0), yaw_deg=-sight_deg)
    assert head_pose(looking_at_camera, (480, 640)) == pytest.approx((0, 0), abs=2)


@pytest.mark.parametrize(("nose_x", "expected"), [(5.0, 0.0), (11.7, 45.0), (-1.7, -45.0)])
def test_without_a_mesh_the_nose_tells_the_yaw(nose_x, expected):
    landmarks = np.array([[0.0, 0.0], [10.0, 0.0], [nose_x, 6.0]])
    assert keypoint_yaw_deg(landmarks) == pytest.approx(expected, abs=0.1)
