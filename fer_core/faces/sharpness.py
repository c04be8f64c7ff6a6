"""How much fine detail a face's crop has: in all directions, and in the one that has the least."""

import math
from typing import Final

import cv2
import numpy as np

_PURE_NOISE: Final = 20.0  # variance of the Laplacian of noise of variance 1: 4^2 + 4 * 1^2
_SECOND_DIFFERENCE: Final = np.array([1.0, -2.0, 1.0], dtype=np.float32)
_SMOOTHED_PIXELS: Final = 1.0  # blur that removes noise but no feature of a face of 48 pixels
_DIRECTIONS: Final = ((2, 0), (0, 2), (1, 1), (1, -1))  # steps in pixels, x and y
_DIRECTION_NOISE: Final = np.array([0.0155, 0.0155, 0.0284, 0.0284])
"""What is left of noise of variance 1 in `least_detail`, by direction."""

_NOISE_MARGIN: Final = 1.3
"""The Laplacian holds up to this much more noise than the estimate says: the noise of one crop
varies, and cutting out a rotated square smooths it a little."""
_SMOOTHED_SIDE: Final = 80.0
"""A square of fewer pixels is enlarged, which smooths its noise more: the Laplacian then holds 1.4
times as much as the estimate says at 64 pixels, twice as much at 48."""


def sharpness(crop: np.ndarray, *, side: float = _SMOOTHED_SIDE) -> float:
    """Return the fine detail of a grey crop `(size, size)` relative to its contrast, 0 or more.

    This is the variance of the Laplacian over the variance of the grey values, both without the
    share of noise. The noise is estimated from the crop: grain would otherwise count as detail, and
    a blurred face with grain as sharp. The crop's edge is left out, since it may repeat the border
    of the frame.

    Args:
        crop: uint8 `(size, size)`.
        side: Side of the square in the frame that the crop was cut from, in pixels. Enlarging a
            small one smooths its noise, so that less of it is seen than there is.

    Source: Pech-Pacheco et al. 2000, made independent of contrast; Immerkaer 1996 for the noise.

    >>> sharpness(np.full((48, 48), 90, np.uint8))
    0.0
    """
    noise = _noise_variance(crop)
    contrast = _variance(crop) - noise
    if contrast <= 0:
        return 0.0
    smoothed = max(1.0, _SMOOTHED_SIDE / side)
    detail = _variance(cv2.Laplacian(crop, cv2.CV_32F)[2:-2, 2:-2])
    return float(max(detail - _NOISE_MARGIN * smoothed * _PURE_NOISE * noise, 0.0) / contrast)


def least_detail(crop: np.ndarray) -> float:
    """Return the detail of a grey crop in the direction that has the least, 0 or more.

    Motion blurs a face along its direction only, so that `sharpness` is still high. Detail is the
    variance of second differences over two pixels relative to the contrast, both after a blur that
    removes noise and between temples and chin: a bright background is contrast without detail.

    Args:
        crop: uint8 `(size, size)`, at least 24 pixels.

    >>> stripes = np.tile(np.repeat(np.uint8([60, 180]), 4), (48, 6))
    >>> least_detail(stripes), least_detail(stripes.T), least_detail(stripes[:, :1] + stripes * 0)
    (0.0, 0.0, 0.0)
    """
    edge = len(crop) // 6
    smooth = cv2.GaussianBlur(crop.astype(np.float32), (0, 0), _SMOOTHED_PIXELS)
    middle = _inner(smooth, edge)
    contrast = _variance(middle)
    if contrast <= 0:
        return 0.0
    detail = [
        _variance(_inner(smooth, edge, x, y) + _inner(smooth, edge, -x, -y) - 2 * middle)
        / math.hypot(x, y) ** 4
        for x, y in _DIRECTIONS
    ]
    noise = _NOISE_MARGIN * _DIRECTION_NOISE * _noise_variance(crop)
    return float(max(np.min(np.array(detail) - noise), 0.0) / contrast)


def _noise_variance(crop: np.ndarray) -> float:
    differences = cv2.sepFilter2D(crop, cv2.CV_32F, _SECOND_DIFFERENCE, _SECOND_DIFFERENCE)
    inner = differences[2:-2, 2:-2]
    return float(np.pi / 2 * (cv2.norm(inner, cv2.NORM_L1) / inner.size / 6) ** 2)


def _inner(image: np.ndarray, edge: int, x: int = 0, y: int = 0) -> np.ndarray:
    """Return an image without its edge, moved by some pixels."""
    size = len(image) - edge
    return image[edge + y : size + y, edge + x : size + x]


def _variance(image: np.ndarray) -> float:
    return float(cv2.meanStdDev(image)[1].item()) ** 2  # four times faster than numpy's `var`
