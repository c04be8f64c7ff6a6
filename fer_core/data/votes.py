"""FER+: the votes of ten people for each face of FER2013, joined by row number.

Source: Barsoum et al. 2016, arXiv 1608.01041, file `fer2013new.csv` (MIT). Its image names are no
row numbers: some are blank and four repeat.
"""

import csv
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np

from fer_core.errors import BadRowError, DataError
from fer_core.labels import VOTE_LABELS

_COLUMN_OF_LABEL: Final = {
    "angry": "anger",
    "disgust": "disgust",
    "fear": "fear",
    "happy": "happiness",
    "sad": "sadness",
    "surprise": "surprise",
    "neutral": "neutral",
    "contempt": "contempt",
}

VOTES_FILE: Final = "fer2013new.csv"


def find_votes(data_path: Path, environ: Mapping[str, str] = os.environ) -> Path | None:
    """Return the local FER+ file: the path in `FERPLUS_CSV`, else a file beside FER2013, else None.

    Args:
        data_path: FER2013's file or folder.
        environ: Holds `FERPLUS_CSV`, if it is set.
    """
    named = environ.get("FERPLUS_CSV")
    if named:
        return Path(named).expanduser()
    beside = data_path.parent / VOTES_FILE
    return beside if beside.is_file() else None


def read_votes(path: Path) -> np.ndarray:
    """Return the votes of every row: `(n_rows, 8)` int64 in the order of `VOTE_LABELS`.

    Votes for "unknown" and "not a face" are left out, so a row may sum to less than ten.

    Raises:
        DataError: The file is missing, is not a CSV, or lacks a column.
        BadRowError: A vote is not a whole number of at least 0.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            table = csv.DictReader(stream)
            missing = set(_COLUMN_OF_LABEL.values()) - set(table.fieldnames or ())
            if missing:
                raise DataError(
                    f"{path.name}, row 1: expected FER+'s columns, missing "
                    f"{', '.join(sorted(missing))}. Use FER+'s {VOTES_FILE}."
                )
            votes = [_votes_of(row, path.name, number) for number, row in enumerate(table, start=2)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(
            f"{path.name} is not a CSV file ({error}). Use FER+'s {VOTES_FILE}."
        ) from error
    except OSError as error:
        raise DataError(
            f"Expected FER+'s votes at {path}, but the file cannot be opened: {error.strerror}. "
            "Check the path."
        ) from error
    return np.asarray(votes, dtype=np.int64).reshape(-1, len(VOTE_LABELS))


def _votes_of(row: dict[str, str | None], name: str, number: int) -> list[int]:
    texts = [row[_COLUMN_OF_LABEL[label]] or "" for label in VOTE_LABELS]  # None in a short row
    strange = [text for text in texts if not (text.isascii() and text.isdigit())]
    if strange:
        raise BadRowError(
            name, number, f"expected votes as whole numbers, got {strange[0][:20]!r}."
        )
    return [int(text) for text in texts]


def votes_at(votes: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return the votes of the given rows: `(n_rows, 8)`, `(n,)` -> `(n, 8)`.

    Raises:
        DataError: A row is `NO_ROW` or has no votes: the two files do not belong together.
    """
    if len(rows) and not 0 <= rows.min() <= rows.max() < len(votes):
        found = "faces from image files" if rows.min() < 0 else f"row {rows.max() + 1:,}"
        raise DataError(
            f"Expected faces of the {len(votes):,} rows that have votes, got {found}. Use "
            "FER2013's CSV in its original row order with FER+, or leave out the votes."
        )
    return np.asarray(votes[rows])


def vote_shares(votes: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return the share of the votes per label: `(n_rows, 8)`, `(n,)` -> float32 `(n, 8)`.

    A face without any vote for an expression has a row of zeros.

    Raises:
        DataError: As `votes_at`.

    >>> vote_shares(np.array([[0, 0, 0, 3, 0, 0, 1, 0]]), np.array([0]))[0, [3, 6]].tolist()
    [0.75, 0.25]
    """
    chosen = votes_at(votes, rows).astype(np.float32)
    chosen /= np.maximum(chosen.sum(axis=1, keepdims=True), 1)
    return chosen
