"""FER+: the votes of ten people for each face of FER2013, joined by row number.

A vote file in which a row is left out, added or moved would give the votes of one face to another.
So the two files are compared before they are joined: the number of rows and the `Usage` of each
row. The image names show whether rows of the same `Usage` are all there, see `image_names`.

Ten people voted per face: of the 32,298 rows of Training and PublicTest, one has 9 votes and all
others have 10, those for "unknown" and "not a face" included. So a row may not have more than 10.

Source: Barsoum et al. 2016, arXiv 1608.01041, file `fer2013new.csv` (MIT).
"""

import csv
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from fer_core.data.dataset import NO_SPLIT, SPLITS
from fer_core.data.image_names import order_problem
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

_OTHER_COLUMNS: Final = ("unknown", "NF")  # NF: not a face
_MAX_VOTES: Final = 10  # people per face

VOTES_FILE: Final = "fer2013new.csv"
_USAGE: Final = "Usage"
_NAME: Final = "Image name"
_NAME_PATTERN: Final = re.compile(r"fer([0-9]{7})\.png")
_COUNT_PATTERN: Final = re.compile(r"[0-9]|10")
_ROW_ADVICE: Final = f"Use FER+'s {VOTES_FILE} as it was published."
_ADVICE: Final = (
    f"Use FER+'s {VOTES_FILE} as it was published with FER2013's CSV in its original row order, or "
    "leave out the votes."
)


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


@dataclass(frozen=True, slots=True, eq=False)
class VoteTable:
    """A vote file, before it is joined to the faces.

    Attributes:
        name: Name of the file, for messages.
        counts: `(n_rows, 8)` int64 in the order of `VOTE_LABELS`. A row may sum to less than ten:
            the other votes are in `unknown` and `not_face`.
        split_ids: `(n_rows,)` int64, index into `SPLITS`: the `Usage` of each row.
        unknown: `(n_rows,)` int64, votes for "unknown".
        not_face: `(n_rows,)` int64, votes for "not a face".
    """

    name: str
    counts: np.ndarray
    split_ids: np.ndarray
    unknown: np.ndarray
    not_face: np.ndarray

    def __len__(self) -> int:
        return len(self.counts)

    @property
    def is_not_face(self) -> np.ndarray:
        """Mask `(n_rows,)` of the rows where "not a face" got more votes than any other answer."""
        others = np.maximum(self.counts.max(axis=1, initial=0), self.unknown)
        return np.asarray(self.not_face > others)

    def joined_to(self, split_ids: np.ndarray) -> np.ndarray:
        """Return `counts` if each of its rows is about the same row of the faces' file.

        Args:
            split_ids: `(n_rows,)` int, what `dataset.row_split_ids` returns for the faces' file.

        Raises:
            DataError: The faces come from image files, or the two files differ in their number of
                rows or in the `Usage` of a row.
        """
        if not len(split_ids):
            raise DataError(
                f"{self.name} holds votes for the rows of FER2013's CSV, got faces from image "
                f"files. {_ADVICE}"
            )
        if len(split_ids) != len(self):
            raise DataError(
                f"{self.name} has {len(self):,} rows and the faces' file {len(split_ids):,}; "
                f"expected one row of votes per face. {_ADVICE}"
            )
        differs = (split_ids != self.split_ids) & (split_ids != NO_SPLIT)
        if differs.any():
            row = int(differs.argmax())
            raise DataError(
                f"{self.name}, row {row + 2:,}: expected the Usage of the face, "
                f"{SPLITS[split_ids[row]]}, got {SPLITS[self.split_ids[row]]}; rows may be missing "
                f"or in another order. {_ADVICE}"
            )
        return self.counts


def read_votes(path: Path) -> VoteTable:
    """Return the votes of every row.

    Raises:
        DataError: The file is missing, is not a CSV, lacks a column, or its image names are missing
            or show that a row is missing, doubled or moved.
        BadRowError: A row has not as many cells as the header, a vote is not a whole number, a face
            has more than 10 votes, or a `Usage` or an image name is none of FER+'s.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream)
            missing = {_USAGE, *_COLUMN_OF_LABEL.values()} - set(reader.fieldnames or ())
            if missing:
                raise DataError(
                    f"{path.name}, line 1: expected FER+'s columns, missing "
                    f"{', '.join(sorted(missing))}. Use FER+'s {VOTES_FILE}."
                )
            rows = [(reader.line_num, row) for row in reader]
            n_columns = len(reader.fieldnames or ())
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(
            f"{path.name} is not a CSV file ({error}). Use FER+'s {VOTES_FILE}."
        ) from error
    except OSError as error:
        raise DataError(
            f"Expected FER+'s votes at {path}, but the file cannot be opened: {error.strerror}. "
            "Check the path."
        ) from error
    for number, row in rows:
        _check_cells(row, n_columns, path.name, number)
    votes = [_votes_of(row, path.name, number) for number, row in rows]
    usages = [_split_id(row, path.name, number) for number, row in rows]
    images = [_image_number(row, path.name, number) for number, row in rows]
    split_ids = np.asarray(usages, dtype=np.int64)
    table = np.asarray(votes, dtype=np.int64).reshape(-1, len(VOTE_LABELS) + len(_OTHER_COLUMNS))
    counts, unknown, not_face = np.split(table, [len(VOTE_LABELS), len(VOTE_LABELS) + 1], axis=1)
    problem = order_problem(images, counts.sum(axis=1) > 0, split_ids)
    if problem:
        raise DataError(
            f"{path.name}, {problem}; rows may be missing, doubled or in another order. {_ADVICE}"
        )
    return VoteTable(path.name, counts, split_ids, unknown[:, 0], not_face[:, 0])


def _check_cells(
    row: Mapping[str | None, str | list[str] | None], n_columns: int, name: str, number: int
) -> None:
    """Refuse a row with another number of cells than the header."""
    extra = row.get(None) or ()  # where `csv.DictReader` puts what has no column
    n_cells = n_columns + len(extra) - list(row.values()).count(None)
    if n_cells != n_columns:
        raise BadRowError(
            name,
            number,
            f"expected {n_columns} cells, as in the header, got {n_cells}. {_ROW_ADVICE}",
        )


def _image_number(row: dict[str, str | None], name: str, number: int) -> int | None:
    """Return the number in the image name; None for a row without a name."""
    text = (row.get(_NAME) or "").strip()
    match = _NAME_PATTERN.fullmatch(text)
    if text and match is None:
        raise BadRowError(
            name, number, f"expected an image name such as fer0000012.png, got {text[:20]!r}."
        )
    return int(match[1]) if match else None


def _split_id(row: dict[str, str | None], name: str, number: int) -> int:
    usage = (row[_USAGE] or "").strip()
    for split_id, split in enumerate(SPLITS):
        if usage == split:
            return split_id
    raise BadRowError(name, number, f"expected a Usage of {', '.join(SPLITS)}, got {usage[:20]!r}.")


def _votes_of(row: dict[str, str | None], name: str, number: int) -> list[int]:
    """Return the votes for each of `VOTE_LABELS`, for "unknown", and for "not a face"."""
    columns = [*(_COLUMN_OF_LABEL[label] for label in VOTE_LABELS), *_OTHER_COLUMNS]
    texts = [row.get(column, "0") or "" for column in columns]
    strange = [text for text in texts if not _COUNT_PATTERN.fullmatch(text)]
    if strange:
        raise BadRowError(
            name,
            number,
            f"expected votes as whole numbers from 0 to {_MAX_VOTES}, got {strange[0][:20]!r}. "
            f"{_ROW_ADVICE}",
        )
    votes = [int(text) for text in texts]
    if sum(votes) > _MAX_VOTES:
        raise BadRowError(
            name,
            number,
            f"expected at most {_MAX_VOTES} votes per face, got {sum(votes)}. {_ROW_ADVICE}",
        )
    return votes


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
