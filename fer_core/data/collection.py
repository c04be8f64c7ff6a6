"""`ImageCollection`: labelled images of any kind, as they are shown, counted and filtered."""

from dataclasses import dataclass

import numpy as np

from fer_core.data.dataset import FaceDataset


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

    def __len__(self) -> int:
        return len(self.thumbnails)
