"""`FaceDataset`: small grey faces with their labels, splits and row numbers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, Self, get_args

import numpy as np

from fer_core.errors import BadRowError
from fer_core.labels import FER2013_LABELS

IMAGE_SIZE: Final = 48  # pixels; FER2013's faces (Goodfellow et al. 2013)
NETWORK_SIZES: Final = (IMAGE_SIZE, 64, 96, 112)  # pixels of the faces that networks may take
MAX_FACES: Final = 200_000  # 460 MB of pixels; FER2013 has 35,887 faces
NO_ROW: Final = -1

Split = Literal["Training", "PublicTest", "PrivateTest"]
SPLITS: Final[tuple[Split, ...]] = get_args(Split)
NO_SPLIT: Final = -1


@dataclass(frozen=True, slots=True, eq=False)
class FaceDataset:
    """Labelled faces; every array has one entry per face.

    Attributes:
        pixels: `(n, side, side)` uint8 grey; the side is 48 unless a network of another size is
            trained or measured.
        label_ids: `(n,)` int64, index into `FER2013_LABELS`.
        split_ids: `(n,)` int64, index into `SPLITS`.
        rows: `(n,)` int64, position among the data rows of the CSV file, from 0. FER+ is joined by
            it. `NO_ROW` for faces from image files.
    """

    pixels: np.ndarray
    label_ids: np.ndarray
    split_ids: np.ndarray
    rows: np.ndarray

    def __post_init__(self) -> None:
        n = len(self.pixels)
        is_square = self.pixels.ndim == 3 and self.pixels.shape[1] == self.pixels.shape[2]
        if not is_square or self.pixels.dtype != np.uint8:
            raise ValueError(
                f"Expected uint8 pixels of shape (n, side, side), got {self.pixels.dtype} "
                f"{self.pixels.shape}."
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
        """Return a data set from lists with one entry per face; `pixels[i]` has 2,304 values."""
        stacked = (
            np.stack(pixels).reshape(-1, IMAGE_SIZE, IMAGE_SIZE)
            if pixels
            else np.zeros((0, IMAGE_SIZE, IMAGE_SIZE), dtype=np.uint8)
        )
        columns = (np.asarray(column, dtype=np.int64) for column in (label_ids, split_ids, rows))
        return cls(stacked, *columns)

    def select(self, keep: np.ndarray) -> "FaceDataset":
        """Return the faces that `keep` selects: a boolean mask or indices."""
        return FaceDataset(
            self.pixels[keep], self.label_ids[keep], self.split_ids[keep], self.rows[keep]
        )

    def split(self, name: str) -> "FaceDataset":
        """Return the faces of one split.

        Raises:
            ValueError: `name` is not one of `SPLITS`.
        """
        if name not in SPLITS:
            raise ValueError(f"Expected a split of {', '.join(SPLITS)}, got {name!r}.")
        return self.select(self.split_ids == SPLITS.index(name))


@dataclass(frozen=True, slots=True)
class LabelledFaces:
    """The faces of a file or folder, and what else it held.

    Attributes:
        dataset: The faces.
        bad_rows: An error for each row that could not be read, where a reader collects them.
        n_unreadable: Number of rows or files that could not be read.
        n_rows: Rows of the file, with those that could not be read; 0 for image files.
        n_further: Number of images of classes that are none of FER2013's.
    """

    dataset: FaceDataset
    bad_rows: tuple[BadRowError, ...] = ()
    n_unreadable: int = 0
    n_rows: int = 0
    n_further: int = 0

    @property
    def row_split_ids(self) -> np.ndarray:
        """The split of every row of the file, as `row_split_ids` returns it."""
        return row_split_ids(self.dataset, n_rows=self.n_rows)


def row_split_ids(dataset: FaceDataset, *, n_rows: int = 0) -> np.ndarray:
    """Return the split of each row of the file that the faces come from, to join FER+ to it.

    Args:
        dataset: All faces of the file.
        n_rows: Rows that the file has at least, where its last ones could not be read.

    Returns:
        `(n_rows,)` int64, index into `SPLITS`; `NO_SPLIT` for a row without a face. Empty for faces
        from image files.

    >>> faces = np.zeros((2, 48, 48), np.uint8)
    >>> row_split_ids(FaceDataset(faces, np.array([0, 1]), np.array([0, 2]), np.array([0, 3])))
    array([ 0, -1, -1,  2])
    """
    if not len(dataset) or dataset.rows.min() < 0:
        return np.zeros(0, dtype=np.int64)
    split_ids = np.full(max(n_rows, int(dataset.rows.max()) + 1), NO_SPLIT, dtype=np.int64)
    split_ids[dataset.rows] = dataset.split_ids
    return split_ids


def class_counts(dataset: FaceDataset) -> dict[str, dict[str, int]]:
    """Return `{split: {label: number of faces}}`, without empty splits."""
    counts = {}
    for split_id, split in enumerate(SPLITS):
        in_split = dataset.label_ids[dataset.split_ids == split_id]
        if len(in_split):
            per_label = np.bincount(in_split, minlength=len(FER2013_LABELS))
            counts[str(split)] = {
                label: int(n) for label, n in zip(FER2013_LABELS, per_label, strict=True)
            }
    return counts


def is_blank(pixels: np.ndarray) -> np.ndarray:
    """Return a mask `(n,)` of the images `(n, height, width)` whose pixels are all equal."""
    return np.asarray(np.ptp(pixels, axis=(1, 2)) == 0)


def image_keys(pixels: np.ndarray) -> np.ndarray:
    """Return one key per image; two keys are equal exactly if all pixels are equal.

    Args:
        pixels: `(n, height, width)` uint8.

    Returns:
        `(n,)` array of raw bytes, for `np.unique` and `np.isin`.
    """
    n_bytes = math.prod(pixels.shape[1:])
    flat = np.ascontiguousarray(pixels.reshape(len(pixels), n_bytes))  # -1 would refuse 0 images
    return flat.view(np.dtype((np.void, n_bytes))).ravel()


def stratified_order(label_ids: np.ndarray) -> np.ndarray:
    """Return the indices of all faces, `(n,)`, sorted by label and shuffled within each label.

    Evenly spaced entries of it hold each label in its proportion. The seed is fixed: a split by
    this order is the same every time. scikit-learn's `train_test_split` would choose other faces
    than those on which the shipped models are calibrated and measured.

    >>> stratified_order(np.array([1, 0, 1, 0])).tolist()
    [1, 3, 2, 0]
    """
    shuffled = np.random.default_rng(0).permutation(len(label_ids))
    return np.asarray(shuffled[np.argsort(label_ids[shuffled], kind="stable")])
