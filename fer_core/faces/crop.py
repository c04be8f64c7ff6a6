"""Cut rotated squares out of a frame: the upright crops that every network takes as input."""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from fer_core.faces.detections import Detections
from fer_core.geometry import between_pixel_centres, rotation, square_to_crop


@dataclass(frozen=True, slots=True)
class Region:
    """A rotated square of the frame. It may reach over the frame's edge.

    Attributes:
        x: Centre, pixels.
        y: Centre, pixels.
        side: Side of the square in pixels, above 0.
        roll_deg: Clockwise rotation in degrees.
    """

    x: float
    y: float
    side: float
    roll_deg: float = 0.0

    def scaled(self, scale: float) -> "Region":
        """Return a region with the same centre and `scale` times the side."""
        return Region(self.x, self.y, self.side * scale, self.roll_deg)

    def raised(self, share: float) -> "Region":
        """Return the region moved towards its top edge by a share of its side.

        >>> Region(0.0, 0.0, 10.0, roll_deg=90.0).raised(0.5).x
        5.0
        """
        across, down = rotation(self.roll_deg) @ [0.0, -share * self.side]
        return Region(float(self.x + across), float(self.y + down), self.side, self.roll_deg)

    def to_crop(self, size: int) -> np.ndarray:
        """Return the matrix `(2, 3)` from the frame to an upright crop of `size` pixels."""
        centre = np.array([self.x, self.y])
        return square_to_crop(centre, side=self.side, roll_deg=self.roll_deg, size=size)


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


def cut_region(
    frame: np.ndarray, region: Region, *, size: int, border: int = cv2.BORDER_REPLICATE
) -> np.ndarray:
    """Return an upright crop `(size, size)` or `(size, size, 3)` of a rotated square.

    Larger squares are averaged down, so that fine texture does not alias.

    Args:
        frame: uint8 `(height, width)` or `(height, width, 3)`.
        region: The square.
        size: Side of the crop in pixels.
        border: OpenCV border mode for pixels beyond the frame: `cv2.BORDER_REPLICATE` repeats the
            edge, `cv2.BORDER_CONSTANT` fills with black.

    Raises:
        ValueError: The square has no finite place or no side.
    """
    place = (region.x, region.y, region.side, region.roll_deg)
    if not (all(map(math.isfinite, place)) and region.side > 0):
        raise ValueError(f"Expected a square with a finite place and a side above 0, got {region}.")
    shrink = region.side / size
    if shrink > 1.5:
        # averaging whole pixels is several times faster than averaging fractions
        shrink = float(int(shrink)) if shrink >= 2 else shrink
        frame, region = _shrink_around(frame, region, shrink)
    return cv2.warpAffine(
        frame,
        between_pixel_centres(region.to_crop(size)),
        (size, size),
        flags=cv2.INTER_LINEAR,
        borderMode=border,
    )


def network_input(crop_bgr: np.ndarray, *, low: float) -> np.ndarray:
    """Return a uint8 crop `(size, size, 3)` as float32 RGB `(1, size, size, 3)` in `[low, 1]`.

    >>> network_input(np.full((1, 1, 3), (0, 0, 255), np.uint8), low=-1.0).ravel().tolist()
    [1.0, -1.0, -1.0]
    """
    # swap channels while the pixels are bytes: a reversed view would make numpy five times slower
    rgb = cv2.cvtColor(crop_bgr, cv2.COLOR_BGR2RGB).astype(np.float32)
    rgb *= np.float32((1.0 - low) / 255.0)
    if low != 0.0:
        rgb += np.float32(low)
    return rgb[None]


def _as_gray(image: np.ndarray) -> np.ndarray:
    return image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)


def _shrink_around(frame: np.ndarray, region: Region, shrink: float) -> tuple[np.ndarray, Region]:
    """Return the shrunk part of the frame that the region can touch, and the region in it."""
    reach = 0.71 * region.side + 2 * shrink  # half the diagonal plus the reach of the filter
    centre = np.array([region.x, region.y])
    limit = np.array([frame.shape[1], frame.shape[0]])
    low = np.clip(np.floor(centre - reach), 0, limit - 1).astype(int)
    high = np.clip(np.ceil(centre + reach), low + 1, limit).astype(int)
    width, height = np.maximum((high - low) / shrink, 1).astype(int)
    right, bottom = np.minimum(low + np.rint([width * shrink, height * shrink]), high).astype(int)
    part = frame[low[1] : bottom, low[0] : right]
    small = cv2.resize(part, (int(width), int(height)), interpolation=cv2.INTER_AREA)
    x, y = (centre - low) / shrink
    return small, Region(float(x), float(y), region.side / shrink, region.roll_deg)
