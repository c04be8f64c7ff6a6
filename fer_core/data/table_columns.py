"""The columns of a CSV of labelled images: which holds what, and what a row holds in them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fer_core.data.classes import class_name, is_number, split_spelling
from fer_core.data.csv_rows import quoted_start
from fer_core.data.dataset import SPLITS
from fer_core.errors import DataError
from fer_core.labels import FER2013_LABELS

PIXELS: Final = "pixels"
_EMOTION: Final = "emotion"  # FER2013's column; its numbers have FER2013's meaning
_LABELS: Final = (_EMOTION, "label", "labels", "class", "expression", "category")
_FILES: Final = ("file", "path", "filename", "file_name", "filepath", "image", "image_path")
_SPLITS: Final = ("usage", "split", "subset", "set", "partition")
_NUMBER: Final = re.compile(r"[-+]?[0-9.]+")
_FER2013_NUMBERS: Final = tuple(map(str, range(len(FER2013_LABELS))))


@dataclass(frozen=True, slots=True)
class TableColumns:
    """Positions of the columns; None for one that the table lacks.

    Attributes:
        label_name: Header of the column of labels.
        split_name: Header of the column of splits.
    """

    label: int
    pixels: int | None
    file: int | None
    split: int | None
    label_name: str
    split_name: str = ""

    @property
    def n_needed(self) -> int:
        """Cells that a row has at least."""
        found = (self.label, self.pixels, self.file, self.split)
        return max(index for index in found if index is not None) + 1

    def class_of(self, row: Sequence[str]) -> str:
        """Return the class of a row, see `classes.class_name`.

        Raises:
            ValueError: There is none, or it is a number that is not whole.
        """
        text = row[self.label].strip()
        if _NUMBER.fullmatch(text) and not is_number(text):
            raise ValueError(
                f"expected a word or a whole number from 0 as {self.label_name}, got "
                f"{quoted_start(text)}."
            )
        if is_number(text):
            text = str(int(text))  # "03" is 3
        if self.label_name == _EMOTION and text in _FER2013_NUMBERS:
            return FER2013_LABELS[int(text)]
        name = class_name(text)
        if not name:
            raise ValueError("expected a label, got an empty cell.")
        return name

    def split_of(self, row: Sequence[str]) -> str:
        """Return the split of a row, see `classes.split_spelling`.

        Raises:
            ValueError: It is an unknown one.
        """
        if self.split is None:
            return SPLITS[0]
        split = split_spelling(row[self.split])
        if split is None:
            raise ValueError(
                f"expected a {self.split_name} of {', '.join(SPLITS)}, got "
                f"{quoted_start(row[self.split])}."
            )
        return split


def find_columns(header: Sequence[str]) -> TableColumns | None:
    """Return the columns by their names in the header; None without labels or images.

    >>> find_columns(["emotion", " pixels", "Usage"]).pixels
    1
    """
    positions = {cell.strip().lower(): index for index, cell in reversed([*enumerate(header)])}

    def first_of(names: Sequence[str]) -> int | None:
        return next((positions[name] for name in names if name in positions), None)

    label, pixels, file = first_of(_LABELS), positions.get(PIXELS), first_of(_FILES)
    if label is None or (pixels is None and file is None):
        return None
    split = first_of(_SPLITS)
    return TableColumns(
        label=label,
        pixels=pixels,
        file=None if pixels is not None else file,
        split=split,
        label_name=header[label].strip().lower(),
        split_name="" if split is None else header[split].strip(),
    )


def columns_of(header: Sequence[str], name: str) -> TableColumns:
    """Return the columns of a table.

    Raises:
        DataError: There are no labels, or neither pixels nor files.
    """
    columns = find_columns(header)
    if columns is None:
        shown = ", ".join(quoted_start(cell.strip()) for cell in header[:4])
        raise DataError(
            f"{name}, line 1: expected a column emotion or label, and a column pixels or file; the "
            f"header starts with {shown}."
        )
    return columns
