"""A rectangle of a frame."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of its frame, end exclusive; it may reach over the frame's edge."""

    x1: float
    y1: float
    x2: float
    y2: float

    def __post_init__(self) -> None:
        if not (self.x2 > self.x1 and self.y2 > self.y1 and np.isfinite(self.as_tuple()).all()):
            raise ValueError(f"A box needs finite x2 > x1 and y2 > y1, got {self}.")

    def as_tuple(self) -> tuple[float, float, float, float]:
        """Return `(x1, y1, x2, y2)`."""
        return (self.x1, self.y1, self.x2, self.y2)

    def whole_pixels(self) -> tuple[int, ...]:
        """Return `(x1, y1, x2, y2)`, each rounded."""
        return tuple(round(edge) for edge in self.as_tuple())

    def overlaps(self, width: int, height: int) -> bool:
        """Return whether any part of the box lies in a frame of this size.

        >>> Box(-20, 0, -10, 10).overlaps(640, 480)
        False
        """
        return self.x1 < width and self.y1 < height and self.x2 > 0 and self.y2 > 0

    def clipped(self, width: int, height: int) -> "Box":
        """Return the box cut to a frame of this size; at least one pixel remains at the edge.

        >>> Box(-20, 30, 90, 500).clipped(640, 480)
        Box(x1=0, y1=30, x2=90, y2=480)
        """
        if self.x1 >= 0 and self.y1 >= 0 and self.x2 <= width and self.y2 <= height:
            return self
        x1, x2 = _clipped_side(self.x1, self.x2, width)
        y1, y2 = _clipped_side(self.y1, self.y2, height)
        return Box(x1, y1, x2, y2)


def _clipped_side(low: float, high: float, size: int) -> tuple[float, float]:
    if low < 0 or high > size:
        low = min(max(low, 0), size - 1)
        high = max(min(high, size), low + 1)
    return low, high
