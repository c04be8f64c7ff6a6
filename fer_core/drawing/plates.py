"""The plate of one face: number, glyph, word and share on a solid dark ground."""

import math
from typing import Final

import numpy as np

from fer_core.drawing.glyphs import NOT_SURE, glyph_sprite
from fer_core.drawing.style import MUTED_BGR, PLATE_BGR, TEXT_BGR, Style
from fer_core.drawing.text import text_sprite
from fer_core.labels import WORDS
from fer_core.results import Expression, Face

CORRECTED_WORD: Final = "corrected"  # by the face's own neutral baseline
NOT_READ_WORDS: Final = "not read"  # an unread face without a reason


def render_plate(face: Face, *, style: Style, number: int | None = None) -> np.ndarray:
    """Return the plate of a face, uint8 `(style.plate_px, width, 3)` BGR, all of it opaque.

    A sure reading is said in one word with its share of people; one that is not sure names its
    two leading candidates beside a question mark; a face that was not read gives its first reason.
    While a face's neutral baseline is taken, the seconds to go stand in place of the reading; once
    it is, the reading is marked.

    Args:
        face: Labels are those of `labels.VOTE_LABELS`.
        style: Sizes.
        number: Shown first, in inverse colours, where a picture's faces are numbered.
    """
    parts = [] if number is None else [_number_sprite(number, style)]
    parts += _reading_sprites(face, style)
    width = sum(part.shape[1] for part in parts) + style.pad_px * (len(parts) + 1)
    plate = np.empty((style.plate_px, width, 3), dtype=np.uint8)
    plate[:] = PLATE_BGR
    left = style.pad_px
    for part in parts:
        height, part_width = part.shape[:2]
        top = (style.plate_px - height) // 2
        plate[top : top + height, left : left + part_width] = part
        left += part_width + style.pad_px
    return plate


def candidate_words(expression: Expression) -> str:
    """Return what is said of an expression that is not sure: its leading two, as a question.

    >>> candidate_words(Expression.from_probs(("happy", "sad", "fear"), np.array([0.1, 0.5, 0.4])))
    'sad or afraid?'
    """
    words = [WORDS[label] for label, _ in expression.top_two]
    return " or ".join(words) + "?"


def _reading_sprites(face: Face, style: Style) -> list[np.ndarray]:
    glyph_px = style.plate_px - 2 * max(2, style.pad_px // 2)
    expression = face.expression
    if face.baseline_left_s is not None:
        words = f"relaxed face, {math.ceil(face.baseline_left_s)} s"
        return [text_sprite(words, text_px=style.text_px, color_bgr=TEXT_BGR)]
    if expression is None:
        reason = face.reasons[0] if face.reasons else NOT_READ_WORDS
        return [text_sprite(reason, text_px=style.text_px, color_bgr=MUTED_BGR)]
    said = expression.shown_label
    corrected = []
    if face.is_corrected:
        corrected = [text_sprite(CORRECTED_WORD, text_px=style.text_px, color_bgr=MUTED_BGR)]
    if said is None:
        words = candidate_words(expression)
        return [
            glyph_sprite(NOT_SURE, side_px=glyph_px),
            text_sprite(words, text_px=style.text_px, color_bgr=TEXT_BGR),
            *corrected,
        ]
    return [
        glyph_sprite(said, side_px=glyph_px),
        text_sprite(WORDS[said], text_px=style.text_px, color_bgr=TEXT_BGR),
        text_sprite(f"{expression.share(said):.0%}", text_px=style.text_px, color_bgr=MUTED_BGR),
        *corrected,
    ]


def _number_sprite(number: int, style: Style) -> np.ndarray:
    return text_sprite(
        f" {number} ", text_px=style.text_px, color_bgr=PLATE_BGR, background_bgr=TEXT_BGR
    )
