import numpy as np
import pytest

from fer_core.faces.crop import upright_crops
from fer_core.faces.detections import Detections
from fer_core.faces.sharpness import least_detail, sharpness


@pytest.fixture(scope="module")
def clear_crop(astronaut_bgr):
    face = Detections([[160, 55, 285, 180]], [0.9], [0.0])
    return upright_crops(astronaut_bgr, face, size=48)


@pytest.mark.parametrize("side", [48, 64, 80, 110])
def test_noise_alone_has_no_sharpness_at_any_size_of_the_square(side):
    frame = np.random.default_rng(0).normal(128, 20, (200, 200)).astype(np.uint8)
    face = Detections([[0, 0, 9, 9]], [0.9], [10.0], squares=np.array([[99.3, 99.6, side]]))
    (crop,) = upright_crops(frame, face, size=48)
    assert sharpness(crop, side=side) == 0.0


def test_sharpness_does_not_depend_on_contrast(clear_crop):
    fainter = (clear_crop[0].astype(float) / 3 + 60).round().astype(np.uint8)
    assert sharpness(fainter) == pytest.approx(sharpness(clear_crop[0]), rel=0.1)


@pytest.mark.parametrize("grey", [0, 255])
def test_a_background_does_not_make_a_face_blurred(clear_crop, grey):
    crop = clear_crop[0].copy()
    before = least_detail(crop)
    crop[:, -5:] = grey
    assert least_detail(crop) == pytest.approx(before, rel=0.05)
