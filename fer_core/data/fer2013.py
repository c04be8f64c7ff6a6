"""FER2013 as Kaggle publishes it: a CSV with `emotion`, `pixels` and, in most copies, `Usage`.

Source: ICML 2013 challenge, Goodfellow et al., arXiv 1307.0414.
"""

import os
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np

from fer_core.data.csv_rows import csv_rows, quoted_start
from fer_core.data.dataset import IMAGE_SIZE, SPLITS, FaceDataset, LabelledFaces
from fer_core.data.pixel_text import parse_pixels, wrong_count
from fer_core.data.streams import open_binary
from fer_core.errors import BadRowError, DataError
from fer_core.labels import FER2013_LABELS
from fer_core.progress import OnProgress, ignore

N_PIXELS: Final = IMAGE_SIZE * IMAGE_SIZE
_ROWS_PER_PROGRESS: Final = 256
_LABEL_DIGITS: Final = tuple(map(str, range(len(FER2013_LABELS))))
_DATA_FOLDER: Final = Path("data")
_WANTED: Final = frozenset({"emotion", "pixels"})


def find_fer2013(environ: Mapping[str, str] = os.environ) -> Path | None:
    """Return the local FER2013: the path in `FER2013_CSV`, else a file in `data/`, else None."""
    named = environ.get("FER2013_CSV")
    if named:
        return Path(named).expanduser()
    names = (f"fer2013.csv{ending}" for ending in ("", ".xz", ".gz", ".zip"))
    candidates = (_DATA_FOLDER / name for name in (*names, "fer2013.zip", "icml_face_data.csv"))
    return next((path for path in candidates if path.is_file()), None)


def read_fer2013(
    source: Path | BinaryIO,
    *,
    skip_bad_rows: bool = False,
    on_progress: OnProgress = ignore,
) -> LabelledFaces:
    """Return the faces of FER2013's CSV, plain or as .gz, .xz or .zip, with columns in any order.

    Args:
        source: Path, or an open binary file that can seek.
        skip_bad_rows: Skip rows that cannot be read, and report them in the result.
        on_progress: Called with the share of the file that is read.

    Raises:
        BadRowError: A row cannot be read (the first one), unless `skip_bad_rows`.
        DataError: The file is missing, empty, damaged, cut off, too large or of another kind; or
            it lacks a column or holds no row that can be read.
    """
    name = Path(str(getattr(source, "name", "file"))).name
    faces = _Faces([], [], [], [])
    bad_rows: list[BadRowError] = []
    with open_binary(source) as (raw, size), closing(csv_rows(raw, name, wanted=_WANTED)) as rows:
        columns = _columns(next(rows).cells, name)
        for position, (line, row) in enumerate(rows):
            try:
                faces.add(row, columns=columns, position=position)
            except ValueError as error:
                bad = BadRowError(name, line, str(error))
                if not skip_bad_rows:
                    raise bad from error
                bad_rows.append(bad)
            if position % _ROWS_PER_PROGRESS == 0:
                on_progress(min(raw.tell() / size, 1.0))
    on_progress(1.0)
    if not faces.pixels:
        raise (
            bad_rows[0]
            if bad_rows
            else DataError(
                f"{name} has a header but no rows; expected FER2013's CSV. Download it again."
            )
        )
    dataset = FaceDataset.from_rows(
        faces.pixels, faces.label_ids, split_ids=faces.split_ids, rows=faces.rows
    )
    n_bad = len(bad_rows)
    return LabelledFaces(dataset, tuple(bad_rows), n_bad, n_rows=len(dataset) + n_bad)


@dataclass(slots=True)
class _Faces:
    """The columns of the data set as they grow, row by row."""

    pixels: list[np.ndarray]
    label_ids: list[int]
    split_ids: list[int]
    rows: list[int]

    def add(self, row: list[str], *, columns: Mapping[str, int], position: int) -> None:
        n_needed = max(columns.values()) + 1
        if len(row) < n_needed:
            raise ValueError(
                f"expected {n_needed} columns, got {len(row)}; the file may be cut off here."
            )
        label_id = _label_id(row[columns["emotion"]])
        split_id = _split_id(row[columns["usage"]]) if "usage" in columns else 0
        self.pixels.append(_pixels(row[columns["pixels"]]))
        self.label_ids.append(label_id)
        self.split_ids.append(split_id)
        self.rows.append(position)


def _columns(header: list[str], name: str) -> dict[str, int]:
    """Return the position of each column that is read, by its name in lower case."""
    positions = {column.strip().lower(): index for index, column in enumerate(header)}
    missing = [column for column in sorted(_WANTED) if column not in positions]
    if missing:
        shown = ", ".join(repr(column.strip()[:20]) for column in header[:4])
        raise DataError(
            f"{name}, line 1: expected the columns emotion and pixels, missing "
            f"{' and '.join(missing)}; the header starts with {shown}. Use FER2013's CSV."
        )
    return {column: positions[column] for column in (*_WANTED, "usage") if column in positions}


def _label_id(text: str) -> int:
    if text.strip() in _LABEL_DIGITS:
        return _LABEL_DIGITS.index(text.strip())
    raise ValueError(
        f"expected an emotion from 0 to {len(FER2013_LABELS) - 1}, got {quoted_start(text)}."
    )


def _split_id(text: str) -> int:
    for split_id, split in enumerate(SPLITS):
        if text.strip() == split:
            return split_id
    raise ValueError(f"expected a Usage of {', '.join(SPLITS)}, got {quoted_start(text)}.")


def _pixels(text: str) -> np.ndarray:
    """Return the `(2304,)` uint8 values of a `pixels` field."""
    values = parse_pixels(text)
    if len(values) != N_PIXELS:
        raise wrong_count(len(values), expected=N_PIXELS)
    return values
