"""Samples of faces and bodies with a positive or a negative label, as a CSV holds them."""

import math
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from fer_core.data.csv_rows import CsvRow, csv_rows, quoted_start
from fer_core.data.streams import open_binary
from fer_core.errors import BadRowError, DataError
from fer_core.labels import LABEL_OF_SPELLING, VALENCE_OF, VALENCES

_POSITIVE, _NEGATIVE = "positive", "negative"
_MAX_COLUMNS: Final = 10_000


@dataclass(frozen=True, slots=True)
class ValenceColumns:
    """Which columns of a table hold what.

    Attributes:
        label: The column of labels.
        person: The column that names the person.
        face: Patterns of the columns with numbers of the face, as `face_*`.
        body: Patterns of the columns with numbers of the body.
    """

    label: str = "label"
    person: str = "person"
    face: tuple[str, ...] = ("face_*",)
    body: tuple[str, ...] = ("body_*",)


@dataclass(frozen=True, slots=True, eq=False)
class ValenceTable:
    """Samples that are positive or negative.

    Attributes:
        is_positive: `(n,)` bool.
        persons: `(n,)` str.
        face_columns: Names of the first columns of `values`.
        body_columns: Names of the others.
        values: `(n, n_columns)` float64, finite.
        n_left_out: Rows that are neutral or have no side.
        bad_rows: One error per row that cannot be used, in the order of the file.
    """

    is_positive: np.ndarray
    persons: np.ndarray
    face_columns: tuple[str, ...]
    body_columns: tuple[str, ...]
    values: np.ndarray
    n_left_out: int
    bad_rows: tuple[BadRowError, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of all columns of `values`."""
        return (*self.face_columns, *self.body_columns)


def read_valence_table(path: Path, *, columns: ValenceColumns | None = None) -> ValenceTable:
    """Return the samples of a CSV, plain or packed; a label is a side or an expression.

    Args:
        path: The file: a header, then a row per sample.
        columns: Which columns hold what.

    Raises:
        DataError: The file cannot be read, lacks a column, or holds no sample of one side.
    """
    chosen = columns or ValenceColumns()
    wanted = frozenset({chosen.label.lower()})
    with open_binary(path) as (raw, _), closing(csv_rows(raw, path.name, wanted=wanted)) as rows:
        header = [cell.strip() for cell in next(rows).cells]
        places = _Places.of(header, chosen, path.name)
        samples, bad_rows = _read(rows, places, path.name)
    kept = [sample for sample in samples if sample.side in (_POSITIVE, _NEGATIVE)]
    n_positive = sum(sample.side == _POSITIVE for sample in kept)
    if not 0 < n_positive < len(kept):
        raise DataError(
            f"{path.name}: expected positive and negative samples, got {n_positive:,} positive and "
            f"{len(kept) - n_positive:,} negative ones. {bad_rows[0] if bad_rows else ''}".rstrip()
        )
    return ValenceTable(
        np.array([sample.side == _POSITIVE for sample in kept]),
        np.array([sample.person for sample in kept]),
        tuple(header[place] for place in places.face),
        tuple(header[place] for place in places.body),
        np.array([sample.values for sample in kept]),
        n_left_out=len(samples) - len(kept),
        bad_rows=tuple(bad_rows),
    )


@dataclass(frozen=True, slots=True)
class _Places:
    """Positions of the columns in a row."""

    label: int
    person: int
    face: tuple[int, ...]
    body: tuple[int, ...]

    @classmethod
    def of(cls, header: Sequence[str], columns: ValenceColumns, name: str) -> "_Places":
        if len(header) > _MAX_COLUMNS:
            raise DataError(f"{name} has over {_MAX_COLUMNS:,} columns; use a part of it.")
        for wanted in (columns.label, columns.person):
            if wanted not in header:
                raise DataError(
                    f"{name}: expected a column {wanted}, got "
                    f"{', '.join(map(quoted_start, header[:5]))}. Name the columns of labels and "
                    "persons."
                )
        taken = {columns.label, columns.person}
        face = _matching(header, columns.face, taken)
        body = _matching(header, columns.body, taken | {header[place] for place in face})
        if not face and not body:
            patterns = ", ".join((*columns.face, *columns.body))
            raise DataError(f"{name}: expected columns of numbers like {patterns}, got none.")
        return cls(header.index(columns.label), header.index(columns.person), face, body)


def _matching(header: Sequence[str], patterns: Sequence[str], taken: set[str]) -> tuple[int, ...]:
    return tuple(
        place
        for place, column in enumerate(header)
        if column not in taken and any(fnmatchcase(column, pattern) for pattern in patterns)
    )


class _Sample(NamedTuple):
    """Side, person and numbers of one row; the side is None where there is none."""

    side: str | None
    person: str
    values: list[float]


def _read(
    rows: Iterator[CsvRow], places: _Places, name: str
) -> tuple[list[_Sample], list[BadRowError]]:
    """Return the samples, and an error for each row that is none."""
    samples, bad_rows = [], []
    for row in rows:
        try:
            samples.append(_sample_of(row.cells, places))
        except ValueError as error:
            bad_rows.append(BadRowError(name, row.line, str(error)))
    return samples, bad_rows


def _sample_of(cells: Sequence[str], places: _Places) -> _Sample:
    numbers = (*places.face, *places.body)
    n_needed = 1 + max(places.label, places.person, *numbers)
    if len(cells) < n_needed:
        raise ValueError(f"expected at least {n_needed:,} cells, got {len(cells):,}.")
    person = cells[places.person].strip()
    if not person:
        raise ValueError("expected the name or number of a person, got an empty cell.")
    return _Sample(_side_of(cells[places.label]), person, [_number(cells[i]) for i in numbers])


def _side_of(text: str) -> str | None:
    word = text.strip().lower()
    if word in VALENCES:
        return word
    if word not in LABEL_OF_SPELLING:
        raise ValueError(f"expected positive, negative or an expression, got {quoted_start(text)}.")
    return VALENCE_OF.get(LABEL_OF_SPELLING[word])


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"expected a number, got {quoted_start(text)}.")
    return value
