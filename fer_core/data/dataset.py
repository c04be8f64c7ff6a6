"""`FaceDataset`: small grey faces with labels, splits and their row in the file they came from."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from fer_core.labels import FER2013_LABELS

IMAGE_SIZE: Final = 48  # pixels; FER2013's faces (Goodfellow et al. 2013)
NO_ROW: Final = -1
SPLITS: Final = ("Training", "PublicTest", "PrivateTest")


@dataclass(frozen=True, slots=True, eq=False)
class FaceDataset:
    """Labelled faces; every array has one entry a face.

    Attributes:
        pixels: `(n, 48, 48)` uint8 grey.
        label_ids: `(n,)` int64, index into `FER2013_LABELS`.
        split_ids: `(n,)` int64, index into `SPLITS`.
        rows: `(n,)` int64, position among the data rows of its file, from 0: FER+ joins by it.
            `NO_ROW` for faces that come from pictures in folders.
    """

    pixels: np.ndarray
    label_ids: np.ndarray
    split_ids: np.ndarray
    rows: np.ndarray

    def __post_init__(self) -> None:
        n = len(self.pixels)
        if self.pixels.shape != (n, IMAGE_SIZE, IMAGE_SIZE) or self.pixels.dtype != np.uint8:
            raise ValueError(
                f"Expected uint8 pixels of shape (n, {IMAGE_SIZE}, {IMAGE_SIZE}), "
                f"got {self.pixels.dtype} {self.pixels.shape}."
            )
        for name in ("label_ids", "split_ids", "rows"):
            shape = getattr(self, name).shape
            if shape != (n,):
                raise ValueError(f"Expected {name} of shape ({n},), got {shape}.")

    def __len__(self) -> int:
        return len(self.pixels)

    @classmethod
    def from_rows(
        cls,
        pixels: Sequence[np.ndarray],
        label_ids: Sequence[int],
        *,
        split_ids: Sequence[int],
        rows: Sequence[int],
    ) -> Self:
        """Return a data set from lists with one entry a face; `pixels[i]` has 2,304 values."""
        stacked = (
            np.stack(pixels).reshape(-1, IMAGE_SIZE, IMAGE_SIZE)
            if pixels
            else np.zeros((0, IMAGE_SIZE, IMAGE_SIZE), dtype=np.uint8)
        )
        columns = (np.asarray(column, dtype=np.int64) for column in (label_ids, split_ids, rows))
        return cls(stacked, *columns)

    def select(self, keep: np.ndarray) -> "FaceDataset":
        """Return the faces where `keep`, a boolean mask or indices, says so."""
        return FaceDataset(
            self.pixels[keep], self.label_ids[keep], self.split_ids[keep], self.rows[keep]
        )

    def split(self, name: str) -> "FaceDataset":
        """Return one split.

        Raises:
            ValueError: `name` is not one of `SPLITS`.
        """
        if name not in SPLITS:
            raise ValueError(f"Expected a split of {', '.join(SPLITS)}, got {name!r}.")
        return self.select(self.split_ids == SPLITS.index(name))


def class_counts(dataset: FaceDataset) -> dict[str, dict[str, int]]:
    """Return `{split: {label: faces}}`; splits without faces are left out."""
    counts = {}
    for split_id, split in enumerate(SPLITS):
        in_split = dataset.label_ids[dataset.split_ids == split_id]
        if len(in_split):
            per_label = np.bincount(in_split, minlength=len(FER2013_LABELS))
            counts[split] = {
                label: int(n) for label, n in zip(FER2013_LABELS, per_label, strict=True)
            }
    return counts


def image_keys(pixels: np.ndarray) -> np.ndarray:
    """Return one comparable key an image, equal exactly where all pixels are equal.

    Args:
        pixels: `(n, height, width)` uint8.

    Returns:
        `(n,)` array of raw bytes; `np.unique` and `np.isin` work on it.
    """
    n_bytes = math.prod(pixels.shape[1:])
    flat = np.ascontiguousarray(pixels.reshape(len(pixels), n_bytes))  # -1 would refuse 0 images
    return flat.view(np.dtype((np.void, n_bytes))).ravel()
