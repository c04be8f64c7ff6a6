import cv2
import numpy as np
import pytest

from fer_core.faces.photo_detector import PhotoDetector
from fer_core.faces.relit import relit
from fer_core.frames import to_gray


def test_a_picture_in_good_light_has_no_copy(astronaut_bgr):
    assert relit(astronaut_bgr) == []
    assert relit(cv2.convertScaleAbs(astronaut_bgr, alpha=0.5)) == []


@pytest.mark.parametrize("gain", [0.02, 0.05, 0.1])
def test_the_copy_of_a_dark_picture_is_bright_and_otherwise_alike(gain, astronaut_bgr):
    dark = cv2.convertScaleAbs(astronaut_bgr, alpha=gain)
    (copy,) = relit(dark)
    assert np.quantile(to_gray(copy), 0.9) > 240
    assert np.corrcoef(copy.ravel(), dark.ravel())[0, 1] > 0.9


def test_the_copy_of_a_blown_out_picture_shows_the_lightest_greys_apart(astronaut_bgr):
    bright = cv2.convertScaleAbs(astronaut_bgr, alpha=3.0)
    (copy,) = relit(bright)
    is_light = (bright > 200) & (bright < 250)
    assert copy[is_light].std() > bright[is_light].std()
    assert copy.mean() < bright.mean()


def test_a_copy_leaves_the_picture_as_it_is(astronaut_bgr):
    for gain in (0.05, 3.0):
        frame_bgr = cv2.convertScaleAbs(astronaut_bgr, alpha=gain)
        before = frame_bgr.copy()
        (copy,) = relit(frame_bgr)
        assert (copy.shape, copy.dtype) == (frame_bgr.shape, np.uint8)
        np.testing.assert_array_equal(frame_bgr, before)


@pytest.mark.parametrize("size", [(1, 1, 3), (1, 90, 3), (300, 2, 3)])
@pytest.mark.parametrize("level", [0, 1, 255])
def test_plain_pictures_of_any_size_have_a_copy(size, level):
    (copy,) = relit(np.full(size, level, np.uint8))
    assert copy.shape == size


@pytest.mark.model
@pytest.mark.parametrize("level", [3, 252])
def test_no_face_is_found_in_nearly_plain_noise(level):
    noise = np.random.default_rng(0).normal(level, 3, (240, 240, 3))
    frame_bgr = np.clip(noise, 0, 255).astype(np.uint8)
    assert len(relit(frame_bgr)) == 1
    assert not len(PhotoDetector().detect(frame_bgr))
