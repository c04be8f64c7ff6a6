"""Where plates go: beside their face, in the frame and, if there is room, clear of each other."""

from collections.abc import Iterator, Sequence
from typing import Final

Rectangle = tuple[int, int, int, int]  # x1, y1, x2, y2 in pixels, end exclusive
Size = tuple[int, int]  # width, height in pixels

PLATE_WEIGHT: Final = 4  # hiding another plate is worse than hiding part of a face


def place_plates(
    boxes: Sequence[Rectangle], sizes: Sequence[Size], *, frame_size: Size, gap_px: int
) -> list[Rectangle]:
    """Return a place per box: above it if nothing is in the way, else below it, else inside it.

    Args:
        boxes: Faces; each lies within the frame.
        sizes: Size of each face's plate, at most the size of the frame.
        frame_size: Size of the frame.
        gap_px: Distance between a box and its plate.

    Returns:
        Rectangles within the frame, in the order of `boxes`. Each takes the first place that hides
        no plate and no face. If there is none, it takes the place that hides least.

    >>> place_plates([(10, 50, 40, 80)], [(20, 10)], frame_size=(100, 100), gap_px=2)
    [(10, 38, 30, 48)]
    """
    placed: list[Rectangle] = []
    for box, size in zip(boxes, sizes, strict=True):
        best, least = (0, 0, *size), float("inf")
        for place in _candidates(box, size, frame_size=frame_size, gap_px=gap_px):
            hidden = PLATE_WEIGHT * sum(_overlap(place, plate) for plate in placed)
            hidden += sum(_overlap(place, face) for face in boxes)
            if hidden < least:
                best, least = place, hidden
            if hidden == 0:
                break
        placed.append(best)
    return placed


def _candidates(
    box: Rectangle, size: Size, *, frame_size: Size, gap_px: int
) -> Iterator[Rectangle]:
    """Yield places within the frame, best first."""
    x1, y1, x2, y2 = box
    width, height = size
    last_x, last_y = frame_size[0] - width, frame_size[1] - height
    above, below = y1 - gap_px - height, y2 + gap_px
    inside = (y1 + gap_px, y2 - gap_px - height)  # forehead, chin
    rows = [row for row in (above, below) if 0 <= row <= last_y]
    rows += [min(max(row, 0), last_y) for row in inside]
    for row in rows:
        for column in (x1, x2 - width, (x1 + x2 - width) // 2):  # left, right, centred
            left = min(max(column, 0), last_x)
            yield (left, row, left + width, row + height)


def _overlap(a: Rectangle, b: Rectangle) -> int:
    """Return the area that two rectangles share, in square pixels."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    return width * height if width > 0 and height > 0 else 0
