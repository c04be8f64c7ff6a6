"""Data files as lines of text: plain, gzip, xz or zip, recognized by their first bytes.

The bytes may come from a visitor, so everything has a limit: a small archive can unpack to more
text than any disk or memory holds.
"""

import contextlib
import gzip
import io
import lzma
import os
import zipfile
import zlib
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import IO, BinaryIO, Final

from fer_core.errors import DataError
from fer_core.files import TEXT_FILE, UNKNOWN_FILE, file_kind

MAX_LINE_CHARS: Final = 1 << 20  # a FER2013 row has under 10,000
MAX_LINES: Final = 500_000  # 2.5 times `MAX_FACES`
MAX_CHARS: Final = (
    2_000_000_000  # that many rows at FER2013's length; the real file has 300 million
)

DAMAGE: Final = (EOFError, OSError, lzma.LZMAError, zlib.error, zipfile.BadZipFile)
"""What reading a damaged or cut-off archive raises."""

_N_NAME_CHARS: Final = 60  # of a name in an archive, in messages
_ZIP_STARTS: Final = (b"PK\x03\x04", b"PK\x05\x06")  # with files in it, without
_HEAD_BYTES: Final = 1_024  # what `file_kind` asks for


@contextlib.contextmanager
def open_binary(source: Path | BinaryIO) -> Iterator[tuple[BinaryIO, int]]:
    """Yield the raw stream of a path or of an open file, and its size in bytes.

    Raises:
        DataError: The file cannot be opened, or is empty.
    """
    if not isinstance(source, Path):
        size = source.seek(0, os.SEEK_END)
        source.seek(0)
        yield source, _checked_size(size, getattr(source, "name", "the file"))
        return
    try:
        stream = source.open("rb")
    except OSError as error:
        raise DataError(
            f"Expected a data file at {source}, but it cannot be opened: {error.strerror}. "
            "Check the path and its permissions."
        ) from error
    with stream:
        yield stream, _checked_size(source.stat().st_size, source.name)


def is_zip(raw: BinaryIO) -> bool:
    """Return whether a stream, which is at its start, is a zip; it is there again afterwards."""
    head = raw.read(len(_ZIP_STARTS[0]))
    raw.seek(0)
    return head in _ZIP_STARTS


def has_table(raw: BinaryIO, *, wanted: frozenset[str]) -> bool:
    """Return whether a zip holds a CSV file with the columns wanted; False if it is damaged."""
    try:
        with _zip_member(raw, name="", wanted=wanted):
            return True
    except (DataError, *DAMAGE):
        return False
    finally:
        raw.seek(0)


def _checked_size(size: int, name: str) -> int:
    if size == 0:
        raise DataError(f"{name} is empty (0 bytes); expected labelled images, as a CSV or a zip.")
    return size


def text_lines(raw: BinaryIO, *, name: str, wanted: frozenset[str]) -> Generator[str, None, None]:
    """Yield the lines of a CSV file, unpacked as its first bytes require.

    Close the generator before the stream.

    Args:
        raw: Seekable stream at its start.
        name: The file's name, for messages.
        wanted: Column names in lower case. A zip may hold several files; the first one with these
            columns is read.

    Raises:
        DataError: The file is of another kind, is a zip without such a table, or holds more than
            `MAX_LINES` or `MAX_CHARS`, or a line of over `MAX_LINE_CHARS`.
        EOFError, OSError, lzma.LZMAError, zlib.error, zipfile.BadZipFile: The archive is damaged
            or cut off (`DAMAGE`); the caller knows the row.
    """
    head = raw.read(_HEAD_BYTES)
    raw.seek(0)
    if head.startswith(b"\x1f\x8b"):
        with gzip.GzipFile(fileobj=raw) as gzipped:
            yield from _decoded(gzipped, name)
    elif head.startswith(b"\xfd7zXZ\x00"):
        with lzma.LZMAFile(raw) as xz:
            yield from _decoded(xz, name)
    elif head.startswith(_ZIP_STARTS):
        with _zip_member(raw, name=name, wanted=wanted) as member:
            yield from _decoded(member, name)
    else:
        _check_is_text(head, name)
        yield from _decoded(raw, name)


def _check_is_text(head: bytes, name: str) -> None:
    kind = file_kind(head)
    if kind not in (TEXT_FILE, UNKNOWN_FILE):
        raise DataError(f"{name} is {kind}; expected FER2013's CSV, plain or as .gz, .xz or .zip.")


@contextlib.contextmanager
def _zip_member(
    raw: BinaryIO, *, name: str, wanted: frozenset[str]
) -> Generator[IO[bytes], None, None]:
    """Yield the table of a zip as an open file; a hostile archive is a `BadZipFile`."""
    try:
        with (
            zipfile.ZipFile(raw) as archive,
            archive.open(_table_name(archive, name=name, wanted=wanted)) as member,
        ):
            yield member
    except (ValueError, RuntimeError) as error:  # impossible names, offsets and versions
        raise zipfile.BadZipFile(str(error)) from error


def _decoded(binary: IO[bytes] | gzip.GzipFile | lzma.LZMAFile, name: str) -> Iterator[str]:
    # errors="replace": a strange byte then fails as text in its row, with that row's number
    text = io.TextIOWrapper(binary, encoding="utf-8-sig", errors="replace", newline="")
    n_lines = n_chars = 0
    try:
        while line := text.readline(MAX_LINE_CHARS):
            n_lines, n_chars = n_lines + 1, n_chars + len(line)
            if len(line) == MAX_LINE_CHARS:
                raise DataError(
                    f"{name} has a line of over {MAX_LINE_CHARS:,} characters; a row of "
                    "FER2013 has under 10,000. Use smaller images or image files."
                )
            if n_lines > MAX_LINES or n_chars > MAX_CHARS:
                raise DataError(
                    f"{name} holds over {MAX_LINES:,} lines or {MAX_CHARS:,} characters; "
                    "FER2013 has 35,888 lines. Use a part of it."
                )
            yield line
    finally:
        text.detach()  # the caller owns the stream


def _table_name(archive: zipfile.ZipFile, *, name: str, wanted: frozenset[str]) -> str:
    """Return the name of the first CSV file in a zip that has the columns wanted."""
    for entry in archive.namelist():
        if entry.lower().endswith(".csv") and wanted <= _header(archive, entry, name=name):
            return entry
    found = ", ".join(_shown(entry) for entry in archive.namelist()[:3]) or "nothing"
    raise DataError(
        f"{name} holds no CSV file with the columns {' and '.join(sorted(wanted))}; it holds "
        f"{found}. Use the archive that holds fer2013.csv."
    )


def _header(archive: zipfile.ZipFile, entry: str, *, name: str) -> set[str]:
    try:
        with archive.open(entry) as member:
            line = member.readline(4096).decode("utf-8-sig", errors="replace")
    except RuntimeError as error:  # encrypted, or a compression that Python does not know
        raise DataError(
            f"{name} cannot be unpacked. Unpack it with another program and use {_shown(entry)}."
        ) from error
    return {column.strip(' "\r\n').lower() for column in line.split(",")}


def _shown(entry: str) -> str:
    return repr(entry[:_N_NAME_CHARS])  # repr: the name may hold control characters
