import numpy as np
import pytest

from fer_core.train.occluders import occlude_faces, put_hats_on
from tests.synthetic import noise_faces

FACES = noise_faces(64).pixels


def test_a_cover_lies_over_mouth_eyes_or_a_half_and_leaves_the_rest():
    covered = occlude_faces(FACES, np.random.default_rng(0))
    shares = (covered != FACES).mean(axis=(1, 2))
    assert covered.shape == FACES.shape
    assert covered.dtype == np.uint8
    assert 0.03 < shares.min() < shares.max() < 0.8


def test_a_hat_leaves_eyes_and_mouth_free():
    hats = put_hats_on(FACES, np.random.default_rng(0))
    changed = (hats != FACES).mean(axis=0)  # by pixel
    assert changed[:3, 20:28].min() > 0.4
    assert not changed[24:].any()


@pytest.mark.parametrize("change", [occlude_faces, put_hats_on])
def test_the_same_seed_gives_the_same_covers_and_the_originals_stay(change):
    before = FACES.copy()
    first, second = (change(FACES, np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(first, second)
    assert np.array_equal(FACES, before)
