"""Colours and sizes of everything that is drawn on a frame."""

from dataclasses import dataclass
from typing import Final

PLATE_BGR: Final = (36, 28, 24)
TEXT_BGR: Final = (250, 248, 246)  # 16.0:1 on the plate; WCAG 2.2 asks for 4.5:1
MUTED_BGR: Final = (205, 200, 196)  # 10.1:1 on the plate
UNREAD_BGR: Final = (185, 185, 185)

MIN_TEXT_PX: Final = 14  # the smallest size at which the font's letters stay apart
TEXT_SHARE: Final = 0.042  # of the frame's shorter side: 20 px of 480
CROWD_SCALES: Final = ((2, 1.0), (5, 0.8))  # (faces at most, share of the full text size)
LARGE_CROWD_SCALE: Final = 0.65


@dataclass(frozen=True, slots=True)
class Style:
    """Sizes in pixels; all follow from the height of the text."""

    text_px: int

    @property
    def pad_px(self) -> int:
        """Free space around and between the parts of a plate."""
        return max(3, round(self.text_px * 0.35))

    @property
    def plate_px(self) -> int:
        """Height of a plate."""
        return round(self.text_px * 1.75)

    @property
    def line_px(self) -> int:
        """Width of a box's light line."""
        return max(1, self.text_px // 10)

    @property
    def outline_px(self) -> int:
        """Width of the dark line on either side of the light one."""
        return max(1, round(self.line_px * 0.6))


def style_for(width: int, height: int, *, n_faces: int) -> Style:
    """Return the sizes for a frame.

    They are the same for all faces of the frame, so a plate keeps its size when its face moves.

    Args:
        width: Width of the frame in pixels.
        height: Height of the frame in pixels.
        n_faces: Plates get smaller when there are many faces.

    >>> style_for(640, 480, n_faces=1).text_px, style_for(320, 240, n_faces=9).text_px
    (20, 14)
    """
    scale = next((scale for limit, scale in CROWD_SCALES if n_faces <= limit), LARGE_CROWD_SCALE)
    return Style(text_px=max(MIN_TEXT_PX, round(min(width, height) * TEXT_SHARE * scale)))
