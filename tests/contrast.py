"""Contrast of two colours as WCAG 2.2 defines it, for the tests of theme, figures and plates.

WCAG 2.2 asks for 4.5:1 for text (1.4.3) and 3:1 for parts of controls and graphics (1.4.11).
"""

from collections.abc import Sequence

import numpy as np

MIN_TEXT = 4.5
MIN_PART = 3.0


def rgb(hex_color: str) -> list[int]:
    """Return the channels of a colour such as `"#1c6b6b"`."""
    return [int(hex_color[start : start + 2], 16) for start in (1, 3, 5)]


def blend(front: Sequence[float], back: Sequence[float], *, opacity: float) -> list[float]:
    """Return the colour that is seen where `front` lies over `back`."""
    return [opacity * a + (1 - opacity) * b for a, b in zip(front, back, strict=True)]


def luminance(rgb: Sequence[float] | np.ndarray) -> np.ndarray:
    """Return the relative luminance in [0, 1]: `(..., 3)` sRGB -> `(...)`."""
    srgb = np.asarray(rgb, dtype=float) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def contrast(a_rgb: Sequence[float], b_rgb: Sequence[float]) -> float:
    """Return the contrast, from 1 for equal colours to 21 for black and white."""
    low, high = sorted(float(luminance(color)) for color in (a_rgb, b_rgb))
    return (high + 0.05) / (low + 0.05)
