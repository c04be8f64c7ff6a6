"""Faults of cameras and of compression, put on training faces: webcams and phones show them all.

FER2013's faces are pictures from the web, scaled to 48 pixels. A face of a webcam is often smaller,
noisier, unevenly lit, sharpened, or compressed.
"""

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np

_SIDE: Final = 48  # pixels for which the strengths below were chosen
_SMALLEST: Final = 14  # pixels; a smaller face shows no expression


def add_faults(crop: np.ndarray, share: float, rng: np.random.Generator) -> None:
    """Put camera faults on a grey crop `(size, size)` uint8, in place.

    Args:
        crop: The face.
        share: Probability of each kind of fault, `[0, 1]`. One face may get several.
        rng: Source of randomness.
    """
    for fault in _FAULTS:
        if rng.random() < share:
            crop[:] = fault(crop, rng)


def _contrast(crop: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Change contrast and brightness, or equalise the histogram as some cameras do."""
    kind, gain, shift = rng.random(3)
    if kind < 0.2:
        return cv2.equalizeHist(crop)
    return cv2.convertScaleAbs(crop, alpha=0.7 + 0.5 * gain, beta=255 * (0.3 * shift - 0.1))


def _side_light(crop: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Light the face from one side."""
    angle, strength = 2 * np.pi * rng.random(), 0.45 * rng.random()
    across = np.linspace(-1, 1, len(crop), dtype=np.float32)
    ramp = np.cos(angle) * across[None, :] + np.sin(angle) * across[:, None]
    return np.asarray(np.clip(crop * (1 + strength * ramp), 0, 255), dtype=np.uint8)


def _enlarged(crop: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Shrink the face and enlarge it again: it was small in the frame."""
    size = len(crop)
    small = max(round(size * rng.uniform(0.42, 0.92)), min(_SMALLEST, size))
    shrunk = cv2.resize(crop, (small, small), interpolation=cv2.INTER_AREA)
    way = cv2.INTER_CUBIC if rng.random() < 0.5 else cv2.INTER_LINEAR
    return cv2.resize(shrunk, (size, size), interpolation=way)


def _focus(crop: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Blur the face, or sharpen it as phones do."""
    if rng.random() < 0.65:
        deviation = rng.uniform(0.3, 1.5) * len(crop) / _SIDE
        return cv2.GaussianBlur(crop, (0, 0), sigmaX=deviation)
    blurred, strength = cv2.GaussianBlur(crop, (0, 0), sigmaX=1.0), rng.random()
    return cv2.addWeighted(crop, 1 + strength, blurred, -strength, 0)


def _noise(crop: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Add the noise of a sensor in little light; strong noise is rare."""
    deviation = np.float32(1 + 14 * rng.random() ** 1.5)
    noisy = crop + rng.standard_normal(crop.shape, np.float32) * deviation
    return np.asarray(np.clip(np.rint(noisy), 0, 255), dtype=np.uint8)


def _compressed(crop: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Compress the face as JPEG."""
    quality = int(rng.integers(18, 84))
    _, data = cv2.imencode(".jpg", crop, (cv2.IMWRITE_JPEG_QUALITY, quality))
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE))


# in the order in which a camera does it: light, lens, sensor, processing
_FAULTS: Final[tuple[Callable[[np.ndarray, np.random.Generator], np.ndarray], ...]] = (
    *(_side_light, _enlarged, _focus, _noise, _contrast, _compressed),
)
