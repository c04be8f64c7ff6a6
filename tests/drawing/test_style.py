import pytest

from fer_core.drawing.style import MIN_TEXT_PX, MUTED_BGR, PLATE_BGR, TEXT_BGR, style_for
from tests.contrast import MIN_TEXT, contrast


@pytest.mark.parametrize("color_bgr", [TEXT_BGR, MUTED_BGR])
def test_every_text_colour_is_readable_on_the_plate(color_bgr):
    assert contrast(color_bgr[::-1], PLATE_BGR[::-1]) >= MIN_TEXT


@pytest.mark.parametrize("size", [(320, 240), (640, 480), (1280, 720), (4000, 3000), (480, 640)])
def test_plates_grow_with_the_frame(size):
    text_px = style_for(*size, n_faces=1).text_px
    assert text_px >= MIN_TEXT_PX
    assert 0.035 <= text_px / min(size) <= 0.06


def test_a_crowd_has_smaller_plates_that_are_still_readable():
    sizes = [style_for(1280, 720, n_faces=n).text_px for n in (1, 2, 3, 5, 6, 50)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == sizes[1] > sizes[2] == sizes[3] > sizes[4] == sizes[5] >= MIN_TEXT_PX
