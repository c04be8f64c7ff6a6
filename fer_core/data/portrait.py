"""The one photo that comes with the product: a portrait that anyone may use.

Source: Eileen Collins, NASA, public domain; cut from scikit-image's sample photo `astronaut`.
"""

from pathlib import Path

import numpy as np

from fer_core.image import read_image

PORTRAIT_PATH = Path(__file__).with_name("portrait.jpg")


def read_portrait() -> np.ndarray:
    """Return the portrait: one frontal face, BGR uint8 `(300, 300, 3)`.

    >>> read_portrait().shape
    (300, 300, 3)
    """
    return read_image(PORTRAIT_PATH)
