"""Augmentation: random changes of training faces that keep their expression."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from fer_core.train.camera import add_faults


@dataclass(frozen=True, slots=True)
class Augmentation:
    """Ranges of the changes; zeros leave faces as they are."""

    rotation_deg: float = 15.0  # largest tilt to either side, [0, 180]
    scale: float = 0.12  # largest relative change of size, [0, 0.5]
    shift: float = 0.08  # largest shift as a share of the side, [0, 0.5]
    framing_share: float = 0.0  # share of faces framed as another detector might, [0, 1]
    flip: bool = True  # mirror every second face
    interpolation: int = cv2.INTER_LINEAR  # OpenCV's flag; cubic blurs less
    gamma: float = 0.3  # largest change of log2 of the brightness curve, [0, 1]
    erase_share: float = 0.3  # share of faces with one rectangle erased, [0, 1]
    corruption_share: float = 0.0  # share of faces that get blur and noise, [0, 1]
    camera_share: float = 0.0  # probability of each of `camera`'s faults, [0, 1]
    mixup_share: float = 0.0  # share of batches whose faces are blended in pairs, [0, 1]
    cutmix_share: float = 0.0  # share of the other batches that swap a rectangle in pairs, [0, 1]

    def __post_init__(self) -> None:
        if not (
            0 <= self.rotation_deg <= 180 and 0 <= self.scale <= 0.5 and 0 <= self.shift <= 0.5
        ):
            raise ValueError(f"Rotation, scale or shift out of range: {self}.")
        changed = (self.gamma, self.erase_share, self.corruption_share, self.camera_share)
        other = (self.framing_share, self.mixup_share, self.cutmix_share)
        if not all(0 <= share <= 1 for share in (*changed, *other)):
            raise ValueError(f"Gamma, or a share of faces or batches, out of range: {self}.")


UNCHANGED: Final = Augmentation(
    rotation_deg=0.0, scale=0.0, shift=0.0, flip=False, gamma=0.0, erase_share=0.0
)
"""Leaves faces as they are."""

# At these levels an earlier model, trained without, lost a third to a half of its accuracy.
_MAX_BLUR: Final = 1.5 / 48  # standard deviation as a share of the side
_MAX_NOISE: Final = 15.0  # standard deviation in grey levels

_TIGHTEST: Final = 1.5  # detectors frame faces up to a third tighter or wider than FER2013
_OFF_CENTRE: Final = Augmentation(rotation_deg=20.0, scale=0.0, shift=0.12)
_BORDERS: Final = (cv2.BORDER_REFLECT_101, cv2.BORDER_REPLICATE, cv2.BORDER_CONSTANT)
_BORDER_SHARES: Final = (0.45, 0.4, 0.15)  # the pixels beyond a real frame are replicated


def augment(
    crops: np.ndarray, settings: Augmentation, rng: np.random.Generator, *, side: int
) -> np.ndarray:
    """Return changed copies `(n, side, side)` of grey crops `(n, size, size)` uint8."""
    changed = np.empty((len(crops), side, side), np.uint8)
    matrices = _matrices(len(crops), crops.shape[1], settings, rng)
    borders = np.full(len(crops), cv2.BORDER_REFLECT_101)
    if settings.framing_share:
        is_framed = rng.random(len(crops)) < settings.framing_share
        matrices[is_framed] = _framed(is_framed.sum(), crops.shape[1], rng)
        borders[is_framed] = rng.choice(_BORDERS, is_framed.sum(), p=_BORDER_SHARES)
    zoom = side / crops.shape[1]
    matrices[:, :, :2] *= zoom
    matrices[:, :, 2] = (
        matrices[:, :, 2] * zoom + (zoom - 1) / 2
    )  # from corners to centres of pixels
    curves = _gamma_curves(2.0 ** rng.uniform(-settings.gamma, settings.gamma, len(crops)))
    for crop, matrix, curve, border, out in zip(
        crops, matrices, curves, borders.tolist(), changed, strict=True
    ):
        cv2.warpAffine(
            crop,
            matrix,
            (side, side),
            dst=out,
            flags=settings.interpolation,
            borderMode=border,
            borderValue=float(crop.mean()),
        )
        cv2.LUT(out, curve, dst=out)
    for index in np.flatnonzero(rng.random(len(crops)) < settings.erase_share):
        _erase(changed[index], rng)
    for index in np.flatnonzero(rng.random(len(crops)) < settings.corruption_share):
        _corrupt(changed[index], rng)
    if settings.camera_share:
        for face in changed:
            add_faults(face, settings.camera_share, rng)
    return changed


def _matrices(n: int, size: int, settings: Augmentation, rng: np.random.Generator) -> np.ndarray:
    """Return affine matrices `(n, 2, 3)` that turn, scale, mirror and shift about the centre."""
    angle = np.deg2rad(rng.uniform(-settings.rotation_deg, settings.rotation_deg, n))
    scale = 1 + rng.uniform(-settings.scale, settings.scale, n)
    mirror = np.where(settings.flip & (rng.random(n) < 0.5), -1.0, 1.0)
    cos, sin = scale * np.cos(angle), scale * np.sin(angle)
    linear = np.stack([cos * mirror, -sin, sin * mirror, cos], axis=1).reshape(n, 2, 2)
    centre = np.full((n, 2, 1), (size - 1) / 2)
    shift = rng.uniform(-settings.shift, settings.shift, (n, 2, 1)) * size
    return np.concatenate([linear, centre - linear @ centre + shift], axis=2)


def _framed(n: int, size: int, rng: np.random.Generator) -> np.ndarray:
    """Return affine matrices `(n, 2, 3)` that frame faces as another detector might."""
    matrices = _matrices(n, size, _OFF_CENTRE, rng)
    zooms = _TIGHTEST ** rng.uniform(-1, 1, (n, 1, 1))
    matrices *= zooms
    matrices[:, :, 2:] += (1 - zooms) * (size - 1) / 2  # zoom about the centre
    return matrices


def _gamma_curves(gammas: np.ndarray) -> np.ndarray:
    """Return look-up tables `(n, 256)` uint8 of brightness curves."""
    levels = np.linspace(0, 1, 256)
    return np.asarray(255 * levels[None, :] ** gammas[:, None] + 0.5, dtype=np.uint8)


def _erase(crop: np.ndarray, rng: np.random.Generator) -> None:
    """Fill one random rectangle with the crop's mean, as real faces may be partly occluded.

    Source: random erasing, Zhong et al. 2020, arXiv 1708.04896.
    """
    size = len(crop)
    height, width = rng.integers(size // 8, size // 2, 2)
    top, left = rng.integers(0, size - height), rng.integers(0, size - width)
    crop[top : top + height, left : left + width] = int(crop.mean())


def _corrupt(crop: np.ndarray, rng: np.random.Generator) -> None:
    """Blur a crop and add noise, in place, both to a random level."""
    blur, noise = rng.random(2) * (_MAX_BLUR * len(crop), _MAX_NOISE)
    blurred = cv2.GaussianBlur(crop, (0, 0), sigmaX=max(blur, 0.1))  # for 0, OpenCV chooses one
    noisy = blurred + rng.standard_normal(crop.shape, np.float32) * np.float32(noise)
    np.clip(np.rint(noisy), 0, 255, out=noisy)
    crop[:] = noisy
