"""Draw boxes, plates and skeletons on a frame.

For a mirrored view, flip the frame before it is analysed. Flipping it afterwards would mirror the
words too.
"""

from typing import Final

import cv2
import numpy as np

from fer_core.drawing.layout import Rectangle, place_plates
from fer_core.drawing.plates import render_plate
from fer_core.drawing.skeleton import draw_skeleton
from fer_core.drawing.style import PLATE_BGR, TEXT_BGR, UNREAD_BGR, Style, style_for
from fer_core.results import Face, FrameResult

SMALLEST_TEXT_PX: Final = 8  # a plate that is too wide shrinks to this before it is cut off
CORNER_SHARE: Final = 0.25  # of the box's shorter side: length of a corner bracket
DASHES_PER_SIDE: Final = 8


def annotate(frame_bgr: np.ndarray, result: FrameResult, *, numbered: bool = False) -> np.ndarray:
    """Return a copy of the frame with what was found in it; see `annotate_in_place`.

    >>> frame_bgr = np.zeros((48, 64, 3), np.uint8)
    >>> bool((annotate(frame_bgr, FrameResult(width=64, height=48)) == frame_bgr).all())
    True
    """
    annotated_bgr = frame_bgr.copy()
    annotate_in_place(annotated_bgr, result, numbered=numbered)
    return annotated_bgr


def annotate_in_place(
    frame_bgr: np.ndarray, result: FrameResult, *, numbered: bool = False
) -> None:
    """Draw boxes, plates and skeletons on the frame itself; the live video saves a copy this way.

    A sure reading has a whole box. A reading that is not sure has only the corners. A face without
    a reading has thin grey dashes. Sizes follow from the frame, so the words stay readable.

    Args:
        frame_bgr: uint8 `(height, width, 3)`, writable; the frame that was analysed.
        result: The result of that frame; a face that lies wholly outside is not drawn.
        numbered: Number the faces from 1, in the order of `result.faces`, as the exports do.

    Raises:
        ValueError: Size or type of the frame differs from the one that was analysed.

    >>> annotate_in_place(np.zeros((48, 64, 3), np.uint8), FrameResult(width=64, height=48))
    """
    expected = (result.height, result.width, 3)
    if frame_bgr.shape != expected or frame_bgr.dtype != np.uint8:
        raise ValueError(
            f"Expected the uint8 frame {expected} that was analysed, "
            f"got {frame_bgr.dtype} {frame_bgr.shape}."
        )
    style = style_for(result.width, result.height, n_faces=len(result.faces))
    visible = [
        (number, face, box)
        for number, face in enumerate(result.faces, start=1)
        if (box := _visible_box(face, result)) is not None
    ]
    plates = [
        _fitting_plate(face, result, style, number if numbered else None)
        for number, face, _ in visible
    ]
    places = place_plates(
        [box for _, _, box in visible],
        [(plate.shape[1], plate.shape[0]) for plate in plates],
        frame_size=(result.width, result.height),
        gap_px=2 * style.line_px,
    )
    for person in result.people:
        draw_skeleton(frame_bgr, person, style)
    for _, face, box in visible:
        _draw_box(frame_bgr, box, face, style)
    for plate, place in zip(plates, places, strict=True):
        _paste(frame_bgr, plate, place, radius_px=style.text_px // 4)


def _visible_box(face: Face, result: FrameResult) -> Rectangle | None:
    """Return the part of a box that lies in the frame, in whole pixels; None if there is none."""
    box = face.box
    if box.x2 <= 0 or box.y2 <= 0 or box.x1 >= result.width or box.y1 >= result.height:
        return None
    x1, y1 = round(max(box.x1, 0)), round(max(box.y1, 0))
    x2, y2 = round(min(box.x2, result.width)), round(min(box.y2, result.height))
    return x1, y1, max(x2, x1 + 1), max(y2, y1 + 1)  # even a tiny box is drawn


def _fitting_plate(face: Face, result: FrameResult, style: Style, number: int | None) -> np.ndarray:
    """Return a plate that fits the frame: smaller if needed, and cut off as a last resort."""
    plate = render_plate(face, style=style, number=number)
    while plate.shape[1] > result.width and style.text_px > SMALLEST_TEXT_PX:
        shrunk_px = (
            style.text_px * result.width // plate.shape[1]
        )  # rounding of letter widths may need one less
        style = Style(text_px=max(SMALLEST_TEXT_PX, min(shrunk_px, style.text_px - 1)))
        plate = render_plate(face, style=style, number=number)
    return plate[: result.height, : result.width]


def _draw_box(frame_bgr: np.ndarray, box: Rectangle, face: Face, style: Style) -> None:
    """Draw a light line on a wider dark one, so that one of them shows on any background."""
    x1, y1, x2, y2 = box[0], box[1], box[2] - 1, box[3] - 1
    corners = np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]], dtype=np.int32)
    is_closed, color_bgr, line_px = False, TEXT_BGR, style.line_px
    if face.expression is None:
        lines = _dashes(corners)
        color_bgr, line_px = UNREAD_BGR, max(1, style.line_px // 2)
    elif face.expression.is_sure:
        lines, is_closed = corners[None], True
    else:
        lines = _brackets(corners)
    dark_px = line_px + 2 * style.outline_px
    cv2.polylines(frame_bgr, list(lines), is_closed, PLATE_BGR, dark_px)
    cv2.polylines(frame_bgr, list(lines), is_closed, color_bgr, line_px)


def _dashes(corners: np.ndarray) -> np.ndarray:
    """Return dashes along a rectangle: corners `(4, 2)` -> lines `(4 * dashes, 2, 2)`."""
    n_ends = 2 * DASHES_PER_SIDE
    shares = (np.arange(n_ends).reshape(1, -1, 2, 1) + 0.25) / n_ends  # (1, dashes, 2, 1)
    starts, ends = corners[:, None, None], np.roll(corners, -1, axis=0)[:, None, None]
    lines = np.rint(starts + (ends - starts) * shares)  # (4, dashes, 2, 2)
    return np.asarray(lines.reshape(-1, 2, 2), dtype=np.int32)


def _brackets(corners: np.ndarray) -> np.ndarray:
    """Return a bracket at each corner: corners `(4, 2)` -> lines `(4, 3, 2)`."""
    towards_next = np.roll(corners, -1, axis=0) - corners
    towards_last = np.roll(corners, 1, axis=0) - corners
    length = CORNER_SHARE * np.abs(corners[2] - corners[0]).min()
    steps = [
        np.rint(np.sign(direction) * length).astype(np.int32)
        for direction in (towards_last, towards_next)
    ]
    return np.stack([corners + steps[0], corners, corners + steps[1]], axis=1)


def _paste(frame_bgr: np.ndarray, plate: np.ndarray, place: Rectangle, *, radius_px: int) -> None:
    """Copy a plate to its place; rows near the corners are shorter, which rounds the corners."""
    x1, y1, x2, y2 = place
    middle = slice(radius_px, plate.shape[0] - radius_px)
    frame_bgr[y1:y2, x1:x2][middle] = plate[middle]
    for row in range(min(radius_px, plate.shape[0] // 2)):
        rise = radius_px - row - 0.5
        inset = round(radius_px - (radius_px**2 - rise**2) ** 0.5)
        for y in (row, plate.shape[0] - 1 - row):
            frame_bgr[y1 + y, x1 + inset : x2 - inset] = plate[y, inset : plate.shape[1] - inset]
