"""The rotated square of the frame that the pose network looks at: hips in the centre, head up.

Source: MediaPipe's published graphs `pose_detection_to_roi` and `pose_landmarks_to_roi`. The square
is centred on the hips. It encloses the circle through a second point, which lies in the direction
of the head, and is then enlarged 1.25 times.
"""

import math
from typing import Final

import numpy as np

from fer_core.geometry import FARTHEST
from fer_core.regions import Region

MARGIN: Final = 1.25  # side of the square in diameters of the circle around the body
# A standing person in distances between the eyes (63 mm, the mean of adults) at eye height 1.60 m,
# hip height 0.95 m and stature 1.75 m: the hips are 65 cm below the eyes, and the circle about the
# hips that holds feet and head has a radius of 95 cm.
_EYES_TO_HIPS: Final = 650 / 63
_CIRCLE_RADIUS: Final = 950 / 63


def region_of_points(hips: np.ndarray, top: np.ndarray) -> Region | None:
    """Return the square about the hips whose upper edge points from the hips to the top.

    Args:
        hips: Centre of the hips, `(2,)` pixels.
        top: A point on the circle around the body, in the direction of the head, `(2,)` pixels.

    Returns:
        The square; None if the points are not finite, out of reach or nearly the same.

    >>> region_of_points(np.array([50.0, 60.0]), np.array([50.0, 20.0]))
    Region(x=50.0, y=60.0, side=100.0, roll_deg=0.0)
    """
    x, y, top_x, top_y = map(float, (*hips, *top))
    if not all(abs(value) < FARTHEST for value in (x, y, top_x, top_y)):
        return None
    across, down = top_x - x, top_y - y
    radius = math.hypot(across, down)
    if radius < 1.0:
        return None
    return Region(x, y, 2 * radius * MARGIN, math.degrees(math.atan2(across, -down)))


def region_of_box(xyxy: np.ndarray) -> Region:
    """Return the upright square around the box of a person, `(4,)` pixels: a first guess.

    >>> region_of_box(np.array([10.0, 0.0, 50.0, 100.0]))
    Region(x=30.0, y=50.0, side=125.0, roll_deg=0.0)
    """
    x1, y1, x2, y2 = map(float, xyxy)
    return Region((x1 + x2) / 2, (y1 + y2) / 2, MARGIN * max(x2 - x1, y2 - y1))


def region_of_face(eyes: np.ndarray) -> Region:
    """Return the square around the body of a face, if it stands straight below the face.

    Args:
        eyes: The subject's right and left eye, `(2, 2)` pixels, as far apart as if the face looked
            into the camera.

    >>> region_of_face(np.array([[18.5, 50.0], [81.5, 50.0]]))
    Region(x=50.0, y=700.0, side=2375.0, roll_deg=0.0)
    """
    across, down = map(float, eyes[1] - eyes[0])
    distance = max(math.hypot(across, down), 1.0)
    x, y = map(float, eyes.mean(axis=0))
    side = 2 * _CIRCLE_RADIUS * distance * MARGIN
    square = Region(x, y, side, math.degrees(math.atan2(down, across)))
    return square.raised(-_EYES_TO_HIPS * distance / side)
