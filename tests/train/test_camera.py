import cv2
import numpy as np
import pytest

from fer_core.data import read_portrait
from fer_core.train.camera import _FAULTS, add_faults


@pytest.fixture
def face() -> np.ndarray:
    ramp = np.linspace(40, 200, 48)
    texture = np.random.default_rng(0).normal(0, 6, (48, 48))
    return np.clip(ramp[None, :] / 2 + ramp[:, None] / 2 + texture, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("side", [32, 40, 48])
@pytest.mark.parametrize("fault", _FAULTS)
def test_each_fault_changes_the_face_and_keeps_its_size_and_what_it_shows(fault, side):
    gray = cv2.cvtColor(read_portrait(), cv2.COLOR_BGR2GRAY)
    face = cv2.resize(gray, (side, side), interpolation=cv2.INTER_AREA)
    changed = fault(face, np.random.default_rng(1))
    assert changed.shape == face.shape
    assert changed.dtype == np.uint8
    assert not np.array_equal(changed, face)
    assert np.corrcoef(changed.ravel(), face.ravel())[0, 1] > 0.7  # strong side light


def test_without_a_share_a_face_stays_as_it_is(face):
    before = face.copy()
    add_faults(face, 0.0, np.random.default_rng(0))
    assert np.array_equal(face, before)


def test_the_share_is_the_probability_of_each_fault(face):
    rng = np.random.default_rng(0)
    n_changed = 0
    for _ in range(200):
        copy = face.copy()
        add_faults(copy, 0.1, rng)
        n_changed += not np.array_equal(copy, face)
    assert n_changed / 200 == pytest.approx(1 - 0.9 ** len(_FAULTS), abs=0.1)


def test_the_same_seed_gives_the_same_faults(face):
    copies = [face.copy(), face.copy()]
    for copy in copies:
        add_faults(copy, 0.7, np.random.default_rng(3))
    assert np.array_equal(*copies)
