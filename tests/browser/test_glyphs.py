"""The faces on a page and on a frame are the same drawing."""

import cv2
import numpy as np
import pytest

from fer_core.drawing.sprites import GLYPHS, glyph_sprite, glyph_uri
from fer_core.drawing.style import PLATE_BGR

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MAX_DIFFERENCE = 3.0  # mean of all channels, of 255; two different faces differ by 11 and more


@pytest.fixture
def render(page):
    """Return a function that renders a glyph as a page does, uint8 `(side_px, side_px, 3)` BGR."""

    def shot(name, side_px):
        page.set_viewport_size({"width": side_px, "height": side_px})
        blue, green, red = PLATE_BGR
        page.set_content(
            f"<body style='margin: 0; background: rgb({red}, {green}, {blue})'>"
            f"<img src='{glyph_uri(name)}' width='{side_px}' style='display: block'>"
        )
        data = np.frombuffer(page.screenshot(), dtype=np.uint8)
        return cv2.imdecode(data, cv2.IMREAD_COLOR)

    return shot


@pytest.mark.parametrize("side_px", [64, 200])
def test_a_frame_shows_the_drawing_that_a_page_shows(render, side_px):
    on_page = {name: render(name, side_px).astype(int) for name in GLYPHS}
    for name in GLYPHS:
        on_frame = glyph_sprite(name, side_px=side_px)
        differences = {
            other: float(np.abs(image - on_frame).mean()) for other, image in on_page.items()
        }
        assert differences.pop(name) < MAX_DIFFERENCE, name
        assert min(differences.values()) > 3 * MAX_DIFFERENCE, name
