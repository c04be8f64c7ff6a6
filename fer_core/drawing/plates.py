"""The plate of one face: number, glyph, word and share on a solid dark ground."""

import math
from typing import Final

import numpy as np

from fer_core.drawing.sprites import NOT_SURE, glyph_sprite, text_sprite
from fer_core.drawing.style import MUTED_BGR, PLATE_BGR, TEXT_BGR, Style
from fer_core.results import NOT_READ_WORDS, Expression, Face, word_of

CORRECTED_WORD: Final = "corrected"  # by the face's neutral baseline


def render_plate(face: Face, *, style: Style, number: int | None = None) -> np.ndarray:
    """Return the plate of a face, uint8 `(style.plate_px, width, 3)` BGR, all of it opaque.

    - A sure reading shows one word and the share of people.
    - A reading that is not sure shows its two leading candidates and a question mark.
    - A face without a reading shows the first reason.
    - While a neutral baseline is captured, the plate counts down the seconds. Later readings are
      marked as corrected.

    Args:
        face: Its labels are those of `labels.VOTE_LABELS`.
        style: Sizes.
        number: Shown first, in inverse colours; None for no number.
    """
    sprites = [] if number is None else [_number_sprite(number, style)]
    sprites += _reading_sprites(face, style)
    width = sum(sprite.shape[1] for sprite in sprites) + style.pad_px * (len(sprites) + 1)
    plate = np.empty((style.plate_px, width, 3), dtype=np.uint8)
    plate[:] = PLATE_BGR
    left = style.pad_px
    for sprite in sprites:
        height, sprite_width = sprite.shape[:2]
        top = (style.plate_px - height) // 2
        plate[top : top + height, left : left + sprite_width] = sprite
        left += sprite_width + style.pad_px
    return plate


def candidate_words(expression: Expression) -> str:
    """Return the two leading candidates of an expression that is not sure, as a question.

    >>> candidate_words(Expression.from_probs(("happy", "sad", "fear"), np.array([0.1, 0.5, 0.4])))
    'sad or afraid?'
    """
    words = [word_of(label) for label, _ in expression.top_two]
    return " or ".join(words) + "?"


def _reading_sprites(face: Face, style: Style) -> list[np.ndarray]:
    """Return what stands on a plate after the number, from left to right."""
    expression = face.expression
    if face.baseline_left_s is not None:
        return [_words(f"relaxed face, {math.ceil(face.baseline_left_s)} s", style)]
    if expression is None:
        reason = face.reasons[0] if face.reasons else NOT_READ_WORDS
        return [_words(reason, style, color_bgr=MUTED_BGR)]
    corrected = [_words(CORRECTED_WORD, style, color_bgr=MUTED_BGR)] if face.is_corrected else []
    label = expression.shown_label
    if label is None:
        return [_glyph(NOT_SURE, style), _words(candidate_words(expression), style), *corrected]
    share = _words(f"{expression.share(label):.0%}", style, color_bgr=MUTED_BGR)
    return [_glyph(label, style), _words(word_of(label), style), share, *corrected]


def _glyph(name: str, style: Style) -> np.ndarray:
    return glyph_sprite(name, side_px=style.plate_px - 2 * max(2, style.pad_px // 2))


def _words(text: str, style: Style, *, color_bgr: tuple[int, int, int] = TEXT_BGR) -> np.ndarray:
    return text_sprite(text, text_px=style.text_px, color_bgr=color_bgr)


def _number_sprite(number: int, style: Style) -> np.ndarray:
    return text_sprite(
        f" {number} ", text_px=style.text_px, color_bgr=PLATE_BGR, background_bgr=TEXT_BGR
    )
