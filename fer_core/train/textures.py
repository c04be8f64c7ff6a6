"""Surfaces of the occluders that are drawn on faces: grey levels without a shape."""

import cv2
import numpy as np


def random_texture(donor: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a plain, graded, striped, checked or spotted surface, or a piece of another face.

    Args:
        donor: The other face, float32 `(size, size)`.
        rng: Chooses the kind and its looks.

    Returns:
        Grey levels, float32 `(size, size)`; some may lie beyond `[0, 255]`.
    """
    size = len(donor)
    kind = rng.integers(0, 6)
    if kind == 0:
        texture = np.full((size, size), rng.uniform(0, 255))
    elif kind == 1:
        texture = rng.uniform(0, 255) + rng.uniform(-120, 120) * ramp(size, rng)
    elif kind == 2:
        across, down = np.outer(rng.normal(0.0, 1.0, 2), np.arange(size))
        texture = rng.uniform(40, 215) + rng.uniform(10, 40) * np.sin(np.add.outer(across, down))
    elif kind == 3:
        texture = rng.uniform(40, 215) + rng.uniform(10, 90) * _checks(size, rng.uniform(0.03, 0.2))
    elif kind == 4:
        texture = _dots(size, rng)
    else:
        turn = cv2.getRotationMatrix2D(
            (size / 2, size / 2), float(rng.uniform(0, 360)), float(rng.uniform(1.0, 3.0))
        )
        turn[:, 2] += rng.uniform(-size / 4, size / 4, 2).astype(turn.dtype)
        piece = cv2.warpAffine(donor, turn, (size, size), borderMode=cv2.BORDER_REFLECT_101)
        texture = piece.astype(np.float64) + rng.uniform(-40, 40)
    return np.asarray(texture + rng.normal(0.0, 3.0, (size, size)), dtype=np.float32)


def foam(size: int, centre: tuple[float, float], rng: np.random.Generator) -> np.ndarray:
    """Return the surface of a microphone `(size, size)`: one grey, a fine grid, a bright spot.

    Args:
        size: Side in pixels.
        centre: Centre of the microphone, x and y in shares of the side.
        rng: Chooses the greys and the grid.
    """
    columns, rows = np.meshgrid(*[np.arange(size) / size] * 2)
    away = (columns - centre[0] + 0.05) ** 2 + (rows - centre[1] + 0.06) ** 2
    grid = rng.uniform(0, 15) * _checks(size, rng.uniform(0.02, 0.05))
    return np.asarray(rng.uniform(10, 170) + grid + rng.uniform(0, 70) * np.exp(-away / 0.004))


def ramp(size: int, rng: np.random.Generator) -> np.ndarray:
    """Return a plane from about -1 to 1 that rises in a random direction."""
    angle = rng.uniform(0, 2 * np.pi)
    steps = np.linspace(-1, 1, size)
    return np.asarray(np.add.outer(steps * np.sin(angle), steps * np.cos(angle)) / np.sqrt(2))


def _dots(size: int, rng: np.random.Generator) -> np.ndarray:
    """Return a plain ground with spots of random greys."""
    dots = np.full((size, size), rng.uniform(0, 255), dtype=np.float32)
    for x, y, grey in rng.uniform(0, 1, (int(rng.integers(20, 90)), 3)):
        radius = max(1, round(rng.uniform(0.015, 0.04) * size))
        cv2.circle(dots, (int(x * size), int(y * size)), radius, 255 * grey, -1)
    return dots


def _checks(size: int, side: float) -> np.ndarray:
    """Return a chessboard of -1 and 1 with fields of a side in shares of the crop's."""
    field = (np.arange(size) / size // side).astype(int)
    return np.asarray(2.0 * (np.add.outer(field, field) % 2) - 1.0)
