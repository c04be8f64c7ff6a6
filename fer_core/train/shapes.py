"""White shapes on black, which become what a face is occluded by: ovals, boxes, lines.

A shape is drawn several times larger than the crop, so that its edges are smooth. Places and sizes
are shares of the crop's side.
"""

from typing import Final

import cv2
import numpy as np

_FINER: Final = 4

_Point = tuple[float, float] | np.ndarray


def blank(crop: np.ndarray) -> np.ndarray:
    """Return a canvas for the shapes on a crop, uint8, empty."""
    return np.zeros((_FINER * len(crop), _FINER * len(crop)), np.uint8)


def covered(
    crop: np.ndarray, shape: np.ndarray, texture: np.ndarray, *, softness: float = 0.0
) -> np.ndarray:
    """Return a crop that shows the texture where the shape lies, with soft edges above 0.3."""
    size = (len(crop), len(crop))
    share = cv2.resize(shape, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    if softness > 0.3:
        share = cv2.GaussianBlur(share, (0, 0), softness).astype(np.float32)
    return np.asarray(crop + share / 255 * (texture - crop), dtype=np.float32)


def oval(
    shape: np.ndarray,
    centre: tuple[float, float],
    size: tuple[float, float],
    *,
    turn_deg: float = 0.0,
    thickness: int = -1,
) -> None:
    """Draw an ellipse, turned clockwise; filled if its thickness is negative."""
    place = (_pixels(centre, shape), _pixels(size, shape), turn_deg)
    cv2.ellipse(shape, place, 255, thickness=thickness)


def box(
    shape: np.ndarray,
    centre: tuple[float, float],
    size: tuple[float, float],
    *,
    turn_deg: float = 0.0,
    thickness: int = -1,
) -> None:
    """Draw a rectangle, turned clockwise; filled if its thickness is negative."""
    corners = cv2.boxPoints((_pixels(centre, shape), _pixels(size, shape), turn_deg))
    outline = [np.rint(corners).astype(np.int32)]
    if thickness < 0:
        cv2.fillPoly(shape, outline, 255)
    else:
        cv2.polylines(shape, outline, isClosed=True, color=255, thickness=thickness)


def polygon(shape: np.ndarray, points: np.ndarray) -> None:
    """Draw a filled polygon with corners `(n, 2)`."""
    cv2.fillPoly(shape, [np.rint(points * len(shape)).astype(np.int32)], 255)


def line(shape: np.ndarray, start: _Point, end: _Point, *, width: float) -> None:
    """Draw a line of at least one pixel of the canvas."""
    ends = np.rint(np.array([start, end]) * len(shape)).astype(int).tolist()
    cv2.line(shape, ends[0], ends[1], 255, max(1, round(width * len(shape))))


def turned(points: np.ndarray, turn_deg: float) -> np.ndarray:
    """Return points `(n, 2)` turned clockwise about the origin."""
    angle = np.deg2rad(turn_deg)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return np.asarray(points @ turn)


def _pixels(place: tuple[float, float], shape: np.ndarray) -> tuple[float, float]:
    return (float(place[0]) * len(shape), float(place[1]) * len(shape))
