"""Boxes as arrays: `xyxy` is float32 `(n, 4)`, pixels `x1 y1 x2 y2`, end exclusive."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

FARTHEST: Final = 1e6
"""Pixels from the frame's corner; 30 times the side of the largest photo. A point beyond it is not
in the photo, and single precision cannot resolve a pixel there."""


def as_xyxy(boxes: object) -> np.ndarray:
    """Return boxes as a float32 array `(n, 4)`; an empty input gives `(0, 4)`.

    Raises:
        ValueError: The input is not a list of four numbers each.

    >>> as_xyxy([]).shape
    (0, 4)
    """
    xyxy = np.asarray(boxes, dtype=np.float32)
    if xyxy.size == 0:
        return np.zeros((0, 4), dtype=np.float32)
    if xyxy.ndim != 2 or xyxy.shape[1] != 4:
        raise ValueError(f"Expected boxes of shape (n, 4), got {xyxy.shape}.")
    return xyxy


def box_areas(xyxy: np.ndarray) -> np.ndarray:
    """Return the areas `(n,)` of boxes `(n, 4)` in square pixels."""
    return np.asarray((xyxy[:, 2] - xyxy[:, 0]) * (xyxy[:, 3] - xyxy[:, 1]))


def pairwise_iou(xyxy_a: np.ndarray, xyxy_b: np.ndarray) -> np.ndarray:
    """Return intersection over union of every pair: `(n, 4)`, `(m, 4)` -> `(n, m)` in `[0, 1]`.

    >>> pairwise_iou(as_xyxy([[0, 0, 2, 2]]), as_xyxy([[1, 0, 3, 2], [5, 5, 6, 6]])).round(3)
    array([[0.333, 0.   ]], dtype=float32)
    """
    top_left = np.maximum(xyxy_a[:, None, :2], xyxy_b[None, :, :2])  # (n, m, 2)
    bottom_right = np.minimum(xyxy_a[:, None, 2:], xyxy_b[None, :, 2:])
    overlap = np.clip(bottom_right - top_left, 0, None).prod(axis=2)  # (n, m)
    union = box_areas(xyxy_a)[:, None] + box_areas(xyxy_b)[None, :] - overlap
    return np.asarray(overlap / np.maximum(union, np.finfo(np.float32).tiny))


def overlap_groups(xyxy: np.ndarray, scores: np.ndarray, *, min_iou: float) -> list[np.ndarray]:
    """Return the groups of boxes that show the same thing, the best box of each group first.

    The best box takes all boxes that overlap with it, then the best of the rest does: the grouping
    of non-maximum suppression.

    Args:
        xyxy: Boxes `(n, 4)`.
        scores: Their confidences `(n,)`. Of equal ones, the earlier box is better.
        min_iou: Smallest intersection over union of boxes of one thing.

    Returns:
        One array of indices per group, by falling score of the best box.

    >>> boxes = np.array([[0.0, 0, 10, 10], [20, 0, 30, 10], [1, 0, 11, 10]])
    >>> [group.tolist() for group in overlap_groups(boxes, np.array([0.5, 0.8, 0.9]), min_iou=0.5)]
    [[2, 0], [1]]
    """
    left = np.argsort(-scores, kind="stable")
    groups = []
    while len(left):
        is_same = pairwise_iou(xyxy[left[:1]], xyxy[left])[0] >= min_iou
        is_same[0] = True  # also a box without an area
        groups.append(left[is_same])
        left = left[~is_same]
    return groups


def square_around(xyxy: np.ndarray, *, scale: float) -> np.ndarray:
    """Return squares `(n, 4)` around the boxes' centres, `scale` times as long as the longer side.

    >>> square_around(as_xyxy([[0, 0, 4, 2]]), scale=1.0).tolist()
    [[0.0, -1.0, 4.0, 3.0]]
    """
    centres = (xyxy[:, :2] + xyxy[:, 2:]) / 2
    half = (xyxy[:, 2:] - xyxy[:, :2]).max(axis=1, keepdims=True) * scale / 2
    return np.concatenate([centres - half, centres + half], axis=1)


def bounding_box(points: np.ndarray) -> np.ndarray:
    """Return the upright box `(4,)` around points `(n, 2)`: `x1 y1 x2 y2`; NaN if a point is.

    >>> bounding_box(np.array([[1.0, 5.0], [3.0, 2.0]])).tolist()
    [1.0, 2.0, 3.0, 5.0]
    """
    columns = np.ascontiguousarray(points.T)  # numpy is five times faster along rows in memory
    return np.concatenate([columns.min(axis=1), columns.max(axis=1)])


def rotation(degrees: float) -> np.ndarray:
    """Return the matrix `(2, 2)` that rotates points clockwise (x to the right, y down).

    >>> (rotation(90.0) @ [1.0, 0.0]).round(3).tolist()
    [0.0, 1.0]
    """
    angle = math.radians(degrees)
    cos, sin = math.cos(angle), math.sin(angle)
    return np.array([[cos, -sin], [sin, cos]])


def square_to_crop(centre: np.ndarray, *, side: float, roll_deg: float, size: int) -> np.ndarray:
    """Return the matrix `(2, 3)` that maps a turned square of the frame to an upright crop.

    Args:
        centre: Centre of the square, `(2,)` pixels of the frame.
        side: Side of the square in pixels of the frame, above 0.
        roll_deg: How far the square is turned clockwise in the frame, degrees.
        size: Side of the crop in pixels.

    Returns:
        Matrix for `transform_points` and `cv2.warpAffine`. Coordinates run from edge to edge, so
        the square's corners land on 0 and `size`.

    >>> to_crop = square_to_crop(np.array([50.0, 50.0]), side=20.0, roll_deg=90.0, size=10)
    >>> transform_points(to_crop, np.array([[60.0, 40.0], [50.0, 50.0]])).round(3).tolist()
    [[0.0, 0.0], [5.0, 5.0]]
    """
    angle, zoom = math.radians(roll_deg), size / side
    cos, sin = zoom * math.cos(angle), zoom * math.sin(angle)
    x, y = float(centre[0]), float(centre[1])
    # plain numbers: three small matrix operations would take three times as long
    return np.array(
        [[cos, sin, size / 2 - cos * x - sin * y], [-sin, cos, size / 2 + sin * x - cos * y]]
    )


def transform_points(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return points `(..., 2)` moved by a matrix `(2, 3)`."""
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2])


def between_pixel_centres(matrix: np.ndarray) -> np.ndarray:
    """Return a matrix `(2, 3)` for OpenCV, whose coordinate 0 is the centre of the first pixel.

    Our coordinates run from edge to edge, so the centre of the first pixel lies at 0.5.

    >>> between_pixel_centres(np.array([[2.0, 0.0, 0.0], [0.0, 2.0, 0.0]]))[:, 2].tolist()
    [0.5, 0.5]
    """
    moved = np.array(matrix, dtype=np.float64)
    moved[:, 2] += moved[:, :2] @ np.full(2, 0.5) - 0.5
    return moved


def wrap_deg(angle_deg: np.ndarray) -> np.ndarray:
    """Return angles in `(-180, 180]` degrees; NaN stays NaN.

    >>> wrap_deg(np.array([190.0, -180.0, 720.0])).tolist()
    [-170.0, 180.0, 0.0]
    """
    wrapped = 180.0 - (180.0 - angle_deg) % 360.0
    return np.where(wrapped <= -180.0, 180.0, wrapped)  # rounding: (-1e-15) % 360 is 360


def anchor_centres(size: int, grids: Sequence[tuple[int, int]]) -> np.ndarray:
    """Return the centres of the anchors of a detection network, `(n, 2)` pixels of its input.

    Args:
        size: Side of the input in pixels.
        grids: Cells per side and anchors per cell of each grid. Anchors come by rows.

    >>> anchor_centres(8, [(2, 1), (1, 2)]).tolist()
    [[2.0, 2.0], [6.0, 2.0], [2.0, 6.0], [6.0, 6.0], [4.0, 4.0], [4.0, 4.0]]
    """
    parts = []
    for n_cells, n_anchors in grids:
        rows, columns = np.mgrid[0:n_cells, 0:n_cells]
        centres = (np.stack([columns, rows], axis=2).reshape(-1, 2) + 0.5) * size / n_cells
        parts.append(np.repeat(centres, n_anchors, axis=0))
    return np.concatenate(parts)
