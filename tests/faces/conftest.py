"""Frames with a known face: the astronaut portrait (NASA, public domain) that scikit-image has."""

import cv2
import numpy as np
import pytest
from skimage import data

ASTRONAUT_FACE = np.array([171, 64, 271, 180], np.float32)  # forehead to chin, by hand


@pytest.fixture(scope="session")
def astronaut_bgr():
    """The 512x512 portrait: one upright face, about 110 pixels high."""
    return cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2BGR)


@pytest.fixture(scope="session")
def astronaut_face():
    """Box of the portrait's face, `(4,)` pixels."""
    return ASTRONAUT_FACE


@pytest.fixture
def stripes_bgr():
    """Vertical stripes, 640x480: no face, though cascades like to see one."""
    row = np.where(np.arange(640) // 16 % 2, 255, 0).astype(np.uint8)
    return np.repeat(np.tile(row, (480, 1))[:, :, None], 3, axis=2)
