"""Frames with a known person: the portrait, of which head and shoulders are seen."""

import cv2
import numpy as np
import pytest

from fer_core.body.pose_estimator import PoseEstimator
from fer_core.data import read_portrait

EYES = np.array([[134.0, 107.0], [176.0, 114.0]])  # of the portrait, by hand: right, left


@pytest.fixture(scope="session")
def portrait_bgr():
    """The 300x300 portrait: one person from the head to the elbows."""
    return read_portrait()


@pytest.fixture(scope="session")
def eyes():
    """The subject's right and left eye in the portrait, `(1, 2, 2)` pixels."""
    return EYES[None]


@pytest.fixture(scope="session")
def pair_bgr(portrait_bgr):
    """Two portraits side by side, 600x300."""
    return np.concatenate([portrait_bgr, cv2.flip(portrait_bgr, 1)], axis=1)


@pytest.fixture(scope="session")
def stripes_bgr():
    """Vertical stripes, 640x480: nobody."""
    row = np.where(np.arange(640) // 16 % 2, 255, 0).astype(np.uint8)
    return np.repeat(np.tile(row, (480, 1))[:, :, None], 3, axis=2)


@pytest.fixture(scope="session")
def estimator():
    return PoseEstimator()
