from dataclasses import replace

import numpy as np
import pytest

from fer_core.train.augment import UNCHANGED, Augmentation, augment


@pytest.fixture
def crops() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (32, 48, 48)).astype(np.uint8)


def test_without_augmentation_faces_stay_as_they_are(crops):
    assert np.array_equal(augment(crops, UNCHANGED, np.random.default_rng(0), side=48), crops)


def test_with_a_smaller_side_everything_keeps_its_place():
    crop = np.zeros((1, 48, 48), np.uint8)
    crop[0, 12:24, 24:36] = 240
    (small,) = augment(crop, UNCHANGED, np.random.default_rng(0), side=24)
    assert small[7:11, 13:17].min() > 235
    small[6:12, 12:18] = 0
    assert small.max() == 0


def test_the_same_seed_gives_the_same_faces_and_keeps_the_faces_given(crops):
    before = crops.copy()
    first, second = (
        augment(crops, Augmentation(), np.random.default_rng(5), side=48) for _ in range(2)
    )
    assert np.array_equal(first, second)
    assert not np.array_equal(first, crops)
    assert np.array_equal(crops, before)


def test_about_every_second_face_is_mirrored(crops):
    settings = Augmentation(rotation_deg=0, scale=0, shift=0, gamma=0, erase_share=0)
    changed = augment(crops, settings, np.random.default_rng(0), side=48)
    is_mirrored = [np.array_equal(a, b[:, ::-1]) for a, b in zip(changed, crops, strict=True)]
    is_same = [np.array_equal(a, b) for a, b in zip(changed, crops, strict=True)]
    assert all(np.logical_xor(is_mirrored, is_same))
    assert 8 <= sum(is_mirrored) <= 24


def test_an_erased_face_has_one_uniform_rectangle_and_no_other_change(crops):
    settings = Augmentation(rotation_deg=0, scale=0, shift=0, flip=False, gamma=0, erase_share=1)
    changed = augment(crops, settings, np.random.default_rng(0), side=48)
    for face, crop in zip(changed, crops, strict=True):
        rows, columns = np.nonzero(face != crop)
        part = face[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        assert np.ptp(part) == 0
        assert max(part.shape) < 24


def test_gamma_changes_brightness_and_keeps_black_and_white():
    crops = np.tile(np.array([0, 128, 255], np.uint8), (16, 48, 16))
    settings = Augmentation(rotation_deg=0, scale=0, shift=0, flip=False, gamma=1, erase_share=0)
    changed = augment(crops, settings, np.random.default_rng(0), side=48)
    assert set(changed[:, 0, 0]) == {0}
    assert set(changed[:, 0, 2]) == {255}
    assert 60 < changed[:, 0, 1].min() < 128 < changed[:, 0, 1].max() < 190  # 0.5 ** 2, ** 0.5


def test_a_quarter_turn_moves_a_mark_from_top_to_a_side():
    crop = np.zeros((64, 48, 48), np.uint8)
    crop[:, 14:18, 22:26] = 255
    settings = Augmentation(rotation_deg=90, scale=0, shift=0, flip=False, gamma=0, erase_share=0)
    changed = augment(crop, settings, np.random.default_rng(0), side=48)
    rows, columns = np.array([np.argwhere(face > 128).mean(axis=0) for face in changed]).T
    radius = np.hypot(rows - 23.5, columns - 23.5)
    assert radius == pytest.approx(np.full(64, 8.0), abs=1.0)  # turned about the centre
    assert columns.min() < 17
    assert columns.max() > 30


@pytest.mark.parametrize(
    "change",
    [
        *({"rotation_deg": 181}, {"scale": 0.6}, {"shift": -0.1}),
        *(
            {"gamma": 2},
            {"framing_share": 2},
            {"camera_share": -1},
            {"erase_share": 1.1},
            {"mixup_share": -1},
            {"cutmix_share": 2},
        ),
    ],
)
def test_a_setting_out_of_range_is_refused(change):
    with pytest.raises(ValueError, match="out of range"):
        Augmentation(**change)


def test_a_corrupted_face_is_blurred_and_noisy_within_limits():
    ramp = np.tile(np.arange(48, dtype=np.uint8) * 5, (48, 1))
    settings = replace(UNCHANGED, corruption_share=1.0)
    changed = augment(np.stack([ramp] * 64), settings, np.random.default_rng(0), side=48)
    off = (changed.astype(float) - ramp)[:, :, 8:40]  # blur bends the ends of the ramp
    assert np.abs(off.mean(axis=(1, 2))).max() < 2
    assert off.std(axis=(1, 2)).min() < 2
    assert 10 < off.std(axis=(1, 2)).max() < 17


def test_about_the_requested_share_of_faces_is_corrupted(crops):
    settings = replace(UNCHANGED, corruption_share=0.5)
    changed = augment(crops, settings, np.random.default_rng(0), side=48)
    assert 8 <= (changed != crops).any(axis=(1, 2)).sum() <= 24


def test_framed_faces_are_up_to_a_third_tighter_or_wider_and_off_centre():
    crop = np.zeros((400, 48, 48), np.uint8)
    crop[:, 16:32, 16:32] = 255  # a square of 16 pixels in the centre
    settings = replace(UNCHANGED, framing_share=1.0)
    changed = augment(crop, settings, np.random.default_rng(0), side=48)
    sides = np.sqrt((changed > 127).sum(axis=(1, 2)))
    assert sides.min() == pytest.approx(16 / 1.5, abs=0.8)
    assert sides.max() == pytest.approx(16 * 1.5, abs=0.8)
    assert np.median(sides) == pytest.approx(16, abs=1.0)  # tighter as often as wider
    centres = np.array([np.argwhere(face > 127).mean(axis=0) for face in changed])
    assert np.abs(centres - 23.5).max() > 4
    assert np.abs(centres.mean(axis=0) - 23.5).max() < 0.6


def test_camera_faults_come_on_top_of_the_other_changes(crops):
    settings = replace(UNCHANGED, camera_share=1.0)
    changed = augment(crops, settings, np.random.default_rng(5), side=48)
    assert (changed != crops).any(axis=(1, 2)).all()
