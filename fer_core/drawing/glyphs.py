"""Our own small faces: each expression has a distinct shape, so neither colour nor font is needed.

Each is drawn as vectors in a unit square, x to the right and y down, then averaged down.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Final

import cv2
import numpy as np

from fer_core.drawing.style import GLYPH_BGR, MUTED_BGR, PLATE_BGR

CANVAS_PX: Final = 384  # at least four times the size shown at 2,000 lines
STROKE: Final = 0.08  # thickness of lines: still two pixels in a glyph of 26
INK_BGR: Final = PLATE_BGR
WHITE_BGR: Final = (255, 255, 255)
TONGUE_BGR: Final = (110, 110, 225)

Point = tuple[float, float]


class _Canvas:
    """A square picture with vector strokes; lengths are shares of its side."""

    def __init__(self) -> None:
        self.bgr = np.full((CANVAS_PX, CANVAS_PX, 3), PLATE_BGR, dtype=np.uint8)

    def ellipse(
        self,
        centre: Point,
        radii: Point,
        *,
        color: tuple[int, int, int] = INK_BGR,
        arc_deg: tuple[float, float] = (0, 360),
        stroke: float | None = None,
    ) -> None:
        """Draw an ellipse or, clockwise from three o'clock, an arc; filled without `stroke`."""
        thickness = -1 if stroke is None else self._px(stroke)
        centre_px = (self._px(centre[0]), self._px(centre[1]))
        radii_px = (self._px(radii[0]), self._px(radii[1]))
        cv2.ellipse(self.bgr, centre_px, radii_px, 0, *arc_deg, color, thickness)

    def line(
        self,
        *points: Point,
        color: tuple[int, int, int] = INK_BGR,
        stroke: float = STROKE,
    ) -> None:
        """Draw a line through the points."""
        pixels = np.array([[self._px(x), self._px(y)] for x, y in points], dtype=np.int32)
        cv2.polylines(self.bgr, [pixels], False, color, self._px(stroke))  # noqa: FBT003

    def eyes(self, *, radius: float = 0.065, y: float = 0.4) -> None:
        """Draw two round eyes."""
        for x in (0.33, 0.67):
            self.ellipse((x, y), (radius, radius * 1.2))

    def brows(self, *, inner_y: float, outer_y: float) -> None:
        """Draw two straight brows, mirror images of each other."""
        self.line((0.2, outer_y), (0.42, inner_y))
        self.line((0.8, outer_y), (0.58, inner_y))

    @staticmethod
    def _px(share: float) -> int:
        return round(share * CANVAS_PX)


def _happy(canvas: _Canvas) -> None:
    for x in (0.32, 0.68):  # eyes narrowed to arches: cheeks raised
        canvas.ellipse((x, 0.43), (0.1, 0.1), arc_deg=(180, 360), stroke=STROKE)
    canvas.ellipse((0.5, 0.55), (0.29, 0.3), arc_deg=(0, 180))


def _sad(canvas: _Canvas) -> None:
    canvas.brows(inner_y=0.22, outer_y=0.32)
    canvas.eyes(y=0.44)
    canvas.ellipse((0.5, 0.83), (0.2, 0.17), arc_deg=(200, 340), stroke=STROKE)


def _angry(canvas: _Canvas) -> None:
    canvas.brows(inner_y=0.36, outer_y=0.22)
    canvas.eyes(y=0.47)
    canvas.line((0.3, 0.74), (0.7, 0.74), stroke=0.15)
    for x in (0.4, 0.5, 0.6):  # clenched teeth
        canvas.ellipse((x, 0.74), (0.032, 0.04), color=WHITE_BGR)


def _surprise(canvas: _Canvas) -> None:
    for x in (0.3, 0.7):
        canvas.ellipse((x, 0.27), (0.11, 0.08), arc_deg=(190, 350), stroke=0.055)
    canvas.eyes(y=0.42)
    canvas.ellipse((0.5, 0.72), (0.13, 0.18))


def _fear(canvas: _Canvas) -> None:
    canvas.brows(inner_y=0.15, outer_y=0.25)
    for x in (0.31, 0.69):  # the white shows all around
        canvas.ellipse((x, 0.44), (0.125, 0.135), color=WHITE_BGR)
        canvas.ellipse((x, 0.44), (0.125, 0.135), stroke=0.035)
        canvas.ellipse((x, 0.44), (0.045, 0.05))
    canvas.line((0.25, 0.79), (0.375, 0.7), (0.5, 0.79), (0.625, 0.7), (0.75, 0.79))


def _disgust(canvas: _Canvas) -> None:
    canvas.brows(inner_y=0.34, outer_y=0.27)
    for x in (0.31, 0.69):  # eyes narrowed
        canvas.line((x - 0.08, 0.45), (x + 0.08, 0.45))
    canvas.line((0.43, 0.5), (0.5, 0.44), (0.57, 0.5), stroke=0.045)  # nose wrinkled
    canvas.ellipse((0.5, 0.8), (0.25, 0.2), arc_deg=(180, 360))  # upper lip raised
    canvas.ellipse((0.5, 0.77), (0.13, 0.17), color=TONGUE_BGR, arc_deg=(0, 180))
    canvas.ellipse((0.5, 0.77), (0.13, 0.17), arc_deg=(0, 180), stroke=0.035)
    canvas.ellipse((0.5, 0.775), (0.13, 0.07), color=TONGUE_BGR, arc_deg=(180, 360))


def _neutral(canvas: _Canvas) -> None:
    canvas.eyes()
    canvas.line((0.3, 0.68), (0.7, 0.68))


def _contempt(canvas: _Canvas) -> None:
    for x in (0.33, 0.67):  # half-closed lids
        canvas.ellipse((x, 0.4), (0.08, 0.1), arc_deg=(0, 180))
        canvas.line((x - 0.12, 0.4), (x + 0.12, 0.4), stroke=0.055)
    canvas.line((0.28, 0.72), (0.55, 0.72), (0.66, 0.68), (0.74, 0.58))  # one corner raised


def _not_sure(canvas: _Canvas) -> None:
    canvas.ellipse((0.5, 0.5), (0.43, 0.43), color=PLATE_BGR)  # a ring, not a disc
    canvas.ellipse((0.5, 0.37), (0.15, 0.14), arc_deg=(170, 450), color=MUTED_BGR, stroke=0.09)
    canvas.line((0.5, 0.51), (0.5, 0.6), color=MUTED_BGR, stroke=0.09)
    canvas.ellipse((0.5, 0.75), (0.06, 0.06), color=MUTED_BGR)


NOT_SURE: Final = "not sure"
FEATURES: Final[dict[str, Callable[[_Canvas], None]]] = {
    "angry": _angry,
    "disgust": _disgust,
    "fear": _fear,
    "happy": _happy,
    "sad": _sad,
    "surprise": _surprise,
    "neutral": _neutral,
    "contempt": _contempt,
    NOT_SURE: _not_sure,
}


@lru_cache(maxsize=64)
def glyph_sprite(name: str, *, side_px: int) -> np.ndarray:
    """Return a face on the plate's colour, read-only uint8 `(side_px, side_px, 3)` BGR.

    Args:
        name: A label of `labels.VOTE_LABELS`, or `NOT_SURE`.
        side_px: Height and width, at least 1.

    Raises:
        KeyError: There is no glyph of that name.

    >>> glyph_sprite("happy", side_px=24).shape
    (24, 24, 3)
    """
    draw_features = FEATURES[name]
    canvas = _Canvas()
    disc_bgr = MUTED_BGR if name == NOT_SURE else GLYPH_BGR
    canvas.ellipse((0.5, 0.5), (0.495, 0.495), color=disc_bgr)
    draw_features(canvas)
    sprite = cv2.resize(canvas.bgr, (side_px, side_px), interpolation=cv2.INTER_AREA)
    sprite.setflags(write=False)  # shared by every frame that shows this face
    return sprite
