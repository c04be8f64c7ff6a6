"""Square grey crops of faces, upright and framed as FER2013 is: what the network reads."""

import cv2
import numpy as np

from fer_core.faces.detect import Detections
from fer_core.faces.views import Region, cut_region


def upright_crops(frame: np.ndarray, found: Detections, *, size: int) -> np.ndarray:
    """Cut each face out of a frame, turned upright and framed as its detector says.

    Args:
        frame: uint8, grey `(height, width)` or BGR `(height, width, 3)`.
        found: The frame's faces; `squares` and `roll_deg` say what to cut. Where a square reaches
            over the frame's edge, the edge is repeated.
        size: Side of a crop in pixels, at least 1.

    Returns:
        uint8 `(n, size, size)`, grey. The square is read at twice the size and averaged down,
        so that turning it does not blur it.

    Raises:
        ValueError: `size` is out of range.

    >>> upright_crops(np.zeros((10, 20, 3), np.uint8), Detections.empty(), size=48).shape
    (0, 48, 48)
    """
    if size < 1:
        raise ValueError(f"Out of range: {size=} (min 1).")
    crops = np.zeros((len(found), size, size), np.uint8)
    for index, (square, roll_deg) in enumerate(zip(found.squares, found.roll_deg, strict=True)):
        x, y, side = (float(value) for value in square)
        patch = cut_region(frame, Region(x, y, side, float(roll_deg)), size=2 * size)
        crops[index] = cv2.resize(_as_gray(patch), (size, size), interpolation=cv2.INTER_AREA)
    return crops


def _as_gray(image: np.ndarray) -> np.ndarray:
    return image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
