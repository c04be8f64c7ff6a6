"""Face data sets: read in every form they come in, cleaned, inspected. And one example portrait."""

from pathlib import Path
from typing import Final

import numpy as np

PORTRAIT_PATH: Final = Path(__file__).with_name("portrait.jpg")
"""Eileen Collins, NASA, public domain; cut from scikit-image's sample photo `astronaut`."""


def read_portrait() -> np.ndarray:
    """Return the example portrait: one frontal face, BGR uint8 `(300, 300, 3)`.

    >>> read_portrait().shape
    (300, 300, 3)
    """
    from fer_core.image import read_image  # training on a GPU needs no decoder of photos

    return read_image(PORTRAIT_PATH)
