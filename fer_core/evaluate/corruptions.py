"""Faces spoilt on purpose, to see what a network still reads: tilted, blurred, dark, covered.

Each function takes crops `(n, size, size)` uint8 and a level, and returns changed copies; what is
drawn by chance comes from the generator given.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

Corrupt = Callable[[np.ndarray, float, np.random.Generator], np.ndarray]

_MOUTH_ROWS: Final = (28 / 48, 1.0)
"""From under the nose to the chin, as shares of the side: in FER2013's mean face the eyes are
darkest in row 17 and the mouth in row 38 of 48."""
_EYE_ROWS: Final = (10 / 48, 25 / 48)  # brows to under the eyes
_MASK_GREY: Final = 200  # a light mask over the mouth
_GLASSES_GREY: Final = 25  # dark glasses over the eyes
_READ_NOISE: Final = 1.0  # grey levels
_ELECTRONS_PER_LEVEL: Final = 20.0
"""Of a small sensor: about 5,000 electrons at white. Light arrives at random, so their number has a
variance as large as itself (EMVA Standard 1288, the linear camera model)."""


@dataclass(frozen=True, slots=True)
class Corruption:
    """One way of spoiling faces, and the levels it is measured at; the first leaves them alone."""

    unit: str
    levels: tuple[float, ...]
    spoil: Corrupt


def tilt(crops: np.ndarray, degrees: float, _rng: np.random.Generator) -> np.ndarray:
    """Turn every other face clockwise, the rest the other way; borders mirrored as in training."""
    size = crops.shape[1]
    middle = ((size - 1) / 2, (size - 1) / 2)
    turns = [cv2.getRotationMatrix2D(middle, sign * degrees, 1.0) for sign in (-1, 1)]
    return _each(
        crops,
        lambda crop, index: cv2.warpAffine(
            crop, turns[index % 2], (size, size), borderMode=cv2.BORDER_REFLECT_101
        ),
    )


def blur(crops: np.ndarray, sigma: float, _rng: np.random.Generator) -> np.ndarray:
    """Blur with a Gaussian of `sigma` pixels."""
    return _each(crops, lambda crop, _: cv2.GaussianBlur(crop, (0, 0), sigma))


def noise(crops: np.ndarray, std: float, rng: np.random.Generator) -> np.ndarray:
    """Add normal noise of `std` grey levels to every pixel."""
    return _as_uint8(crops + rng.normal(0.0, std, crops.shape))


def darkness(crops: np.ndarray, light: float, rng: np.random.Generator) -> np.ndarray:
    """Keep a share of the light: sensor noise comes in, and rounding takes away grey levels.

    Multiplying alone would change nothing, as networks are shown standardised faces.
    """
    dark = crops * light
    spread = np.sqrt(_READ_NOISE**2 + dark / _ELECTRONS_PER_LEVEL)
    return _as_uint8(dark + rng.normal(0.0, 1.0, crops.shape) * spread)


def resolution(crops: np.ndarray, side: float, _rng: np.random.Generator) -> np.ndarray:
    """Shrink to `side` pixels and enlarge again, as a far face is."""
    small, full = (int(side), int(side)), (crops.shape[2], crops.shape[1])
    return _each(
        crops,
        lambda crop, _: cv2.resize(
            cv2.resize(crop, small, interpolation=cv2.INTER_AREA),
            full,
            interpolation=cv2.INTER_LINEAR,
        ),
    )


def covered_mouth(crops: np.ndarray, share: float, _rng: np.random.Generator) -> np.ndarray:
    """Cover a share of the band from nose to chin, from below, with the grey of a light mask."""
    top, bottom = (round(row * crops.shape[1]) for row in _MOUTH_ROWS)
    covered = crops.copy()
    covered[:, bottom - round(share * (bottom - top)) : bottom] = _MASK_GREY
    return covered


def covered_eyes(crops: np.ndarray, share: float, _rng: np.random.Generator) -> np.ndarray:
    """Cover a share of the band of the eyes, from its middle, with the grey of dark glasses."""
    top, bottom = (round(row * crops.shape[1]) for row in _EYE_ROWS)
    height = round(share * (bottom - top))
    start = (top + bottom - height) // 2
    covered = crops.copy()
    covered[:, start : start + height] = _GLASSES_GREY
    return covered


CORRUPTIONS: Final = {
    "tilt": Corruption("degrees", (0, 10, 20, 30, 45, 60, 90), tilt),
    "blur": Corruption("Gaussian sigma in pixels", (0, 0.5, 1, 1.5, 2, 3), blur),
    "noise": Corruption("grey levels, standard deviation", (0, 5, 10, 20, 40), noise),
    "darkness": Corruption("share of the light left", (1, 0.5, 0.2, 0.1, 0.05, 0.02), darkness),
    "resolution": Corruption("pixels a side", (48, 32, 24, 16, 12, 8), resolution),
    "covered_mouth": Corruption(
        "share of the band covered", (0, 0.25, 0.5, 0.75, 1), covered_mouth
    ),
    "covered_eyes": Corruption("share of the band covered", (0, 0.25, 0.5, 0.75, 1), covered_eyes),
}


def _each(crops: np.ndarray, change: Callable[[np.ndarray, int], np.ndarray]) -> np.ndarray:
    changed = np.empty_like(crops)
    for index, crop in enumerate(crops):
        changed[index] = change(crop, index)
    return changed


def _as_uint8(levels: np.ndarray) -> np.ndarray:
    return np.asarray(np.clip(np.rint(levels), 0, 255), dtype=np.uint8)
