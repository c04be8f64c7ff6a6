"""One picture of many small faces, each with a line or two below it: `face_sheet`."""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from fer_core.drawing.style import PLATE_BGR, TEXT_BGR

SHEET_COLUMNS: Final = 4
_FACE_PX: Final = 120  # twice the size on the page, for displays with two pixels per point
_GAP_PX: Final = 8
_TEXT_PX: Final = 23
_LINE_PX: Final = 30

Caption = tuple[str, ...]
"""The lines below one face; all faces of a sheet have the same number of lines."""


def face_sheet(
    faces: np.ndarray, captions: Sequence[Caption], *, columns: int = SHEET_COLUMNS
) -> bytes:
    r"""Return the faces in rows as a JPEG file, twice as large as it should be shown.

    Args:
        faces: uint8 `(n, side, side)` grey or `(n, side, side, 3)` RGB, at least one.
        captions: The lines below each face, as `drawable` returns them. One that is too long is cut
            off.
        columns: Faces per row; the picture is as wide as so many, even if there are fewer.

    Raises:
        ValueError: There is no face, or not one caption per face.

    >>> face_sheet(np.zeros((1, 48, 48), np.uint8), [("12", "happy")])[:2]
    b'\xff\xd8'
    """
    if not len(faces) or len(faces) != len(captions):
        raise ValueError(f"Expected a caption per face, got {len(faces)} and {len(captions)}.")
    step_x = _FACE_PX + _GAP_PX
    step_y = _FACE_PX + _GAP_PX + _LINE_PX * len(captions[0])
    n_rows = -(-len(faces) // columns)
    sheet = np.empty((n_rows * step_y + _GAP_PX, columns * step_x + _GAP_PX, 3), dtype=np.uint8)
    sheet[:] = PLATE_BGR[::-1]
    for index, face in enumerate(faces):
        row, column = divmod(index, columns)
        x, y = _GAP_PX + column * step_x, _GAP_PX + row * step_y
        sheet[y : y + _FACE_PX, x : x + _FACE_PX] = _enlarged_rgb(face)
    _write_captions(sheet, captions, columns=columns, step=(step_x, step_y))
    # PNG takes three times as long; a pixel of a face is enlarged too much for JPEG to blur it
    _, jpeg = cv2.imencode(".jpg", sheet[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])
    return jpeg.tobytes()


def sheet_width_px(columns: int = SHEET_COLUMNS) -> int:
    """Return the width at which a page shows a sheet: half of its pixels.

    >>> sheet_width_px(4)
    260
    """
    return (columns * (_FACE_PX + _GAP_PX) + _GAP_PX) // 2


@lru_cache(maxsize=1_024)
def drawable(text: str) -> str:
    """Return a text as a sheet shows it: its font has only the letters of ASCII.

    An accent is left out, and each character that has no such letter becomes a question mark.

    >>> drawable("überrascht"), drawable("joy 😀")
    ('uberrascht', 'joy ?')
    """
    letters = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    plain = (c for c in letters if not unicodedata.combining(c))
    return "".join(c if c.isascii() and c.isprintable() else "?" for c in plain)


def _enlarged_rgb(face: np.ndarray) -> np.ndarray:
    interpolation = cv2.INTER_CUBIC if len(face) <= _FACE_PX else cv2.INTER_AREA
    enlarged = cv2.resize(face, (_FACE_PX, _FACE_PX), interpolation=interpolation)
    return enlarged if enlarged.ndim == 3 else cv2.cvtColor(enlarged, cv2.COLOR_GRAY2RGB)


def _write_captions(
    sheet: np.ndarray, captions: Sequence[Caption], *, columns: int, step: tuple[int, int]
) -> None:
    """Write all captions into the sheet, which is changed in place."""
    image = Image.fromarray(sheet)
    canvas, font = ImageDraw.Draw(image), _font()
    for index, lines in enumerate(captions):
        row, column = divmod(index, columns)
        x, y = _GAP_PX + column * step[0], (row + 1) * step[1] - _LINE_PX * len(lines)
        for number, line in enumerate(lines):
            place = (x, y + number * _LINE_PX)
            canvas.text(place, _fitting(drawable(line), font), font=font, fill=TEXT_BGR[::-1])
    sheet[:] = np.asarray(image)


def _fitting(line: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> str:
    while line and font.getlength(line) > _FACE_PX:
        line = line[:-2] + "…" if len(line) > 2 else ""
    return line


@lru_cache(maxsize=1)
def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size=_TEXT_PX)
