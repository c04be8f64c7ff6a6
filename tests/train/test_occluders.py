import numpy as np
import pytest

from fer_core.train.occluders import (
    CLEAR,
    OCCLUDERS,
    beard,
    collar,
    drawn_on,
    glasses,
    hand,
    hat,
    mask,
    microphone,
    sunglasses,
    wall,
)
from tests.synthetic import noise_faces

FACES = noise_faces(64).pixels
EYES, MOUTH = (np.s_[16:22, 12:18], np.s_[16:22, 30:36]), np.s_[36:41, 22:27]
# What is drawn, then the share of the pixels that it changes with seed 0, and the mean that they
# have then. The occlusion network was trained with these draws.
DRAWS = {
    OCCLUDERS: (0.4134, 122.8),
    CLEAR: (0.1484, 126.1),
    (hat,): (0.1458, 126.9),
    (glasses,): (0.1396, 123.5),
    (beard,): (0.2446, 124.8),
    (mask,): (0.3562, 124.4),
    (sunglasses,): (0.1780, 119.7),
    (microphone,): (0.0968, 125.5),
    (hand,): (0.3746, 123.3),
    (wall,): (0.8608, 135.4),
    (collar,): (0.0379, 127.4),
}


def drawn(draws, seed=0):
    return drawn_on(FACES, draws, np.random.default_rng(seed))


def changed_share(draw):
    """Return how often each pixel of the faces changes, `(48, 48)`."""
    return (drawn((draw,)) != FACES).mean(axis=0)


@pytest.mark.parametrize("draws", DRAWS)
def test_the_same_seed_draws_the_same_and_the_faces_given_stay_as_they_are(draws):
    before = FACES.copy()
    first, second = (drawn(draws, seed=3) for _ in range(2))
    assert first.shape == FACES.shape
    assert first.dtype == np.uint8
    assert np.array_equal(first, second)
    assert not np.array_equal(first, FACES)
    assert np.array_equal(FACES, before)


@pytest.mark.parametrize(("draws", "expected"), DRAWS.items())
def test_a_seed_draws_what_the_network_was_trained_with(draws, expected):
    changed = drawn(draws)
    share, mean = expected
    assert (changed != FACES).mean() == pytest.approx(share, abs=1e-3)
    assert changed.mean() == pytest.approx(mean, abs=0.1)


@pytest.mark.parametrize("draws", DRAWS)
def test_no_faces_stay_no_faces(draws):
    assert drawn_on(FACES[:0], draws, np.random.default_rng(0)).shape == (0, 48, 48)


def test_an_occluder_hides_one_part_of_a_face_and_leaves_the_rest():
    occluded = drawn([draw for draw in OCCLUDERS if draw is not wall])  # walls move the rest
    shares = (occluded != FACES).mean(axis=(1, 2))
    assert 0.03 < shares.min() < shares.max() < 0.85


def test_a_mask_hides_nose_mouth_and_chin_and_leaves_the_eyes_free():
    share = changed_share(mask)
    assert share[MOUTH].min() > 0.9
    assert share[:18].max() < 0.1


def test_dark_glasses_hide_both_eyes_and_leave_the_mouth_free():
    share = changed_share(sunglasses)
    assert min(share[eye].min() for eye in EYES) > 0.8
    assert not share[30:].any()


def test_glasses_leave_the_eyes_free():
    share = changed_share(glasses)
    assert max(share[eye].mean() for eye in EYES) < 0.4
    assert share[14:24].max() > 0.4


def test_a_microphone_hides_the_middle_of_the_mouth_and_leaves_the_eyes_free():
    share = changed_share(microphone)
    assert share[MOUTH].min() > 0.8
    assert not share[:22].any()


def test_fingers_hide_the_mouth_or_an_eye():
    held = drawn((hand,)) != FACES
    parts = [held[:, rows, columns].mean(axis=(1, 2)) for rows, columns in (*EYES, MOUTH)]
    assert np.mean(np.max(parts, axis=0) > 0.8) > 0.9


def test_a_beard_leaves_lips_and_eyes_free():
    share = changed_share(beard)
    assert share[38, 22:26].max() < 0.3
    assert share[44:47, 22:26].min() > 0.8
    assert not share[:24].any()


def test_a_hat_leaves_eyes_and_mouth_free():
    share = changed_share(hat)
    assert share[:3, 20:28].min() > 0.4
    assert not share[24:].any()


def test_a_wall_hides_one_side_and_the_rest_is_shown_at_most_a_third_larger():
    """On a ramp from left to right and from top to bottom, what is left tells how it was moved."""
    columns, rows = np.meshgrid(np.arange(48), np.arange(48))
    face = (columns + 2.0 * rows).astype(np.uint8)
    walled = drawn_on(np.repeat(face[None], 200, axis=0), (wall,), np.random.default_rng(1))
    across = np.abs(np.diff(walled.astype(float), axis=2))
    is_face = np.abs(across - 1.0) <= 1.0  # a ramp of one grey level a pixel, or a little less
    shares = is_face[:, 1:-1].mean(axis=(1, 2))
    assert 0.3 < np.median(shares) < 0.9
    corners = walled[:, [0, 0, -1, -1], [0, -1, 0, -1]].astype(int)
    is_kept = np.abs(corners - face[[0, 0, -1, -1], [0, -1, 0, -1]].astype(int)) < 12
    assert np.mean(is_kept.sum(axis=1) >= 1) > 0.9  # the side opposite to the wall stays


def test_a_collar_hides_a_little_of_the_chin_at_most():
    share = changed_share(collar)
    assert not share[:40].any()
    assert share[47].max() > 0.4
