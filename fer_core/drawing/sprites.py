"""The small images that plates are made of: a line of text, or one of our nine faces.

Each is rendered once and then only copied. The faces are vector drawings in `glyphs/*.svg`, and a
page shows these files. A frame shows the PNG file of the same name, because neither OpenCV nor
Pillow renders SVG. `scripts/render_glyphs.py` makes the PNG files from the drawings.
"""

import base64
import math
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from fer_core.drawing.style import PLATE_BGR
from fer_core.labels import VOTE_LABELS

NOT_SURE: Final = "not_sure"
GLYPHS: Final = (*VOTE_LABELS, NOT_SURE)
GLYPHS_FOLDER: Final = Path(__file__).parent / "glyphs"
MAX_TEXTS: Final = 192  # all words and percentages of one live stream; 20 KB each at 480 px


@cache
def glyph_uri(name: str) -> str:
    """Return the drawing of a face as a `data:` address, for an image in a page.

    It needs no request, and its shape tells it from the others without colour.

    Args:
        name: One of `GLYPHS`.

    Raises:
        KeyError: There is no such glyph.

    >>> glyph_uri("happy")[:26]
    'data:image/svg+xml;base64,'
    """
    data = base64.b64encode(_glyph_path(name, "svg").read_bytes()).decode("ascii")
    return f"data:image/svg+xml;base64,{data}"


@lru_cache(maxsize=64)
def glyph_sprite(name: str, *, side_px: int) -> np.ndarray:
    """Return a face on the plate's colour, read-only uint8 `(side_px, side_px, 3)` BGR.

    Args:
        name: One of `GLYPHS`.
        side_px: Height and width, at least 1.

    Raises:
        KeyError: There is no such glyph.

    >>> glyph_sprite("happy", side_px=24).shape
    (24, 24, 3)
    """
    with Image.open(_glyph_path(name, "png")) as image:
        glyph = image.convert("RGB").resize((side_px, side_px), Image.Resampling.HAMMING)
    sprite = np.array(np.asarray(glyph)[..., ::-1], order="C")  # RGB -> BGR
    sprite.setflags(write=False)  # shared by every frame that shows this face
    return sprite


@lru_cache(maxsize=MAX_TEXTS)
def text_sprite(
    text: str,
    *,
    text_px: int,
    color_bgr: tuple[int, int, int],
    background_bgr: tuple[int, int, int] = PLATE_BGR,
) -> np.ndarray:
    """Return one line of text on a solid ground, read-only uint8 `(height, width, 3)` BGR.

    All texts of one size have the same height and baseline.

    Args:
        text: One line.
        text_px: Size of the font in pixels, at least 1.
        color_bgr: Colour of the letters.
        background_bgr: Colour of the ground.

    The font is the one embedded in Pillow (Aileron, public domain), so no font file is needed.

    >>> sprites = [text_sprite(t, text_px=20, color_bgr=(255, 255, 255)) for t in ("a", "gÅ")]
    >>> sprites[0].shape[0] == sprites[1].shape[0]
    True
    """
    font = _font(text_px)
    ascent, descent = font.getmetrics()
    width = max(1, math.ceil(max(font.getlength(text), font.getbbox(text)[2])))
    # Pillow calls it RGB, but we keep BGR throughout
    canvas = Image.new("RGB", (width, ascent + descent), background_bgr)
    ImageDraw.Draw(canvas).text((0, 0), text, font=font, fill=color_bgr)
    sprite = np.array(canvas)
    sprite.setflags(write=False)  # shared by every frame that shows this text
    return sprite


def _glyph_path(name: str, extension: str) -> Path:
    if name not in GLYPHS:
        raise KeyError(name)
    return GLYPHS_FOLDER / f"{name}.{extension}"


@lru_cache(maxsize=8)
def _font(text_px: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size=text_px)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError(f"Pillow needs FreeType to scale its font, got {type(font).__name__}.")
    return font
