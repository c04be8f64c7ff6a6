"""Words as opaque sprites, rendered once and then only copied."""

import math
from functools import lru_cache
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from fer_core.drawing.style import PLATE_BGR

MAX_SPRITES: Final = 192  # all words and percentages of one live stream; 20 KB each at 480 px


@lru_cache(maxsize=MAX_SPRITES)
def text_sprite(
    text: str,
    *,
    text_px: int,
    color_bgr: tuple[int, int, int],
    background_bgr: tuple[int, int, int] = PLATE_BGR,
) -> np.ndarray:
    """Return `text` on a solid ground, read-only uint8 `(height, width, 3)` BGR.

    All texts of one size have the same height and baseline.

    Args:
        text: One line.
        text_px: Size of the font in pixels, at least 1.
        color_bgr: Colour of the letters.
        background_bgr: Colour of the ground.

    The font is the one embedded in Pillow (Aileron, public domain): no font file is needed.

    >>> sprites = [text_sprite(t, text_px=20, color_bgr=(255, 255, 255)) for t in ("a", "gÅ")]
    >>> sprites[0].shape[0] == sprites[1].shape[0]
    True
    """
    font = _font(text_px)
    ascent, descent = font.getmetrics()
    width = max(1, math.ceil(max(font.getlength(text), font.getbbox(text)[2])))
    canvas = Image.new(
        "RGB", (width, ascent + descent), background_bgr
    )  # channels are BGR throughout
    ImageDraw.Draw(canvas).text((0, 0), text, font=font, fill=color_bgr)
    sprite = np.array(canvas)
    sprite.setflags(write=False)  # shared by every frame that shows this text
    return sprite


@lru_cache(maxsize=8)
def _font(text_px: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size=text_px)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError(f"Pillow needs FreeType to scale its font, got {type(font).__name__}.")
    return font
