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
    """Vertical stripes, 640x480: no face, although cascades may find one."""
    row = np.where(np.arange(640) // 16 % 2, 255, 0).astype(np.uint8)
    return np.repeat(np.tile(row, (480, 1))[:, :, None], 3, axis=2)


def turned(frame_bgr, degrees):
    """Rotate a frame clockwise about its centre; pixels from beyond its edge are grey."""
    height, width = frame_bgr.shape[:2]
    middle = ((width - 1) / 2, (height - 1) / 2)
    matrix = cv2.getRotationMatrix2D(middle, -degrees, 1.0)
    return cv2.warpAffine(frame_bgr, matrix, (width, height), borderValue=(128, 128, 128))


@pytest.fixture(scope="session")
def portrait_bgr(astronaut_bgr):
    """Head and shoulders of the portrait at the centre of a grey 640x480 frame."""
    frame = np.full((480, 640, 3), 128, np.uint8)
    frame[40:440, 130:510] = astronaut_bgr[0:400, 30:410]
    return frame


@pytest.fixture(scope="session")
def overlapping_bgr(astronaut_bgr):
    """Two faces, 500x400: the smaller one hides a quarter of the other."""
    frame = np.full((400, 500, 3), 128, np.uint8)
    frame[60:300, 120:320] = astronaut_bgr[0:240, 120:320]
    frame[120:260, 245:375] = astronaut_bgr[50:190, 160:290]
    return frame


@pytest.fixture(scope="session")
def six_faces_bgr(astronaut_bgr):
    """Six faces of about 65 pixels in two rows, 640x480."""
    face = cv2.resize(astronaut_bgr[0:240, 100:340], (190, 190), interpolation=cv2.INTER_AREA)
    frame = np.full((480, 640, 3), 128, np.uint8)
    for row in range(2):
        for column in range(3):
            frame[30 + 225 * row :, 15 + 210 * column :][:190, :190] = face
    return frame


@pytest.fixture(scope="session")
def turn():
    """The function that rotates a frame clockwise."""
    return turned


@pytest.fixture(scope="session")
def overflowing_bgr(astronaut_bgr):
    """The function that returns brows to chin of the portrait, enlarged to fill a frame."""

    def overflowing(width, height):
        face_bgr = cv2.resize(astronaut_bgr[85:180, 175:270], (width, width))
        top = (width - height) // 2
        return np.ascontiguousarray(face_bgr[top : top + height])

    return overflowing
