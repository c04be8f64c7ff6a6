"""Upright grey crops of faces, as the expression network takes them."""

import cv2
import numpy as np

from fer_core.faces.detections import Detections
from fer_core.regions import Region, cut_region


def upright_crops(frame: np.ndarray, found: Detections, *, size: int) -> np.ndarray:
    """Return an upright grey crop of each face, as the expression network takes it.

    Args:
        frame: uint8, grey `(height, width)` or BGR `(height, width, 3)`.
        found: The frame's faces; `squares` and `roll_deg` say what to cut out. Pixels beyond the
            frame repeat its edge.
        size: Side of a crop in pixels, at least 1.

    Returns:
        uint8 `(n, size, size)`, grey. Each square is sampled at twice the size and then averaged,
        so that rotation does not blur it.

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


def whole_face(
    width: int, height: int, *, presence: float, head_deg: tuple[float, float]
) -> Detections:
    """Return the face of a picture that is a cut-out face: upright, its box the whole picture.

    Its score of 1 is given, not measured. Its square is the largest inside the picture, which says
    how many pixels the face has.

    Args:
        width: Of the picture in pixels.
        height: Of the picture in pixels.
        presence: As in `Detections`.
        head_deg: Yaw and pitch, as in `Detections`.

    >>> whole_face(60, 48, presence=1.0, head_deg=(0.0, 0.0)).squares.tolist()
    [[30.0, 24.0, 48.0]]
    """
    box = np.array([[0, 0, width, height]])
    square = np.array([[width / 2, height / 2, min(width, height)]])
    return Detections(
        box,
        np.ones(1),
        np.zeros(1),
        squares=square,
        head_deg=np.array([head_deg]),
        presence=np.array([presence]),
    )


def whole_crop(frame: np.ndarray, *, size: int) -> np.ndarray:
    """Return a whole picture, which is a face already, as the expression network takes it.

    A picture that is not square becomes one: its edges are repeated on both shorter sides, so that
    nothing is cut off and nothing is squeezed. One of `size` pixels keeps its pixels.

    Args:
        frame: uint8, grey `(height, width)` or BGR `(height, width, 3)`.
        size: Side of the crop in pixels.

    Returns:
        uint8 `(1, size, size)`, grey.

    >>> whole_crop(np.array([[10, 20]], np.uint8), size=2).tolist()
    [[[10, 20], [10, 20]]]
    """
    gray = _as_gray(frame)
    height, width = gray.shape
    side = max(height, width)
    if side > size:  # first smaller: a long strip would become a square of gigabytes
        shape = (max(1, round(width * size / side)), max(1, round(height * size / side)))
        gray = cv2.resize(gray, shape, interpolation=cv2.INTER_AREA)
        side = size
    above, left = (side - gray.shape[0]) // 2, (side - gray.shape[1]) // 2
    below, right = side - gray.shape[0] - above, side - gray.shape[1] - left
    square = cv2.copyMakeBorder(gray, above, below, left, right, cv2.BORDER_REPLICATE)
    if side < size:
        square = cv2.resize(square, (size, size), interpolation=cv2.INTER_CUBIC)
    return square[None]


def _as_gray(image: np.ndarray) -> np.ndarray:
    return image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
