"""Files: their kind by their first bytes, writing them whole, and JSON as checked dataclasses."""

import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from pydantic import TypeAdapter, ValidationError

_T = TypeVar("_T")

# Brands of ISO/IEC 23008-12, annex B, with "mif1" and "msf1", which phones write for HEIC too.
_HEIF_BRANDS: Final = frozenset(b"heic heix heim heis hevc hevx hevm hevs mif1 msf1".split())
PHOTO_STARTS: Final = (
    (b"\xff\xd8\xff", "a JPEG file"),
    (b"\x89PNG", "a PNG file"),
    (b"GIF8", "a GIF file"),
    (b"II*\x00", "a TIFF file"),
    (b"MM\x00*", "a TIFF file"),
)
OTHER_STARTS: Final = (
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"8BPS", "a Photoshop file"),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000 file"),
    (b"\x00\x00\x00\x0cJXL ", "a JPEG XL file"),
    (b"\xff\x0a", "a JPEG XL file"),
    (b"\x1aE\xdf\xa3", "a video"),
    (b"OggS", "a video or sound"),
    (b"ID3", "a sound"),
)

TEXT_FILE: Final = "a text file"
UNKNOWN_FILE: Final = "a file of unknown kind"


def is_heif(data: bytes) -> bool:
    """Return whether a file starts as HEIC and its relatives do."""
    return _brand_of(data) in _HEIF_BRANDS


def file_kind(data: bytes) -> str:
    """Return a noun for a file's content, judged by its first bytes.

    Args:
        data: The first 1,024 bytes, or more.

    >>> file_kind(b"%PDF-1.7"), file_kind(b"Dear Ann"), file_kind(bytes(9))
    ('a PDF document', 'a text file', 'a file of unknown kind')
    """
    for start, noun in PHOTO_STARTS + OTHER_STARTS:
        if data.startswith(start):
            return noun
    if is_heif(data):
        return "a HEIC file"
    if brand := _brand_of(data):
        return "an AVIF file" if brand in (b"avif", b"avis") else "a video"
    if data.startswith(b"RIFF"):
        return "a WebP file" if data[8:12] == b"WEBP" else "a video or sound"
    head = data[:1024].lower()
    for word, noun in ((b"<svg", "an SVG drawing"), (b"<html", "a web page")):
        if word in head:
            return noun
    is_text = head.isascii() and b"\x00" not in head
    return TEXT_FILE if is_text else UNKNOWN_FILE


def _brand_of(data: bytes) -> bytes:
    """Return the four letters with which HEIC, AVIF and many videos name their kind, or none."""
    return data[8:12] if data[4:8] == b"ftyp" else b""


def write_file(path: Path, content: bytes | str) -> None:
    """Write a file so that a reader finds the old content or the new one, never a part.

    The content goes to a file beside `path`, is flushed to the disk and then moved over `path`. A
    kill or a full disk leaves the old file as it was, and an old file's permissions stay. A link is
    followed. What is not a regular file, such as `/dev/stdout` or a pipe, is written to directly.

    Args:
        path: The file; its folder exists.
        content: Bytes, or text that becomes UTF-8.

    Raises:
        OSError: The folder is missing or closed, or the disk is full.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    if path.exists() and not path.is_file():  # asked before a pipe's link is resolved to nowhere
        path.write_bytes(data)
        return
    target = path.resolve()
    # random, as two threads may write one file; short, as file systems limit the length of names
    unfinished = target.with_name(f".{secrets.token_hex(8)}.partial")
    try:
        with unfinished.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, unfinished)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def replacing_folder(folder: Path) -> Iterator[Path]:
    """Yield an empty folder of the same name, which takes the place of `folder` at the end.

    `folder` stays as it is until then, and is kept if the block raises. A kill leaves the old
    folder or the new one, whole. After a kill between the two renames the old one is not in its
    place: `recover_folder` puts it back.

    Args:
        folder: The folder to replace. It need not exist; its parent does.

    Raises:
        OSError: The parent is closed, or the disk is full.
    """
    recover_folder(folder)
    unfinished = _unfinished(folder)
    fresh = unfinished / "new" / folder.name
    fresh.mkdir(parents=True)
    try:
        yield fresh
        if folder.exists():
            folder.replace(unfinished / "old")
        fresh.replace(folder)
    finally:
        recover_folder(folder)


def recover_folder(folder: Path) -> None:
    """Put a folder back that a killed `replacing_folder` moved away, and remove what it left."""
    unfinished = _unfinished(folder)
    old = unfinished / "old"
    if old.exists() and not folder.exists():
        old.replace(folder)
    shutil.rmtree(unfinished, ignore_errors=True)


def _unfinished(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.unfinished")


def parse_json(text: str, kind: type[_T], *, renamed: Mapping[str, str] | None = None) -> _T:
    """Return the dataclass that a JSON object describes.

    Types are strict: `"48"` and `48.0` are not integers. Keys that the dataclass does not know are
    ignored, unless its `__pydantic_config__` forbids them.

    Args:
        text: The JSON.
        kind: A dataclass, whose fields may be dataclasses, tuples and dictionaries.
        renamed: New names of keys that older files spell otherwise.

    Raises:
        ValueError: The text is not JSON, holds NaN or Infinity, or does not fit the dataclass. The
            message is one sentence without a full stop.
    """
    from pydantic import ValidationError  # here, not above: `import fer_core` must stay quick

    names = renamed or {}

    def with_new_names(values: dict[str, Any]) -> dict[str, Any]:
        return {names.get(key, key): value for key, value in values.items()}

    try:
        values = json.loads(text, object_hook=with_new_names if names else None)
    except RecursionError as error:
        raise ValueError("expected JSON, got lists or objects nested too deeply") from error
    adapter = _adapter(kind)  # type: ignore[arg-type]  # mypy holds no class to be hashable
    try:
        checked: _T = adapter.validate_json(json.dumps(values, allow_nan=False), strict=True)
    except ValidationError as error:
        raise ValueError(_first_problem(error)) from error
    return checked


@cache
def _adapter(kind: type[_T]) -> "TypeAdapter[_T]":
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


def _first_problem(error: "ValidationError") -> str:
    """Return where the first problem is and what was expected: `"accuracy: field required"`."""
    first = error.errors(include_url=False)[0]
    message = first["msg"].removeprefix("Value error, ")
    where = ".".join(map(str, first["loc"]))
    return f"{where}: {message[0].lower()}{message[1:]}" if where else message
