"""Training faces with something over them: a hand, a mask, dark glasses, a scarf, hair."""

from typing import Final

import cv2
import numpy as np

_PARTS: Final = (  # middle x, y, width, height of a cover, in shares of the side, and their spread
    ((0.50, 0.79, 0.75, 0.40), (0.05, 0.04, 0.25, 0.10)),  # mouth and chin
    ((0.50, 0.36, 0.85, 0.26), (0.04, 0.03, 0.20, 0.08)),  # both eyes
    ((0.22, 0.50, 0.52, 0.90), (0.04, 0.10, 0.08, 0.20)),  # the right half, left in the picture
    ((0.78, 0.50, 0.52, 0.90), (0.04, 0.10, 0.08, 0.20)),
)
_HAT: Final = ((0.50, 0.04, 1.00, 0.18), (0.10, 0.03, 0.30, 0.08))
_MAX_TURN_DEG: Final = 20.0


def occlude_faces(crops: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return copies of crops `(n, size, size)` uint8, each with one part of the face covered.

    A part is the mouth, both eyes, or a half. What covers it is one grey, a shade from one grey to
    another, stripes, or a piece of another picture of the same batch, which may be skin.
    """
    return _with_covers(crops, [_PARTS[choice] for choice in rng.integers(0, 4, len(crops))], rng)


def put_hats_on(crops: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return copies with the forehead covered: as with hats and hair, the face can be read."""
    return _with_covers(crops, [_HAT] * len(crops), rng)


def _with_covers(
    crops: np.ndarray,
    parts: list[tuple[tuple[float, ...], tuple[float, ...]]],
    rng: np.random.Generator,
) -> np.ndarray:
    covered = crops.copy()
    for index, (middle, spread) in enumerate(parts):
        place = np.array(middle) + np.array(spread) * rng.uniform(-1, 1, 4)
        donor = crops[rng.integers(len(crops))]
        share = _mask(crops.shape[1], place, rng)
        filling = _filling(donor, rng)
        covered[index] = np.rint(crops[index] + share * (filling - crops[index]))
    return covered


def _mask(size: int, place: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return how much of each pixel is covered, float32 `(size, size)` in `[0, 1]`."""
    x, y, width, height = (float(share * size) for share in place)
    turn_deg = float(rng.uniform(-_MAX_TURN_DEG, _MAX_TURN_DEG))
    mask = np.zeros((size, size), np.float32)
    if rng.random() < 0.5:
        axes = (max(width / 2, 1.0), max(height / 2, 1.0))
        cv2.ellipse(mask, ((x, y), (2 * axes[0], 2 * axes[1]), turn_deg), 1.0, thickness=-1)
    else:
        corners = cv2.boxPoints(((x, y), (width, height), turn_deg))
        cv2.fillConvexPoly(mask, np.rint(corners).astype(np.int32), 1.0)
    softness = rng.uniform(0.0, 1.2)
    return mask if softness < 0.3 else cv2.GaussianBlur(mask, (0, 0), softness)


def _filling(donor: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return what covers, float32 `(size, size)` in `[0, 255]`."""
    size = len(donor)
    kind = rng.integers(0, 4)
    if kind == 0:
        filling = np.full((size, size), rng.uniform(0, 255))
    elif kind == 1:
        filling = np.tile(np.linspace(rng.uniform(0, 255), rng.uniform(0, 255), size), (size, 1))
        filling = filling if rng.random() < 0.5 else filling.T
    elif kind == 2:
        across, down = np.outer(rng.normal(0.0, 1.0, 2), np.arange(size))
        stripes = np.sin(np.add.outer(across, down))
        filling = rng.uniform(40, 215) + rng.uniform(10, 40) * stripes
    else:
        turn_deg, zoom = float(rng.uniform(0, 360)), float(rng.uniform(1.0, 3.0))
        turn = cv2.getRotationMatrix2D((size / 2, size / 2), turn_deg, zoom)
        turn[:, 2] += rng.uniform(-size / 4, size / 4, 2).astype(turn.dtype)
        piece = cv2.warpAffine(donor, turn, (size, size), borderMode=cv2.BORDER_REFLECT_101)
        filling = piece + rng.uniform(-40, 40)
    noisy = filling + rng.normal(0.0, 3.0, (size, size))
    return np.asarray(np.clip(noisy, 0, 255), dtype=np.float32)
