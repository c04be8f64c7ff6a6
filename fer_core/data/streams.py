"""Data files as lines of text: plain, gzip, xz or zip, told apart by their first bytes."""

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

MAX_LINE_CHARS: Final = 1 << 20
"""A FER2013 row has under 10,000; a file without line ends stops here."""

DAMAGE: Final = (EOFError, OSError, lzma.LZMAError, zlib.error, zipfile.BadZipFile)

_ZIP_STARTS: Final = (b"PK\x03\x04", b"PK\x05\x06")  # with files in it, without
_OTHER_KINDS: Final = {
    b"%PDF": "a PDF",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"BZh": "a bzip2 archive",
    b"\x28\xb5\x2f\xfd": "a Zstandard archive",
}


@contextlib.contextmanager
def open_binary(source: Path | BinaryIO) -> Iterator[tuple[BinaryIO, int]]:
    """Yield the raw stream of a path or of an already open file, and its size in bytes.

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
        raise DataError(f"Expected a data file at {source}, but {error.strerror}.") from error
    with stream:
        yield stream, _checked_size(source.stat().st_size, source.name)


def _checked_size(size: int, name: str) -> int:
    if size == 0:
        raise DataError(f"{name} is empty (0 bytes); expected FER2013's CSV. Download it again.")
    return size


def text_lines(raw: BinaryIO, *, name: str, wanted: frozenset[str]) -> Generator[str, None, None]:
    """Yield the lines of a CSV file, unpacked as its first bytes ask for.

    Args:
        raw: Seekable stream at its start.
        name: The file's name, for messages.
        wanted: Column names, lower case; of several files in a zip, the one that has them is read.

    Close the generator before the stream.

    Raises:
        DataError: The file is of another kind, or a zip without such a table.
        EOFError, OSError, lzma.LZMAError, zlib.error, zipfile.BadZipFile: The archive is damaged
            or cut off (`DAMAGE`); the caller knows the row.
    """
    magic = raw.read(6)
    raw.seek(0)
    for start, kind in _OTHER_KINDS.items():
        if magic.startswith(start):
            raise DataError(
                f"{name} is {kind}; expected FER2013's CSV, plain or as .gz, .xz or .zip."
            )
    if magic.startswith(b"\x1f\x8b"):
        with gzip.GzipFile(fileobj=raw) as gzipped:
            yield from _decoded(gzipped, name)
    elif magic == b"\xfd7zXZ\x00":
        with lzma.LZMAFile(raw) as xz:
            yield from _decoded(xz, name)
    elif magic.startswith(_ZIP_STARTS):
        with (
            zipfile.ZipFile(raw) as archive,
            archive.open(_table_member(archive, name=name, wanted=wanted)) as member,
        ):
            yield from _decoded(member, name)
    else:
        yield from _decoded(raw, name)


def _decoded(binary: IO[bytes] | gzip.GzipFile | lzma.LZMAFile, name: str) -> Iterator[str]:
    # errors="replace": a strange byte then fails as text in its own row, with that row's number
    text = io.TextIOWrapper(binary, encoding="utf-8-sig", errors="replace", newline="")
    try:
        while line := text.readline(MAX_LINE_CHARS):
            if len(line) == MAX_LINE_CHARS:
                raise DataError(
                    f"{name} has a line of over {MAX_LINE_CHARS:,} characters; expected FER2013's "
                    "CSV, where a row has under 10,000."
                )
            yield line
    finally:
        text.detach()  # the caller owns the stream


def _table_member(archive: zipfile.ZipFile, *, name: str, wanted: frozenset[str]) -> str:
    for entry in archive.namelist():
        if entry.lower().endswith(".csv") and wanted <= _header(archive, entry, name=name):
            return entry
    found = ", ".join(archive.namelist()[:3]) or "nothing"
    raise DataError(
        f"{name} holds no CSV with the columns {' and '.join(sorted(wanted))}; it holds {found}. "
        "Use the archive that holds fer2013.csv."
    )


def _header(archive: zipfile.ZipFile, entry: str, *, name: str) -> set[str]:
    try:
        with archive.open(entry) as member:
            line = member.readline(4096).decode("utf-8-sig", errors="replace")
    except RuntimeError as error:  # encrypted, or packed in a way Python does not know
        raise DataError(
            f"{name} cannot be unpacked ({error}); unpack it yourself and use {entry}."
        ) from error
    return {column.strip(' "\r\n').lower() for column in line.split(",")}
