"""`ImageCollection`: labelled images of any kind, as they are shown, counted and filtered."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from fer_core.data.dataset import NO_ROW, FaceDataset, row_split_ids

MAX_PROBLEMS: Final = 1_000  # sentences; their number is counted beyond


@dataclass(frozen=True, slots=True, eq=False)
class ImageCollection:
    """Labelled images of any size, colour and classes.

    Attributes:
        name: Name of the file or folder, for people.
        labels: The classes: FER2013's labels in their order, then further ones by name.
        splits: Names of the splits in their order, for example `Training`.
        thumbnails: uint8 `(n, side, side)` grey or `(n, side, side, 3)` RGB, one size for all;
            the pixels themselves where all images are 48x48 and grey.
        label_ids: `(n,)` int, index into `labels`.
        split_ids: `(n,)` int, index into `splits`.
        rows: `(n,)` int, row in the CSV counted from 0 without the header, or the image's place in
            `files`.
        files: Paths in the folder, with `/`; empty for a CSV.
        sizes: `(n, 2)` int32, width and height of each image in pixels.
        is_color: `(n,)` bool.
        problems: One sentence per row or file that could not be read, with its number or name.
        n_problems: Number of these, of which `problems` holds the first ones.
        n_rows: Rows of the CSV, with those that could not be read; 0 for files.
        notes: Sentences on what the models cannot use, and on what is changed for them.
        faces: What the models can use, 48x48 grey with labels of FER2013; its `rows` are rows of
            this collection. None if there is nothing.
    """

    name: str
    labels: tuple[str, ...]
    splits: tuple[str, ...]
    thumbnails: np.ndarray
    label_ids: np.ndarray
    split_ids: np.ndarray
    rows: np.ndarray
    files: tuple[str, ...]
    sizes: np.ndarray
    is_color: np.ndarray
    problems: tuple[str, ...] = ()
    n_problems: int = 0
    n_rows: int = 0
    notes: tuple[str, ...] = ()
    faces: FaceDataset | None = None

    def __post_init__(self) -> None:
        n = len(self.thumbnails)
        columns = (self.label_ids, self.split_ids, self.rows, self.sizes, self.is_color)
        if any(len(column) != n for column in columns):
            raise ValueError(f"Expected {n} entries in each column, got {[*map(len, columns)]}.")
        if self.thumbnails.dtype != np.uint8 or self.thumbnails.ndim not in (3, 4):
            raise ValueError(
                f"Expected uint8 thumbnails (n, side, side[, 3]), got {self.thumbnails.dtype} "
                f"{self.thumbnails.shape}."
            )
        ids = ((self.label_ids, self.labels), (self.split_ids, self.splits))
        for column, names in ids:
            if n and not 0 <= column.min() <= column.max() < len(names):
                raise ValueError(f"Expected indices into {len(names)} names, got others.")

    def __len__(self) -> int:
        return len(self.thumbnails)

    @property
    def n_further(self) -> int:
        """Number of images whose class is none of FER2013's."""
        return len(self) - (0 if self.faces is None else len(self.faces))

    @property
    def row_split_ids(self) -> np.ndarray:
        """The split of every row of the CSV, as `dataset.row_split_ids` returns it."""
        if self.faces is None or self.files:
            return np.zeros(0, dtype=np.int64)
        return row_split_ids(self.faces, n_rows=self.n_rows)

    @property
    def unjoined_faces(self) -> FaceDataset | None:
        """The faces; those of image files have `NO_ROW`, since no votes can be joined to them."""
        if self.faces is None or not self.files:
            return self.faces
        return replace(self.faces, rows=np.full(len(self.faces), NO_ROW))
