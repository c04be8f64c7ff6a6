"""Head pose: yaw and pitch from the face mesh."""

from typing import Final

import cv2
import numpy as np

from fer_core.faces.mesh import eye_line_roll_deg
from fer_core.geometry import FARTHEST, rotation

# The rigid part of the mean face: eyes, bridge and tip of the nose, temples, forehead. Mouth, jaw
# and brows move with the expression. This is the mean of the mesh over 1,527 near-frontal faces of
# FER2013's Training images, aligned, mirrored and scaled to 100 between the outer corners of the
# eyes: x to the subject's left, y down, z away from the camera; forehead and chin equally far.
_RIGID_POINTS: Final = (33, 133, 362, 263, 168, 6, 197, 1, 234, 454, 10)
_MEAN_FACE = np.array(
    [
        [-50.0, 0.0, 0.0],
        [-19.5, 1.6, -6.1],
        [19.5, 1.6, -6.1],
        [50.0, 0.0, 0.0],
        [0.0, -6.7, -22.7],
        [0.0, 2.0, -28.2],
        [0.0, 9.3, -34.4],
        [0.0, 38.8, -49.6],
        [-73.3, 23.5, 55.2],
        [73.3, 23.5, 55.2],
        [0.0, -58.0, -12.7],
    ]
)

_NO_POSE: Final = (float("nan"), float("nan"))
_NOSE_BEFORE_EYES: Final = 0.67  # depth from the eyes to the nose tip, in eye distances


def head_pose(points: np.ndarray, frame_size: tuple[int, int]) -> tuple[float, float]:
    """Return yaw and pitch of a head in degrees.

    Args:
        points: Mesh points `(468, 2 or 3)`; x and y are pixels of the frame.
        frame_size: Height and width of the frame. Its longer side is taken as the focal length, a
            field of view of 53 degrees as webcams have.

    Returns:
        Yaw, positive when the subject looks to their own left, which is the right of the frame for
        an upright head, and pitch, positive when looking down. Both are 0 for a head that faces the
        camera, whatever its roll. Both are NaN without a pose: the points coincide, are not finite,
        or fit no head in front of the camera.
    """
    flat = np.ascontiguousarray(points[list(_RIGID_POINTS), :2], dtype=np.float64)
    found = _fitted(flat, frame_size)
    if found is None:
        return _NO_POSE
    turn, position = found
    facing = _seen_along(position) @ turn @ np.array([0.0, 0.0, -1.0])  # where the nose points
    across, down = rotation(-eye_line_roll_deg(_eye_corners(points))) @ facing[:2]
    yaw = np.arctan2(across, -facing[2])
    pitch = np.arcsin(np.clip(down, -1.0, 1.0))
    return float(np.rad2deg(yaw)), float(np.rad2deg(pitch))


def _fitted(flat: np.ndarray, frame_size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the rotation `(3, 3)` and position `(3,)` of the mean face that fits points `(11, 2)`.

    Returns None if none fits: the points coincide, or OpenCV raises, returns empty vectors, or puts
    the face behind the camera.
    """
    if not (np.abs(flat) < FARTHEST).all():  # too far away, or NaN
        return None
    if np.ptp(flat, axis=0).max() < 1.0:  # the points coincide
        return None
    height, width = frame_size
    focal = float(max(height, width))
    camera = np.array([[focal, 0.0, width / 2], [0.0, focal, height / 2], [0.0, 0.0, 1.0]])
    found = _solved(flat, camera)
    if found is None or found[0][2, 2] <= 0:  # a mesh never shows a head from behind
        found = _solved(flat, camera, start=_facing_camera(flat, focal, (width / 2, height / 2)))
    return found


def _solved(
    flat: np.ndarray, camera: np.ndarray, start: tuple[np.ndarray, np.ndarray] | None = None
) -> tuple[np.ndarray, np.ndarray] | None:
    """Return rotation and position by SQPnP, or by iteration from a start; None if none fits."""
    try:
        if start is None:
            fit = cv2.solvePnP(_MEAN_FACE, flat, camera, None, flags=cv2.SOLVEPNP_SQPNP)
        else:
            fit = cv2.solvePnP(_MEAN_FACE, flat, camera, None, *start, useExtrinsicGuess=True)
    except cv2.error:
        return None
    is_found, turn, position = fit
    if not is_found or np.size(turn) != 3 or np.size(position) != 3:
        return None
    position = np.ravel(position)
    if not np.isfinite([np.ravel(turn), position]).all() or position[2] <= 0:
        return None
    return cv2.Rodrigues(turn)[0], position


def _facing_camera(
    flat: np.ndarray, focal: float, centre: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Return rotation vector and position of a head that faces the camera at the points' eyes.

    SQPnP finds the head from behind for 3 of 1,000 frontal portraits, with an error ten times as
    large. From this start the iteration ends at the head from the front.
    """
    right, left = flat[_RIGID_POINTS.index(33)], flat[_RIGID_POINTS.index(263)]
    across, down = left - right
    distance = focal * 100.0 / max(float(np.hypot(across, down)), 1.0)
    middle = ((right + left) / 2 - centre) * distance / focal
    roll = np.arctan2(down, across)
    return np.array([0.0, 0.0, roll]), np.array([*middle, distance])


def keypoint_yaw_deg(landmarks: np.ndarray) -> float:
    """Return the approximate yaw of a head without a mesh, from eyes and nose tip `(>= 3, 2)`.

    The nose tip of the mean face lies 0.67 eye distances in front of the eyes. So a turn of the
    head moves it by `0.67 tan(yaw)` eye distances along their line. NaN if both eyes coincide or a
    point is not finite.

    >>> keypoint_yaw_deg(np.array([[0.0, 0.0], [10.0, 0.0], [5.0, 6.0]]))
    0.0
    """
    if not (np.abs(landmarks[:3]) < FARTHEST).all():  # too far away, or NaN
        return float("nan")
    right_eye, left_eye, nose = landmarks[:3]
    across = left_eye - right_eye
    apart = float(across @ across)
    if apart == 0.0:
        return float("nan")
    shift = float((nose - (right_eye + left_eye) / 2) @ across)
    return float(np.rad2deg(np.arctan2(shift, _NOSE_BEFORE_EYES * apart)))


def _eye_corners(points: np.ndarray) -> np.ndarray:
    return np.asarray(points[[33, 263], :2])


def _seen_along(position: np.ndarray) -> np.ndarray:
    """Return the rotation that brings the position of a face onto the axis of the camera.

    A face at the edge of the frame is seen from the side even if it looks straight ahead. What
    matters for classification is its direction relative to the line of sight.

    Source: Rodrigues' formula for the rotation between two unit vectors, `I + K + K^2 / (1 + cos)`.
    """
    x, y, z = position / np.linalg.norm(position)
    cross = np.array([[0.0, 0.0, -x], [0.0, 0.0, -y], [x, y, 0.0]])
    return np.asarray(np.eye(3) + cross + cross @ cross / (1.0 + z))
