"""Photos listed in a `labels.csv`: each with its label, if that is known, and the groups it is in.

The columns are `file`, `label`, and any further ones, which are groups: `age`, `race`, `camera`.
The file may come from anywhere, so nothing in it is trusted, least of all its paths.
"""

import csv
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Final

from fer_core.data.dataset import MAX_FACES
from fer_core.errors import BadRowError, DataError
from fer_core.labels import LABEL_OF_SPELLING, VOTE_LABELS

LABELS_FILE: Final = "labels.csv"
MAX_BYTES: Final = 100_000_000  # 500 characters for each of `MAX_FACES`
MAX_COLUMNS: Final = 32
_FILE: Final = "file"
_LABEL: Final = "label"
_DELIMITERS: Final = ",;\t"  # spreadsheets write the second one where a comma is the decimal point
_N_SHOWN: Final = 40  # characters of a cell in a message


@dataclass(frozen=True, slots=True)
class LabelledPhoto:
    """One photo of the list.

    Attributes:
        path: The file, which may be missing.
        label: One of `VOTE_LABELS`, None if it is not known.
        groups: The value by column; columns whose cell is empty are left out.
    """

    path: Path
    label: str | None
    groups: dict[str, str]


@dataclass(frozen=True, slots=True)
class LabelledPhotos:
    """The photos of a folder, at least one.

    Attributes:
        name: Name of the folder.
        photos: The photos in the order of the list.
        columns: Names of the columns beside `file` and `label`.
        repeats: One sentence for each row whose file is listed above it too.
    """

    name: str
    photos: tuple[LabelledPhoto, ...]
    columns: tuple[str, ...]
    repeats: tuple[str, ...] = ()


def read_labelled_photos(folder: Path) -> LabelledPhotos:
    """Return the photos that the `labels.csv` of a folder lists; no photo is opened.

    Commas, semicolons or tabs may separate the cells. Labels may be spelled as in other data sets,
    such as "happiness". A label that is none of `VOTE_LABELS` is refused. A file that is listed
    again counts once; a label or a group on which its rows differ is not known.

    Raises:
        BadRowError: A row lacks cells, names a file outside the folder, or has an unknown label.
        DataError: The file is missing, empty, too large, or not a CSV with a column `file`.
    """
    rows = _rows(_read_text(folder / LABELS_FILE))
    _, header = next(rows)
    columns = _columns(header)
    photos: dict[str, LabelledPhoto] = {}
    repeats = []
    for number, cells in rows:
        if len(cells) != len(header):
            raise BadRowError(
                LABELS_FILE, number, f"expected {len(header)} cells, got {len(cells)}."
            )
        values = {column: cells[index].strip() for column, index in columns.items()}
        file = _checked_file(values.pop(_FILE), number)
        label = _checked_label(values.pop(_LABEL, ""), number)
        groups = {column: " ".join(value.split()) for column, value in values.items() if value}
        photo = LabelledPhoto(folder / file, label, groups)
        if file in photos:
            repeats.append(_repeat(photos[file], photo, number))
            photo = _agreed(photos[file], photo)
        photos[file] = photo
        if len(photos) > MAX_FACES:
            raise DataError(f"{LABELS_FILE} lists over {MAX_FACES:,} photos; split the folder.")
    if not photos:
        raise DataError(f"{LABELS_FILE} has a header but no rows; expected a row per photo.")
    names = tuple(column for column in columns if column not in (_FILE, _LABEL))
    return LabelledPhotos(folder.resolve().name, tuple(photos.values()), names, tuple(repeats))


def _agreed(one: LabelledPhoto, other: LabelledPhoto) -> LabelledPhoto:
    """Return the photo with the label and the groups that both rows give it."""
    groups = dict(item for item in one.groups.items() if item in other.groups.items())
    return LabelledPhoto(one.path, one.label if one.label == other.label else None, groups)


def _repeat(one: LabelledPhoto, other: LabelledPhoto, number: int) -> str:
    differs = "" if _agreed(one, other) == one else ", without what its rows disagree on"
    name = one.path.name[:_N_SHOWN]
    return f"{LABELS_FILE}, line {number}: {name} is listed again; it counts once{differs}."


def _read_text(path: Path) -> str:
    advice = "Expected CSV text with a row per photo and the columns file and label."
    if not path.is_file():  # a pipe would never end
        raise DataError(f"Expected a file {path}, got none. {advice}")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DataError(f"{path} has over {MAX_BYTES // 1_000_000} MB. {advice}")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}. {advice}") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8 text. {advice}") from error
    if not text.strip():
        raise DataError(f"{path} is empty. {advice}")
    return text


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the header and the rows that are not blank, each with the line at which it starts."""
    first_line = text.lstrip().partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first_line.count)
    table = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in table:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = table.line_num + 1
    except csv.Error as error:
        raise BadRowError(
            LABELS_FILE, table.line_num, f"expected comma-separated text, but {error}."
        ) from error


def _columns(header: list[str]) -> dict[str, int]:
    """Return the position of each column that has a name."""
    positions: dict[str, int] = {}
    for index, cell in enumerate(header):
        name = " ".join(cell.split())
        name = name.lower() if name.lower() in (_FILE, _LABEL) else name
        if name in positions:
            raise DataError(f"{LABELS_FILE} has two columns {name[:_N_SHOWN]!r}; rename one.")
        if name:
            positions[name] = index
    if _FILE not in positions:
        shown = ", ".join(repr(cell.strip()[:_N_SHOWN]) for cell in header[:4])
        raise DataError(
            f"{LABELS_FILE}, line 1: expected a column file, and label if labels are known; the "
            f"header starts with {shown}."
        )
    if len(positions) > MAX_COLUMNS:
        raise DataError(
            f"{LABELS_FILE} has {len(positions)} columns, at most {MAX_COLUMNS}; leave some out."
        )
    return positions


def _checked_file(text: str, number: int) -> str:
    """Return a relative path without detours; refuse one that leaves the folder."""
    if not text or "\0" in text:
        raise BadRowError(LABELS_FILE, number, "expected the name of a file, got none.")
    windows, posix = PureWindowsPath(text), PurePosixPath(text)
    if windows.drive or windows.root or posix.is_absolute() or ".." in windows.parts:
        raise BadRowError(
            LABELS_FILE,
            number,
            f"expected a file in the folder of {LABELS_FILE}, got {text[:_N_SHOWN]!r}.",
        )
    return os.path.normpath(text)


def _checked_label(text: str, number: int) -> str | None:
    if not text:
        return None
    label = LABEL_OF_SPELLING.get(text.lower())
    if label is None:
        raise BadRowError(
            LABELS_FILE,
            number,
            f"expected a label of {', '.join(VOTE_LABELS)}, got {text[:_N_SHOWN]!r}; an empty cell "
            "means that the label is not known.",
        )
    return label
