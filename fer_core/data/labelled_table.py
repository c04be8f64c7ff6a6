"""A CSV of labelled images, which holds their pixels or names their files: `read_table`."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from typing import BinaryIO, Final, NamedTuple

from fer_core.data.collection import ImageCollection
from fer_core.data.collector import Collector
from fer_core.data.csv_rows import CsvRow, csv_rows
from fer_core.data.image_files import ImageFiles, relative_name
from fer_core.data.pixel_text import PixelReader
from fer_core.data.table_columns import PIXELS, TableColumns, columns_of, find_columns
from fer_core.errors import BadRowError, DataError, ImageError
from fer_core.progress import OnProgress

_WANTED: Final = frozenset({PIXELS})
_DELIMITERS: Final = ",;\t"  # spreadsheets write the second one where a comma is the decimal point
_ROWS_PER_PROGRESS: Final = 256
_PHOTOS_PER_PROGRESS: Final = 16  # a large one takes 0.1 s


class OpenTable(NamedTuple):
    """A CSV, open at its start, plain or in an archive."""

    raw: BinaryIO
    size: int  # bytes, packed as they are
    name: str

    def rows(self) -> "closing[Generator[CsvRow, None, None]]":
        """Return the header, then the other rows: a context manager."""
        return closing(csv_rows(self.raw, self.name, wanted=_WANTED, delimiters=_DELIMITERS))


class _Listed(NamedTuple):
    """A row that names an image."""

    line: int
    file: str
    class_name: str
    split: str


def is_list(table: OpenTable) -> bool:
    """Return whether a table has labels and images."""
    try:
        with table.rows() as rows:
            return find_columns(next(rows).cells) is not None
    except DataError:
        return False


def read_table(
    table: OpenTable,
    collector: Collector,
    *,
    name: str,
    files: ImageFiles | None,
    on_progress: OnProgress,
) -> ImageCollection:
    """Return the images of a table; rows that cannot be read are reported in the result.

    Args:
        table: The table.
        collector: Takes the images.
        name: Name of the collection, for people.
        files: The files beside it, for a table that names files; None if none came with it.
        on_progress: Called with the share of the table that is read.

    Raises:
        DataError: The file is damaged, too large or of another kind, or no row can be read.
    """
    with table.rows() as rows:
        columns = columns_of(next(rows).cells, table.name)
        if columns.pixels is not None:
            n_rows = _read_pixels(table, rows, columns, collector, on_progress)
            return collector.collection(name, n_rows=n_rows, label_column=columns.label_name)
        if files is None:
            raise DataError(
                f"{table.name} names image files, which did not come with it. Give the folder "
                "that holds the table and the files."
            )
        listed = _listed(table, rows, columns, collector)
    for row, entry in enumerate(listed):
        try:
            frame_bgr = files.read_frame(entry.file)
            collector.add(frame_bgr, entry.class_name, split=entry.split, row=row)
        except ImageError as error:
            collector.skip(str(BadRowError(table.name, entry.line, str(error))))
        if row % _PHOTOS_PER_PROGRESS == 0:
            on_progress(row / len(listed))
    return collector.collection(
        name, files=[entry.file for entry in listed], label_column=columns.label_name
    )


def _read_pixels(
    table: OpenTable,
    rows: Iterator[CsvRow],
    columns: TableColumns,
    collector: Collector,
    on_progress: OnProgress,
) -> int:
    """Read all rows, and return their number."""
    n_rows = 0
    reader = PixelReader()
    for row, ((line, cells), is_last) in enumerate(_with_end(rows)):
        n_rows = row + 1
        try:
            class_name, split = _class_and_split(cells, columns)
            image = reader.image(cells[columns.pixels or 0], is_last=is_last)
            collector.add(image, class_name, split=split, row=row)
        except ValueError as error:
            collector.skip(str(BadRowError(table.name, line, str(error))))
        if row % _ROWS_PER_PROGRESS == 0:
            on_progress(min(table.raw.tell() / table.size, 1.0))
    if not n_rows:
        raise DataError(f"{table.name} has a header but no rows; expected a row per image.")
    return n_rows


def _with_end(rows: Iterator[CsvRow]) -> Iterator[tuple[CsvRow, bool]]:
    """Yield each row, and whether it is the last one."""
    before = next(rows, None)
    for row in rows:
        if before is not None:
            yield before, False
        before = row
    if before is not None:
        yield before, True


def _listed(
    table: OpenTable, rows: Iterator[CsvRow], columns: TableColumns, collector: Collector
) -> list[_Listed]:
    """Return the rows that name an image; a file that is named again counts once."""
    listed: dict[str, _Listed] = {}
    for line, cells in rows:
        try:
            class_name, split = _class_and_split(cells, columns)
            file = relative_name(cells[columns.file or 0])
            if file in listed:
                reason = f"{file[:40]!r} is listed again; it counts once."
                collector.skip(str(BadRowError(table.name, line, reason)))
            else:
                listed[file] = _Listed(line, file, class_name, split)
        except ValueError as error:
            collector.skip(str(BadRowError(table.name, line, str(error))))
    if not listed and not collector.n_problems:
        raise DataError(f"{table.name} has a header but no rows; expected a row per image.")
    return list(listed.values())


def _class_and_split(cells: Sequence[str], columns: TableColumns) -> tuple[str, str]:
    if len(cells) < columns.n_needed:
        raise ValueError(
            f"expected {columns.n_needed} columns, got {len(cells)}; the file may be cut off here."
        )
    return columns.class_of(cells), columns.split_of(cells)
