"""One face changed step by step: tilted, framed otherwise, covered, far away, blurred, darkened."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from fer_core.data.dataset import IMAGE_SIZE
from fer_core.evaluate.corruptions import (
    blur,
    covered_eyes,
    covered_mouth,
    darkness,
    level_words,
    resolution,
)
from fer_core.explain.framed_face import FramedFace

MAX_TILT_DEG: Final = 90.0
FRAMINGS: Final = (0.6, 1.25)  # from the eyes and mouth alone to head and neck
MIN_LIGHT: Final = 0.02
MAX_BLUR: Final = 0.06
MIN_SIDE_PX: Final = 8


@dataclass(frozen=True, slots=True)
class Perturbation:
    """What is done to a face before the network sees it; the defaults leave it as it is.

    All of it is relative to the face, so networks of different sizes get the same picture.

    Attributes:
        tilt_deg: Clockwise tilt, in `[-90, 90]`.
        framing: Side of what is cut out, in usual sides, in `[0.6, 1.25]`.
        covered_mouth: Share of the band from nose to chin that is covered, in `[0, 1]`.
        covered_eyes: Share of the eye band that is covered, in `[0, 1]`.
        side_px: As seen by a camera that gives the face so many pixels per side, at least 8. None,
            or as many as the network takes, for all.
        blur: Sigma of a Gaussian, in widths of the face, in `[0, 0.06]`.
        light: Share of the light that is left, in `[0.02, 1]`.

    Raises:
        ValueError: A value is out of range.
    """

    tilt_deg: float = 0.0
    framing: float = 1.0
    covered_mouth: float = 0.0
    covered_eyes: float = 0.0
    side_px: int | None = None
    blur: float = 0.0
    light: float = 1.0

    def __post_init__(self) -> None:
        ranges = {
            "tilt_deg": (-MAX_TILT_DEG, MAX_TILT_DEG),
            "framing": FRAMINGS,
            "covered_mouth": (0.0, 1.0),
            "covered_eyes": (0.0, 1.0),
            "blur": (0.0, MAX_BLUR),
            "light": (MIN_LIGHT, 1.0),
        }
        for name, (low, high) in ranges.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise ValueError(f"{name} lies in [{low:g}, {high:g}], got {value}.")
        if self.side_px is not None and self.side_px < MIN_SIDE_PX:
            raise ValueError(f"side_px is at least {MIN_SIDE_PX}, got {self.side_px}.")

    def in_words(self) -> str:
        """Return what is done to the face, in a few words.

        >>> Perturbation(tilt_deg=-20, blur=0.015).in_words()
        'tilted by 20 degrees to the left, a blur of 1.5% of its width'
        >>> Perturbation().in_words()
        'as it is'
        """
        words = []
        if self.tilt_deg:
            side = "right" if self.tilt_deg > 0 else "left"
            words.append(f"tilted by {level_words('tilt', abs(self.tilt_deg))} to the {side}")
        if self.framing != 1.0:
            how = "tighter" if self.framing < 1 else "wider"
            words.append(f"framed {how} ({self.framing:.0%} of the usual side)")
        for name, part in (("covered_mouth", "mouth"), ("covered_eyes", "eyes")):
            if getattr(self, name):
                words.append(f"{part} {level_words(name, getattr(self, name))}")
        if self.side_px is not None:
            words.append(f"shrunk to {level_words('resolution', self.side_px)}")
        if self.blur:
            words.append(f"a blur of {self.blur:.1%} of its width")
        if self.light != 1.0:
            words.append(level_words("darkness", self.light))
        return ", ".join(words) or "as it is"


def perturbed_crop(face: FramedFace, change: Perturbation, *, size: int) -> np.ndarray:
    """Return the crop of a changed face, uint8 `(size, size)`; the same change gives the same crop.

    Tilt and framing change what is cut out of the frame. The rest changes the crop, in the order
    in which a camera meets it: occlusion, distance, blur, darkness.

    Args:
        face: The face with the frame around it.
        change: What to do.
        size: Side of the crop in pixels.
    """
    rng = np.random.default_rng(0)  # the noise of darkness: a slider moved back shows the same
    crops = face.crop(size, tilt_deg=change.tilt_deg, framing=change.framing)[None]
    if change.covered_mouth:
        crops = covered_mouth(crops, change.covered_mouth, rng)
    if change.covered_eyes:
        crops = covered_eyes(crops, change.covered_eyes, rng)
    if change.side_px is not None and change.side_px < size:
        crops = resolution(crops, change.side_px, rng)
    if change.blur:
        crops = blur(crops, change.blur * IMAGE_SIZE, rng)
    if change.light != 1.0:
        crops = darkness(crops, change.light, rng)
    return np.asarray(crops[0])
