"""What several test folders share."""

import os
from pathlib import Path

import numpy as np
import pytest
import skimage.data


@pytest.fixture(scope="session")
def fer2013_csv() -> Path:
    """Return the FER2013 file that `FER2013_CSV` names, or skip the test where none is named."""
    name = os.environ.get("FER2013_CSV")
    if not name:
        pytest.skip("needs the FER2013 file: set FER2013_CSV to its path")
    path = Path(name)
    assert path.is_file(), f"FER2013_CSV names {path}, which is not a file."
    return path


@pytest.fixture(scope="session")
def astronaut_bgr() -> np.ndarray:
    """Return a photograph of one smiling face, uint8 `(512, 512, 3)`, read-only (public domain)."""
    image_bgr = np.ascontiguousarray(skimage.data.astronaut()[..., ::-1])
    image_bgr.setflags(write=False)  # shared by all tests of the session
    return image_bgr
