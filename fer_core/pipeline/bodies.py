"""Faces introduced to bodies: where the eyes of each detected face are."""

from typing import Final

import numpy as np

from fer_core.faces.detections import Detections
from fer_core.geometry import rotation

# The subject's eyes in the square that frames a face for classification, in its sides from its
# centre: median over 29 faces with a confident mesh in photos of COCO.
_EYE_ACROSS: Final = 0.18
_EYE_RAISED: Final = 0.10


def eyes_of(found: Detections) -> np.ndarray:
    """Return right and left eye of each face as if it looked into the camera, `(n, 2, 2)` pixels.

    The square of a face keeps its size while the head turns; the distance between the eyes does
    not, and with it the size of the body would change.

    >>> face = Detections([[0, 0, 100, 100]], [0.9], [0.0])
    >>> eyes_of(face).round(1).tolist()
    [[[32.0, 40.0], [68.0, 40.0]]]
    """
    upright = np.array([[-_EYE_ACROSS, -_EYE_RAISED], [_EYE_ACROSS, -_EYE_RAISED]])
    eyes = [
        square[:2] + square[2] * upright @ rotation(float(roll_deg)).T
        for square, roll_deg in zip(found.squares, found.roll_deg, strict=True)
    ]
    return np.array(eyes, dtype=np.float64).reshape(-1, 2, 2)
