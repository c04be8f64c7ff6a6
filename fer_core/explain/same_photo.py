"""Which of a few faces show one photo, also where it was cut out otherwise, enlarged or mirrored.

`data.duplicates` compares whole images, so that it can compare 36,000. FER2013 holds many photos in
several cuts, which it leaves apart. Among the eight faces of a channel these would be seen.
"""

from typing import Final

import cv2
import numpy as np

MIN_LIKENESS: Final = 0.85
"""Four cuts of one photo of FER2013 have a likeness of 0.87 to 0.95 to each other. The largest of
1,500 random pairs is 0.81."""

_SCALES: Final = (0.8, 0.9, 1.0, 1.1, 1.25)  # of one cut against another
_PART: Final = 0.7  # side of the part that is searched for: the rest may move out of the picture


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    """Return the largest correlation of the middle of a face with any place of another face.

    Args:
        one: `(side, side)` uint8.
        other: `(side, side)` uint8.
    """
    side = len(other)
    part = round(_PART * side)
    found = [0.0]
    for scale in _SCALES:
        scaled = cv2.resize(one, (round(scale * side),) * 2, interpolation=cv2.INTER_LINEAR)
        start = (len(scaled) - part) // 2
        middle = scaled[start : start + part, start : start + part]
        if np.ptp(middle):  # OpenCV finds a blank one everywhere
            found += [
                float(cv2.matchTemplate(other, view, cv2.TM_CCOEFF_NORMED).max())
                for view in (middle, np.ascontiguousarray(middle[:, ::-1]))
            ]
    return max(found)


def shows_again(pixels: np.ndarray) -> np.ndarray:
    """Return a mask `(n,)` of the faces that show the same photo as an earlier one.

    Args:
        pixels: `(n, side, side)` uint8, a few: each is compared with each.

    >>> shows_again(np.zeros((0, 48, 48), np.uint8)).tolist()
    []
    """
    mask = np.zeros(len(pixels), dtype=bool)
    kept: list[np.ndarray] = []
    for index, face in enumerate(pixels):
        mask[index] = any(
            max(likeness(face, each), likeness(each, face)) >= MIN_LIKENESS for each in kept
        )
        if not mask[index]:
            kept.append(face)
    return mask
