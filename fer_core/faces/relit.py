"""A picture in better light, in which a face is found that is too dark or too bright to read.

The detection networks miss faces in pictures that are nearly black or mostly white. The copy is for
finding them only. Their light is judged on the picture itself (`fer_core.faces.quality`), so that
the user reads "too dark to read" instead of "no face found".
"""

from typing import Final

import cv2
import numpy as np

from fer_core.faces.quality import QualityConfig, blown_out, brightness
from fer_core.frames import to_gray

_DARK: Final = QualityConfig().min_brightness
_BLOWN_OUT: Final = 0.15  # share of the picture; no face was missed with less
_GRAIN: Final = 1.2  # pixels of blur: brightening makes the camera's noise visible too
_TILES: Final = (4, 4)
_CLIP_LIMIT: Final = 4.0
_DARKENING: Final = 2.0  # exponent: what is left of a blown-out face lies among the lightest greys


def relit(frame_bgr: np.ndarray) -> list[np.ndarray]:
    """Return a copy of a dark or blown-out picture in better light, or none of any other.

    A dark one is scaled so that its 90th percentile becomes white. A blown-out one gets its local
    contrast equalised (CLAHE) and is darkened.

    Args:
        frame_bgr: uint8 `(height, width, 3)`.

    >>> [copy.max().item() for copy in relit(np.full((8, 8, 3), 20, np.uint8))]
    [255]
    >>> relit(np.full((8, 8, 3), 120, np.uint8))
    []
    """
    gray = to_gray(frame_bgr)
    if brightness(gray) < _DARK:
        smooth = cv2.GaussianBlur(frame_bgr, (0, 0), _GRAIN)
        top = max(brightness(to_gray(smooth)), 1.0)
        return [cv2.convertScaleAbs(smooth, alpha=255.0 / top)]
    if blown_out(gray) > _BLOWN_OUT:
        return [_darkened(frame_bgr)]
    return []


def _darkened(frame_bgr: np.ndarray) -> np.ndarray:
    luma = cv2.cvtColor(frame_bgr, cv2.COLOR_BGR2YCrCb)
    luma[..., 0] = cv2.createCLAHE(_CLIP_LIMIT, _TILES).apply(luma[..., 0])
    levels = np.rint(255.0 * (np.arange(256) / 255.0) ** _DARKENING).astype(np.uint8)
    return np.asarray(cv2.LUT(cv2.cvtColor(luma, cv2.COLOR_YCrCb2BGR), levels))
