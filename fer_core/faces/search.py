"""Where to search a frame for faces, and which candidates are the same face."""

import itertools
from collections.abc import Iterator
from typing import Final

import numpy as np

from fer_core.faces.blazeface import Candidates
from fer_core.geometry import overlap_groups, wrap_deg
from fer_core.regions import Region

ZOOMED_OUT: Final = 2.5
"""Side of the square in which a face that fills the frame is looked for, in longer sides of the
frame. BlazeFace detects faces of up to two thirds of its input, so it needs a border around them.
Around 142 portraits that fill the picture, black borders gave more candidates than grey or repeated
ones: 98% to 100% of the faces, against 93% to 99%; without any border 40% to 68%."""


_MIN_BORDER_SHARE: Final = 0.45
"""Smallest face that the look with a border adds, in longer sides of the frame. Of 142 faces that
fill the picture, 95 in 100 have 0.7 or more."""


N_FRAME_TURNS: Final = 8  # rotations of the whole frame that are searched, over a full turn
N_ZOOMED_OUT_TURNS: Final = 4  # the same for the frame with a wide border around it


def search_regions(width: int, height: int) -> list[Region]:
    """Return the rotated squares to search: the frame, then the frame with a border.

    >>> [region.roll_deg for region in search_regions(640, 480)[:4]]
    [0.0, 45.0, 90.0, 135.0]
    """
    whole = whole_frame(width, height)
    return [*_turned(whole, N_FRAME_TURNS), *_turned(whole.scaled(ZOOMED_OUT), N_ZOOMED_OUT_TURNS)]


def whole_frame(width: int, height: int) -> Region:
    """Return the upright square around the whole frame."""
    return Region(width / 2, height / 2, float(max(width, height)))


def without_small_in_border(
    found: Candidates, region: Region, width: int, height: int
) -> Candidates:
    """Return the candidates of one look; if it has a border around the frame, the large ones only.

    The border makes the others too small to be placed well: a known face may be taken for a second
    one beside it. The frame itself shows them.
    """
    longest = max(width, height)
    if region.side <= longest:
        return found
    return found.take(np.flatnonzero(found.sides >= _MIN_BORDER_SHARE * longest))


def tiles(width: int, height: int, *, side: float, overlap: float) -> list[Region]:
    """Return the fewest upright squares that cover the frame.

    Args:
        width: Width of the frame in pixels.
        height: Its height.
        side: Side of a tile in pixels.
        overlap: Smallest share of a tile that its neighbour shares, in `[0, 1)`.

    Returns:
        The tiles by rows; none if they would hardly be smaller than the frame.

    >>> len(tiles(640, 480, side=320.0, overlap=0.25)), tiles(400, 300, side=320.0, overlap=0.25)
    (6, [])
    """
    if max(width, height) <= 1.5 * side:
        return []
    xs, ys = (_tile_centres(length, side, overlap) for length in (width, height))
    return [Region(float(x), float(y), side) for y, x in itertools.product(ys, xs)]


def _turned(region: Region, n_turns: int) -> Iterator[Region]:
    for turn in range(n_turns):
        roll_deg = float(wrap_deg(np.asarray(360.0 * turn / n_turns)))
        yield Region(region.x, region.y, region.side, roll_deg)


def _tile_centres(length: int, side: float, overlap: float) -> np.ndarray:
    """Return the centres of the fewest tiles that cover `length` pixels with enough overlap."""
    if length <= side:
        return np.array([length / 2])
    n_tiles = int(np.ceil((length - side) / (side * (1.0 - overlap)))) + 1
    return np.linspace(side / 2, length - side / 2, n_tiles)


def same_face_groups(found: Candidates, *, min_iou: float) -> list[np.ndarray]:
    """Return groups of indices, one per face; the best group and the best index come first.

    Args:
        found: Candidates of any number of passes.
        min_iou: Lowest overlap with the best candidate of the group, as upright squares.
    """
    return overlap_groups(found.xyxy, found.scores, min_iou=min_iou)


def different_poses(found: Candidates, group: np.ndarray, *, limit: int) -> list[int]:
    """Return the best candidates of a group whose rolls differ by more than 60 degrees.

    BlazeFace may take an upside-down face for an upright one, with its mouth for the eyes. Both
    candidates stay until a close-up decides.
    """
    chosen: list[int] = []
    rolls_deg = found.rolls_deg
    for index in group:
        apart = np.abs(wrap_deg(rolls_deg[chosen] - rolls_deg[index]))
        if (apart > 60.0).all():
            chosen.append(int(index))
        if len(chosen) == limit:
            break
    return chosen


def without_overlaps(xyxy: np.ndarray, scores: np.ndarray, *, max_overlap: float) -> np.ndarray:
    """Return the indices of the boxes that overlap no better box too much, best score first.

    Args:
        xyxy: Boxes `(n, 4)`.
        scores: `(n,)`.
        max_overlap: Allowed overlap as a share of the smaller box. Faces of two people rarely
            overlap by half; a nose or an ear that was taken for a face lies within the face.

    >>> boxes = np.array([[0, 0, 10, 10], [2, 2, 5, 5], [9, 0, 19, 10]], np.float32)
    >>> without_overlaps(boxes, np.array([0.9, 0.8, 0.7]), max_overlap=0.5).tolist()
    [0, 2]
    """
    is_overlapping = overlapping(xyxy, max_overlap=max_overlap)
    kept: list[int] = []
    for index in np.argsort(-scores, kind="stable").tolist():
        if not is_overlapping[index, kept].any():
            kept.append(index)
    return np.array(kept, dtype=int)


def overlapping(xyxy: np.ndarray, *, max_overlap: float) -> np.ndarray:
    """Return whether two boxes overlap too much, `(n, n)` bool, for every pair of boxes `(n, 4)`.

    `max_overlap` is the allowed overlap as a share of the smaller box.

    >>> boxes = np.array([[0, 0, 10, 10], [2, 2, 5, 5], [9, 0, 19, 10]], np.float32)
    >>> overlapping(boxes, max_overlap=0.5)[0]
    array([ True,  True, False])
    """
    low = np.maximum(xyxy[:, None, :2], xyxy[None, :, :2])
    high = np.minimum(xyxy[:, None, 2:], xyxy[None, :, 2:])
    overlap = np.clip(high - low, 0, None).prod(axis=2)
    areas = (xyxy[:, 2:] - xyxy[:, :2]).prod(axis=1)
    return np.asarray(overlap > max_overlap * np.minimum(areas[:, None], areas))
