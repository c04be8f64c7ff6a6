"""Rotated squares of a frame, and the upright crops that networks take as input."""

import math
from dataclasses import dataclass

import cv2
import numpy as np

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
