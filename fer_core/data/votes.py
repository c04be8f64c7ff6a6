"""FER+: ten people's votes for each face of FER2013, joined by row number.

Source: Barsoum et al. 2016, arXiv 1608.01041, file `fer2013new.csv` (MIT). Image names are not
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
    """Return the local FER+ votes: what `FERPLUS_CSV` names, else a file beside the faces' file.

    Args:
        data_path: FER2013's file or folder.
        environ: Where `FERPLUS_CSV` is looked up.
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
        DataError: The file is missing, is no text, or lacks a column.
        BadRowError: A vote is not a whole number of at least 0.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            table = csv.DictReader(stream)
            missing = set(_COLUMN_OF_LABEL.values()) - set(table.fieldnames or ())
            if missing:
                raise DataError(
                    f"{path.name}, row 1: expected FER+'s columns, missing "
                    f"{', '.join(sorted(missing))}; use fer2013new.csv."
                )
            votes = [_votes_of(row, path.name, number) for number, row in enumerate(table, start=2)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path.name} is no CSV ({error}); use FER+'s fer2013new.csv.") from error
    except OSError as error:
        raise DataError(f"Expected FER+'s votes at {path}, but {error.strerror}.") from error
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
    """Return the votes of some rows: `(n_rows, 8)`, `(n,)` -> `(n, 8)`.

    Raises:
        DataError: A row is unknown or lies beyond the votes: the files do not belong together.
    """
    if len(rows) and not 0 <= rows.min() <= rows.max() < len(votes):
        found = "pictures in folders" if rows.min() < 0 else f"a row {rows.max() + 1:,}"
        raise DataError(
            f"Expected faces of the {len(votes):,} rows that were voted on, got {found}. Use "
            "FER2013's CSV in its original row order with FER+, or leave the votes out."
        )
    return np.asarray(votes[rows])


def vote_shares(votes: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return the share of votes each label got: `(n_rows, 8)`, `(n,)` -> float32 `(n, 8)`.

    A face nobody could name has a row of zeros.

    Raises:
        DataError: As `votes_at` says.

    >>> vote_shares(np.array([[0, 0, 0, 3, 0, 0, 1, 0]]), np.array([0]))[0, [3, 6]].tolist()
    [0.75, 0.25]
    """
    chosen = votes_at(votes, rows).astype(np.float32)
    chosen /= np.maximum(chosen.sum(axis=1, keepdims=True), 1)
    return chosen
