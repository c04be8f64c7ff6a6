"""Faces at the size of a network."""

from dataclasses import replace

import cv2
import numpy as np

from fer_core.data.dataset import FaceDataset


def resized(image: np.ndarray, side: int) -> np.ndarray:
    """Return a grey image at a network's size: uint8 `(height, width)` -> `(side, side)`."""
    if image.shape == (side, side):
        return image
    is_larger = min(image.shape) >= side
    method = cv2.INTER_AREA if is_larger else cv2.INTER_CUBIC
    return cv2.resize(image, (side, side), interpolation=method)


def crops_at(pixels: np.ndarray, side: int) -> np.ndarray:
    """Return faces at a network's size, `(n, height, width)` -> `(n, side, side)` uint8.

    >>> crops_at(np.zeros((2, 48, 48), np.uint8), 96).shape
    (2, 96, 96)
    """
    if pixels.shape[1:] == (side, side):
        return pixels
    crops = np.empty((len(pixels), side, side), dtype=np.uint8)
    for crop, face in zip(crops, pixels, strict=True):
        crop[...] = resized(face, side)
    return crops


def at_size(faces: FaceDataset, side: int) -> FaceDataset:
    """Return the faces with `side` pixels a side, enlarged or shrunk."""
    return replace(faces, pixels=crops_at(faces.pixels, side))
