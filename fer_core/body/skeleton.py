"""The 33 landmarks of a body, in the order in which BlazePose returns them.

Source: Bazarevsky et al. 2020, arXiv 2006.10204. Left and right are the subject's.
"""

from enum import IntEnum
from typing import Final


class BodyPoint(IntEnum):
    """Index of each landmark in `Person.landmarks` and `Person.world_m`."""

    NOSE = 0
    LEFT_EYE_INNER = 1
    LEFT_EYE = 2
    LEFT_EYE_OUTER = 3
    RIGHT_EYE_INNER = 4
    RIGHT_EYE = 5
    RIGHT_EYE_OUTER = 6
    LEFT_EAR = 7
    RIGHT_EAR = 8
    MOUTH_LEFT = 9
    MOUTH_RIGHT = 10
    LEFT_SHOULDER = 11
    RIGHT_SHOULDER = 12
    LEFT_ELBOW = 13
    RIGHT_ELBOW = 14
    LEFT_WRIST = 15
    RIGHT_WRIST = 16
    LEFT_PINKY = 17
    RIGHT_PINKY = 18
    LEFT_INDEX = 19
    RIGHT_INDEX = 20
    LEFT_THUMB = 21
    RIGHT_THUMB = 22
    LEFT_HIP = 23
    RIGHT_HIP = 24
    LEFT_KNEE = 25
    RIGHT_KNEE = 26
    LEFT_ANKLE = 27
    RIGHT_ANKLE = 28
    LEFT_HEEL = 29
    RIGHT_HEEL = 30
    LEFT_FOOT_INDEX = 31
    RIGHT_FOOT_INDEX = 32


N_POINTS: Final = len(BodyPoint)
SHOULDERS: Final = (BodyPoint.LEFT_SHOULDER, BodyPoint.RIGHT_SHOULDER)
HIPS: Final = (BodyPoint.LEFT_HIP, BodyPoint.RIGHT_HIP)
MIRRORED: Final = tuple(
    BodyPoint[point.name.replace("LEFT", "?").replace("RIGHT", "LEFT").replace("?", "RIGHT")]
    for point in BodyPoint
)
"""The landmark that takes the place of each one in the mirror."""
EYES: Final = (BodyPoint.RIGHT_EYE, BodyPoint.LEFT_EYE)

MIN_VISIBILITY: Final = 0.5
"""Even odds that a landmark can be seen."""
