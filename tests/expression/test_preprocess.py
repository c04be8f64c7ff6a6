import numpy as np
import pytest

from fer_core.expression.preprocess import MIN_STD, standardise


def test_brightness_and_contrast_drop_out():
    crop = np.random.default_rng(0).integers(0, 100, (1, 48, 48)).astype(np.uint8)
    dark, light = standardise(crop), standardise(crop * 2 + 50)
    assert dark == pytest.approx(light, abs=1e-5)
    assert dark.mean() == pytest.approx(0, abs=1e-5)
    assert dark.std() == pytest.approx(1, abs=1e-5)


def test_a_nearly_flat_crop_is_not_blown_up_to_full_contrast():
    crop = np.full((1, 2, 2), 100, np.uint8)
    crop[0, 0] = 102  # one grey level from the mean to either side
    assert standardise(crop).ravel() == pytest.approx(np.array([1, 1, -1, -1]) / MIN_STD)


def test_each_crop_is_prepared_for_itself():
    crops = np.stack([np.zeros((4, 4)), np.arange(16).reshape(4, 4) * 16]).astype(np.uint8)
    assert np.array_equal(standardise(crops)[1:], standardise(crops[1:]))
    assert standardise(crops[:0]).shape == (0, 4, 4, 1)


@pytest.mark.parametrize("crops", [np.zeros((48, 48), np.uint8), np.zeros((1, 48, 48))])
def test_another_shape_or_type_is_refused(crops):
    with pytest.raises(ValueError, match=r"Expected uint8 crops \(n, size, size\), got"):
        standardise(crops)
