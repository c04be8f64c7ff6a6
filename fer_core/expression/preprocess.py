"""Normalisation of pixels; training and inference call the same function."""

from typing import Final

import numpy as np

MIN_STD: Final = 8.0
"""Grey levels. Stretching a flatter crop further would make its noise look like a face."""


def standardise(crops: np.ndarray) -> np.ndarray:
    """Return each grey crop with mean 0 and standard deviation 1.

    This removes the brightness and contrast of the room, which a fixed scaling would keep.

    Args:
        crops: `(n, size, size)` uint8.

    Returns:
        `(n, size, size, 1)` float32. The deviation of a crop flatter than `MIN_STD` is below 1.

    Raises:
        ValueError: Wrong shape or dtype.

    >>> standardise(np.full((1, 2, 2), 7, np.uint8)).ravel().tolist()
    [0.0, 0.0, 0.0, 0.0]
    """
    if crops.ndim != 3 or crops.dtype != np.uint8:
        raise ValueError(f"Expected uint8 crops (n, size, size), got {crops.dtype} {crops.shape}.")
    pixels = crops.astype(np.float32)
    pixels -= pixels.mean(axis=(1, 2), keepdims=True)
    spread = np.sqrt(np.square(pixels).mean(axis=(1, 2), keepdims=True))
    pixels /= np.maximum(spread, MIN_STD)
    return pixels[..., None]


NORMALISATIONS: Final = {"standardise": standardise}
