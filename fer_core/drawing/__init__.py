"""Draw what was read onto the very frame it was read from: box, own glyph, word, share."""

from fer_core.drawing.draw import annotate, annotate_in_place

__all__ = ["annotate", "annotate_in_place"]
