"""Square grey crops of faces, the way FER2013 frames them: what the expression network reads."""

import cv2
import numpy as np

from fer_core.faces.detect import Detections
from fer_core.faces.views import Region, cut_region
from fer_core.geometry import square_around


def square_crops(
    frame: np.ndarray, xyxy: np.ndarray, *, size: int, scale: float = 1.0
) -> np.ndarray:
    """Cut one upright square around each box; the frame's edge is repeated where it ends.

    Args:
        frame: uint8, grey `(height, width)` or BGR `(height, width, 3)`.
        xyxy: Boxes `(n, 4)` in pixels; they may reach over the frame's edge.
        size: Side of a crop in pixels, at least 1.
        scale: Side of the square, in longer sides of the box, above 0.

    Returns:
        uint8 `(n, size, size)`, grey. Larger faces are averaged down, so that fine texture does
        not turn into noise; smaller ones are enlarged smoothly.

    Raises:
        ValueError: `size` or `scale` is out of range.

    >>> square_crops(np.zeros((10, 20, 3), np.uint8), np.zeros((0, 4)), size=48).shape
    (0, 48, 48)
    """
    if size < 1 or scale <= 0:
        raise ValueError(f"Out of range: {size=} (min 1), {scale=} (above 0).")
    crops = np.zeros((len(xyxy), size, size), np.uint8)
    for index, square in enumerate(square_around(np.asarray(xyxy), scale=scale)):
        patch = _cut_with_repeated_edge(frame, square)
        shrinks = patch.shape[0] > size
        method = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
        crops[index] = cv2.resize(_as_gray(patch), (size, size), interpolation=method)
    return crops


def upright_crops(frame: np.ndarray, found: Detections, *, size: int) -> np.ndarray:
    """Cut each face out of a frame, turned upright and framed as its detector says.

    Args:
        frame: uint8, grey `(height, width)` or BGR `(height, width, 3)`.
        found: The frame's faces; `squares` and `roll_deg` say what to cut.
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


def _cut_with_repeated_edge(frame: np.ndarray, square: np.ndarray) -> np.ndarray:
    """Return the square of the frame, at least one pixel wide, edges repeated beyond the frame."""
    left, top = np.floor(square[:2] + 0.5).astype(int)
    side = max(1, round(float(square[2] - square[0])))
    height, width = frame.shape[:2]
    if 0 <= left and 0 <= top and left + side <= width and top + side <= height:
        return frame[top : top + side, left : left + side]  # a view: nothing to repeat
    columns = np.clip(np.arange(left, left + side), 0, width - 1)
    rows = np.clip(np.arange(top, top + side), 0, height - 1)
    return np.asarray(frame[rows[:, None], columns[None, :]])
