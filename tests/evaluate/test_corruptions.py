import cv2
import numpy as np
import pytest

from fer_core.evaluate.corruptions import CORRUPTIONS
from tests.synthetic import noise_faces

FACES = np.repeat(np.repeat(noise_faces(4).pixels[:, ::8, ::8], 8, axis=1), 8, axis=2)
RNG = np.random.default_rng


def corrupt(kind: str, level: float, crops: np.ndarray = FACES) -> np.ndarray:
    return CORRUPTIONS[kind].apply(crops, level, RNG(0))


@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_a_higher_level_changes_faces_more_and_leaves_the_originals_alone(kind):
    before = FACES.copy()
    changes = [
        np.abs(corrupt(kind, level).astype(float) - FACES).mean()
        for level in CORRUPTIONS[kind].levels[1:]
    ]
    assert changes[0] > 0
    if kind != "tilt":  # a block of pixels may land on a similar one
        assert changes[-1] == max(changes)
    assert np.array_equal(FACES, before)


@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_corrupted_faces_keep_shape_and_dtype_also_if_there_are_none(kind):
    level = CORRUPTIONS[kind].levels[-1]
    corrupted = corrupt(kind, level)
    assert (corrupted.shape, corrupted.dtype) == (FACES.shape, np.uint8)
    assert corrupt(kind, level, FACES[:0]).shape == (0, 48, 48)


@pytest.mark.parametrize("kind", ["tilt", "resolution", "covered_mouth", "covered_eyes"])
def test_the_first_level_leaves_faces_alone(kind):
    assert np.array_equal(corrupt(kind, CORRUPTIONS[kind].levels[0]), FACES)


def test_a_quarter_turn_goes_clockwise_and_back_for_every_other_face():
    turned = corrupt("tilt", 90)
    assert np.array_equal(turned[0], np.rot90(FACES[0], -1))
    assert np.array_equal(turned[1], np.rot90(FACES[1], 1))


def test_noise_has_the_deviation_it_says():
    grey = np.full((4, 48, 48), 128, np.uint8)
    assert corrupt("noise", 10, grey).std() == pytest.approx(10, rel=0.05)


def test_in_the_dark_few_grey_levels_are_left_and_sensor_noise_remains():
    grey = np.full((4, 48, 48), 200, np.uint8)
    dark = corrupt("darkness", 0.1, grey)
    assert dark.mean() == pytest.approx(20, abs=0.3)
    assert dark.std() == pytest.approx(np.sqrt(1 + 20 / 20 + 1 / 12), rel=0.05)  # and rounding


def test_a_mask_hides_the_face_from_the_chin_up_and_glasses_hide_the_eyes():
    masked = corrupt("covered_mouth", 1.0)
    assert (masked[:, 28:] == 200).all()
    assert np.array_equal(masked[:, :28], FACES[:, :28])
    half = corrupt("covered_mouth", 0.5)
    assert np.array_equal(half[:, :38], FACES[:, :38])
    assert (half[:, 38:] == 200).all()
    glasses = corrupt("covered_eyes", 1.0)
    assert (glasses[:, 10:25] == 25).all()
    assert np.array_equal(glasses[:, 25:], FACES[:, 25:])


def test_faces_of_48_pixels_get_the_numbers_with_which_the_models_were_measured():
    """The formulas before levels were relative to the face: stored evaluations stay true."""
    blurred = np.stack([cv2.GaussianBlur(face, (0, 0), 1.5) for face in FACES])
    assert np.array_equal(corrupt("blur", 1.5), blurred)
    noisy = FACES + RNG(0).normal(0.0, 20, FACES.shape)
    assert np.array_equal(corrupt("noise", 20), np.clip(np.rint(noisy), 0, 255).astype(np.uint8))
    dark = FACES * 0.1
    dark = dark + RNG(0).normal(0.0, 1.0, FACES.shape) * np.sqrt(1 + dark / 20)
    assert np.array_equal(corrupt("darkness", 0.1), np.clip(np.rint(dark), 0, 255).astype(np.uint8))


def shrunk(crops):
    return np.stack([cv2.resize(face, (48, 48), interpolation=cv2.INTER_AREA) for face in crops])


@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_a_face_of_twice_the_size_is_corrupted_alike(kind):
    coarse = RNG(1).integers(40, 216, (4, 8, 8), dtype=np.uint8)
    large = np.stack([cv2.resize(each, (96, 96), interpolation=cv2.INTER_CUBIC) for each in coarse])
    faces = shrunk(large)
    level = CORRUPTIONS[kind].levels[-1]
    change = np.abs(corrupt(kind, level, faces).astype(float) - faces).mean()
    corrupted = shrunk(corrupt(kind, level, large)).astype(float)
    assert np.abs(corrupted - corrupt(kind, level, faces)).mean() < 0.1 * change + 0.5


def test_few_pixels_are_taken_from_a_larger_face_and_never_added_to_a_smaller_one():
    large = np.random.default_rng(0).integers(0, 256, (1, 96, 96), dtype=np.uint8)
    assert not np.array_equal(corrupt("resolution", 48, large), large)
    assert np.array_equal(corrupt("resolution", 200, large), large)
