"""Pixels as a network expects them; training and inference call the same function."""

from typing import Final

import numpy as np

MIN_STD: Final = 8.0
"""Grey levels; a flatter crop is not stretched further, or its noise would look like a face."""


def standardise(crops: np.ndarray) -> np.ndarray:
    """Return each grey crop with mean 0 and standard deviation 1.

    Light and contrast of the room drop out, which a grey-level scaling would leave in.

    Args:
        crops: `(n, size, size)` uint8.

    Returns:
        `(n, size, size, 1)` float32. A crop flatter than `MIN_STD` keeps a deviation below 1.

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
