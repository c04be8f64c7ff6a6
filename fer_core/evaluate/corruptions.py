"""Faces that are corrupted on purpose, to see how robust a network is.

To add a corruption, write its function and declare it in `CORRUPTIONS`; nothing else lists them. A
function takes crops `(n, size, size)` uint8 and a level, and returns changed copies; randomness
comes from the generator it is given.

Levels are relative to the face, so that networks of every size get the same picture: what counts
pixels counts those of a face 48 pixels wide, FER2013's size.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from fer_core.data.dataset import IMAGE_SIZE

Corrupt = Callable[[np.ndarray, float, np.random.Generator], np.ndarray]

_MOUTH_ROWS: Final = (28 / 48, 1.0)
"""From under the nose to the chin, as shares of the side. In FER2013's mean face the eyes are
darkest in row 17 and the mouth in row 38 of 48."""
_EYE_ROWS: Final = (10 / 48, 25 / 48)  # from the brows to under the eyes
_MASK_GREY: Final = 200  # a light mask over the mouth
_GLASSES_GREY: Final = 25  # dark glasses over the eyes
_READ_NOISE: Final = 1.0  # grey levels
_ELECTRONS_PER_LEVEL: Final = 20.0
"""A small sensor collects about 5,000 electrons at white. Light arrives at random, so the variance
of their number equals the number (EMVA Standard 1288, the linear camera model)."""


@dataclass(frozen=True, slots=True)
class Corruption:
    """One way to corrupt faces, with all words that pages, charts and cards use for it.

    Attributes:
        title: Its name on a page.
        unit: Unit of the levels.
        levels: Levels that are measured; the first leaves faces as they are.
        level_words: One level in words, with `{level}`.
        limit: How the faces look at one level, with `{level}`; it follows "Faces" in a sentence.
        apply: From crops, level and generator to corrupted crops.
    """

    title: str
    unit: str
    levels: tuple[float, ...]
    level_words: str
    limit: str
    apply: Corrupt


def corruption_title(name: str) -> str:
    """Return the title of a corruption; one that was measured by another version keeps its name.

    >>> corruption_title("covered_eyes"), corruption_title("fog")
    ('Covered eyes', 'fog')
    """
    return CORRUPTIONS[name].title if name in CORRUPTIONS else name


def level_words(name: str, level: float) -> str:
    """Return one level of a corruption in words.

    >>> level_words("tilt", 30), level_words("darkness", 0.25), level_words("fog", 3)
    ('30 degrees', '25% of the light', 'level 3')
    """
    words = CORRUPTIONS[name].level_words if name in CORRUPTIONS else "level {level:g}"
    return words.format(level=level)


def tilt(crops: np.ndarray, degrees: float, _rng: np.random.Generator) -> np.ndarray:
    """Turn every other face clockwise, the rest the other way; borders mirrored as in training."""
    size = crops.shape[1]
    centre = ((size - 1) / 2, (size - 1) / 2)
    turns = [cv2.getRotationMatrix2D(centre, sign * degrees, 1.0) for sign in (-1, 1)]
    return _each(
        crops,
        lambda crop, index: cv2.warpAffine(
            crop, turns[index % 2], (size, size), borderMode=cv2.BORDER_REFLECT_101
        ),
    )


def blur(crops: np.ndarray, sigma: float, _rng: np.random.Generator) -> np.ndarray:
    """Blur with a Gaussian of `sigma` pixels of a face 48 pixels wide."""
    sigma *= crops.shape[1] / IMAGE_SIZE
    return _each(crops, lambda crop, _: cv2.GaussianBlur(crop, (0, 0), sigma))


def noise(crops: np.ndarray, std: float, rng: np.random.Generator) -> np.ndarray:
    """Add normal noise of `std` grey levels to every pixel of a face 48 pixels wide."""
    return _as_uint8(crops + std * _grain(crops, rng))


def darkness(crops: np.ndarray, light: float, rng: np.random.Generator) -> np.ndarray:
    """Keep a share of the light: sensor noise comes in, and rounding takes away grey levels.

    Multiplying alone would change nothing, as networks are shown standardised faces.
    """
    dark = crops * light
    spread = np.sqrt(_READ_NOISE**2 + dark / _ELECTRONS_PER_LEVEL)
    return _as_uint8(dark + _grain(crops, rng) * spread)


def resolution(crops: np.ndarray, side: float, _rng: np.random.Generator) -> np.ndarray:
    """Shrink to `side` pixels and enlarge again, as if the face were far away; none are added."""
    n_left = min(int(side), crops.shape[1])
    small, full = (n_left, n_left), (crops.shape[2], crops.shape[1])
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
    """Cover a share of the eye band, from its centre line, with the grey of dark glasses."""
    top, bottom = (round(row * crops.shape[1]) for row in _EYE_ROWS)
    height = round(share * (bottom - top))
    start = (top + bottom - height) // 2
    covered = crops.copy()
    covered[:, start : start + height] = _GLASSES_GREY
    return covered


CORRUPTIONS: Final = {
    "tilt": Corruption(
        title="Tilt",
        unit="degrees",
        levels=(0, 10, 20, 30, 45, 60, 90),
        level_words="{level:g} degrees",
        limit="tilted by {level:g} degrees and not turned upright first",
        apply=tilt,
    ),
    "blur": Corruption(
        title="Blur",
        unit="Gaussian sigma in pixels",
        levels=(0, 0.5, 1, 1.5, 2, 3),
        level_words="a blur of {level:g} px",
        limit="blurred by {level:g} pixels",
        apply=blur,
    ),
    "noise": Corruption(
        title="Noise",
        unit="grey levels, standard deviation",
        levels=(0, 5, 10, 20, 40),
        level_words="noise of {level:g} grey levels",
        limit="with noise of {level:g} grey levels",
        apply=noise,
    ),
    "darkness": Corruption(
        title="Darkness",
        unit="share of the light left",
        levels=(1, 0.5, 0.2, 0.1, 0.05, 0.02),
        level_words="{level:.0%} of the light",
        limit="with {level:.0%} of the light left",
        apply=darkness,
    ),
    "resolution": Corruption(
        title="Low resolution",
        unit="pixels per side",
        levels=(48, 32, 24, 16, 12, 8),
        level_words="{level:g} px",
        limit="only {level:g} pixels wide",
        apply=resolution,
    ),
    "covered_mouth": Corruption(
        title="Covered mouth",
        unit="share of the band covered",
        levels=(0, 0.25, 0.5, 0.75, 1),
        level_words="{level:.0%} covered",
        limit="covered over {level:.0%} of the band from nose to chin",
        apply=covered_mouth,
    ),
    "covered_eyes": Corruption(
        title="Covered eyes",
        unit="share of the band covered",
        levels=(0, 0.25, 0.5, 0.75, 1),
        level_words="{level:.0%} covered",
        limit="covered over {level:.0%} of the eye band",
        apply=covered_eyes,
    ),
}
"""All corruptions by name: the keys of `robustness` in `evaluation.json`."""


def _each(crops: np.ndarray, change: Callable[[np.ndarray, int], np.ndarray]) -> np.ndarray:
    changed = np.empty_like(crops)
    for index, crop in enumerate(crops):
        changed[index] = change(crop, index)
    return changed


def _grain(crops: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return standard normal noise, `(n, size, size)`: the same picture for every size."""
    size = crops.shape[1]
    grain = rng.normal(0.0, 1.0, (len(crops), IMAGE_SIZE, IMAGE_SIZE))
    if size == IMAGE_SIZE:
        return grain
    places = np.arange(size) * IMAGE_SIZE // size
    return np.asarray(grain[:, places][:, :, places])


def _as_uint8(levels: np.ndarray) -> np.ndarray:
    return np.asarray(np.clip(np.rint(levels), 0, 255), dtype=np.uint8)
