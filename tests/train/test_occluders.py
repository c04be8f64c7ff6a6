import numpy as np
import pytest

from fer_core.train.occluders import (
    dress_faces,
    grow_beards,
    hold_hands,
    hold_microphones,
    occlude_faces,
    put_glasses_on,
    put_hats_on,
    put_masks_on,
    put_sunglasses_on,
)
from tests.synthetic import noise_faces

FACES = noise_faces(64).pixels
EYES, MOUTH = (np.s_[16:22, 12:18], np.s_[16:22, 30:36]), np.s_[36:41, 22:27]
CHANGES = [
    *(occlude_faces, dress_faces, put_hats_on, put_glasses_on, grow_beards),
    *(put_masks_on, put_sunglasses_on, hold_microphones, hold_hands),
]


def changed_share(change):
    """Return how often each pixel of the faces changes, `(48, 48)`."""
    return (change(FACES, np.random.default_rng(0)) != FACES).mean(axis=0)


@pytest.mark.parametrize("change", CHANGES)
def test_the_same_seed_draws_the_same_and_the_faces_given_stay_as_they_are(change):
    before = FACES.copy()
    first, second = (change(FACES, np.random.default_rng(3)) for _ in range(2))
    assert first.shape == FACES.shape
    assert first.dtype == np.uint8
    assert np.array_equal(first, second)
    assert not np.array_equal(first, FACES)
    assert np.array_equal(FACES, before)


@pytest.mark.parametrize("change", CHANGES)
def test_no_faces_stay_no_faces(change):
    assert change(FACES[:0], np.random.default_rng(0)).shape == (0, 48, 48)


def test_an_occluder_hides_one_part_of_a_face_and_leaves_the_rest():
    occluded = occlude_faces(FACES, np.random.default_rng(0))
    shares = (occluded != FACES).mean(axis=(1, 2))
    assert 0.03 < shares.min() < shares.max() < 0.85


def test_a_mask_hides_nose_mouth_and_chin_and_leaves_the_eyes_free():
    share = changed_share(put_masks_on)
    assert share[MOUTH].min() > 0.9
    assert share[:18].max() < 0.1


def test_dark_glasses_hide_both_eyes_and_leave_the_mouth_free():
    share = changed_share(put_sunglasses_on)
    assert min(share[eye].min() for eye in EYES) > 0.8
    assert not share[30:].any()


def test_glasses_leave_the_eyes_free():
    share = changed_share(put_glasses_on)
    assert max(share[eye].mean() for eye in EYES) < 0.4
    assert share[14:24].max() > 0.4


def test_a_microphone_hides_the_middle_of_the_mouth_and_leaves_the_eyes_free():
    share = changed_share(hold_microphones)
    assert share[MOUTH].min() > 0.8
    assert not share[:22].any()


def test_fingers_hide_the_mouth_or_an_eye():
    held = hold_hands(FACES, np.random.default_rng(0)) != FACES
    parts = [held[:, rows, columns].mean(axis=(1, 2)) for rows, columns in (*EYES, MOUTH)]
    assert np.mean(np.max(parts, axis=0) > 0.8) > 0.9


def test_a_beard_leaves_lips_and_eyes_free():
    share = changed_share(grow_beards)
    assert share[38, 22:26].max() < 0.3
    assert share[44:47, 22:26].min() > 0.8
    assert not share[:24].any()


def test_a_hat_leaves_eyes_and_mouth_free():
    share = changed_share(put_hats_on)
    assert share[:3, 20:28].min() > 0.4
    assert not share[24:].any()
