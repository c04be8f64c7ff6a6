"""Draw a result on its frame: a box per face, and a plate with glyph, word and share."""

from fer_core.drawing.draw import annotate, annotate_in_place

__all__ = ["annotate", "annotate_in_place"]
