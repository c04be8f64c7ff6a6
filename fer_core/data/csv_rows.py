"""The rows of a CSV file from outside, plain or in an archive; each bounded in length."""

import csv
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from itertools import chain
from typing import BinaryIO, Final

from fer_core.data.dataset import MAX_FACES
from fer_core.data.streams import DAMAGE, MAX_LINE_CHARS, text_lines
from fer_core.errors import BadRowError, DataError

_MAX_LINES_PER_ROW: Final = 64  # quoted fields may break lines; a stray quote would never end


def csv_rows(
    raw: BinaryIO, name: str, *, wanted: frozenset[str], delimiters: str = ","
) -> Generator[list[str], None, None]:
    """Yield the header, then each row that is not blank; an error names the row of the damage.

    Args:
        raw: Seekable stream at its start.
        name: Name of the file, for messages.
        wanted: Columns by which the table of a zip is known, in lower case.
        delimiters: The one that the first line holds most often separates the cells.

    Raises:
        BadRowError: A row is not comma-separated text.
        DataError: The file is of another kind, empty, damaged, cut off, or too large.
    """
    n_read = 0
    try:
        with closing(text_lines(raw, name=name, wanted=wanted)) as lines:
            for row in filter(None, _bounded_rows(lines, name, delimiters)):
                n_read += 1
                if n_read > MAX_FACES:
                    raise DataError(f"{name} has over {MAX_FACES:,} rows; FER2013 has 35,887.")
                yield row
    except DAMAGE as error:
        raise DataError(
            f"{name} is damaged or cut off after row {n_read}: the archive ends too early or does "
            "not match its checksum. Download it again."
        ) from error
    except csv.Error as error:
        raise BadRowError(
            name, n_read + 1, f"expected comma-separated text, but {error}."
        ) from error
    if n_read == 0:
        raise DataError(f"{name} holds no text; expected FER2013's CSV. Download it again.")


def _bounded_rows(lines: Iterable[str], name: str, delimiters: str) -> Iterator[list[str]]:
    """Yield the rows of a CSV; refuse one that would take up all memory before it ends."""
    csv.field_size_limit(MAX_LINE_CHARS)  # else 131,072: pixels of a large image are more
    n_lines = 0

    def limited_lines(first: str, others: Iterator[str]) -> Iterator[str]:
        nonlocal n_lines
        for line in chain((first,), others):
            n_lines += 1
            if n_lines > _MAX_LINES_PER_ROW:
                raise DataError(
                    f"{name} has a row of over {_MAX_LINES_PER_ROW} lines; expected FER2013's "
                    "CSV with one line per row. A quotation mark may be missing."
                )
            yield line

    remaining = iter(lines)
    first = next(remaining, "")
    delimiter = max(delimiters, key=first.count)
    for row in csv.reader(limited_lines(first, remaining), delimiter=delimiter):
        n_lines = 0
        yield row


def quoted_start(text: str) -> str:
    """Return the start of a cell for a message, in quotes: the cell may hold anything.

    >>> quoted_start("a" * 50)
    "'aaaaaaaaaaaaaaaaaaaa'"
    """
    return repr(text[:20])
