"""The average face of each class, and where its faces differ."""

from dataclasses import dataclass
from typing import Final

import numpy as np

_CHUNK: Final = 2048  # images; bounds the memory of the sums


@dataclass(frozen=True, slots=True, eq=False)
class AverageFace:
    """The mean and the variance of the images of one class, pixel by pixel.

    Attributes:
        n: Images that were averaged.
        mean: `(side, side)` float32 in `[0, 255]`; colour images count as grey.
        variance: `(side, side)` float32, of the same pixels over the images.
    """

    n: int
    mean: np.ndarray
    variance: np.ndarray


def average_faces(
    thumbnails: np.ndarray, label_ids: np.ndarray, *, n_labels: int
) -> tuple[AverageFace | None, ...]:
    """Return the average face per label; None for a label without images.

    Args:
        thumbnails: uint8 `(n, side, side)` or `(n, side, side, 3)` RGB.
        label_ids: `(n,)` int, index of each image's label.
        n_labels: Number of labels.

    >>> images = np.array([[[0]], [[20]]], dtype=np.uint8)
    >>> face, = average_faces(images, np.array([0, 0]), n_labels=1)
    >>> face.mean.tolist(), face.variance.tolist()
    ([[10.0]], [[100.0]])
    """
    return tuple(
        _average(thumbnails, np.flatnonzero(label_ids == label_id)) for label_id in range(n_labels)
    )


def _average(thumbnails: np.ndarray, indices: np.ndarray) -> AverageFace | None:
    if not len(indices):
        return None
    total = np.zeros(thumbnails.shape[1:3])
    squares = np.zeros_like(total)
    for start in range(0, len(indices), _CHUNK):
        chunk = thumbnails[indices[start : start + _CHUNK]].astype(np.float32)
        if chunk.ndim == 4:  # (n, side, side, 3) -> (n, side, side)
            chunk = chunk.mean(axis=3)
        total += chunk.sum(axis=0, dtype=np.float64)
        squares += np.square(chunk).sum(axis=0, dtype=np.float64)
    mean = total / len(indices)
    variance = np.maximum(squares / len(indices) - mean**2, 0)
    return AverageFace(len(indices), mean.astype(np.float32), variance.astype(np.float32))


def as_picture(values: np.ndarray) -> np.ndarray:
    """Return a map as a grey picture, uint8: its smallest value is black, its largest one white.

    >>> as_picture(np.array([[1.0, 2.0, 3.0]])).tolist()
    [[0, 128, 255]]
    """
    low, high = float(values.min()), float(values.max())
    if high <= low:
        return np.zeros(values.shape, dtype=np.uint8)
    return np.rint((values - low) / (high - low) * 255).astype(np.uint8)
