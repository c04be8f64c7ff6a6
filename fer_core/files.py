"""Files and folders written whole or not at all, and JSON files as checked dataclasses."""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from pydantic import TypeAdapter, ValidationError

_T = TypeVar("_T")


def write_file(path: Path, content: bytes | str) -> None:
    """Write a file so that a reader finds the old content or the new one, never a part.

    The content goes to a file beside `path`, is flushed to the disk and then moved over `path`. A
    kill or a full disk leaves the old file as it was. A link is followed. What is no regular file,
    such as `/dev/null`, is written to directly.

    Args:
        path: The file; its folder exists.
        content: Bytes, or text that becomes UTF-8.

    Raises:
        OSError: The folder is missing or closed, or the disk is full.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    target = path.resolve()
    if target.exists() and not target.is_file():
        target.write_bytes(data)
        return
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        with unfinished.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def replacing_folder(folder: Path) -> Iterator[Path]:
    """Yield an empty folder of the same name, which takes the place of `folder` at the end.

    `folder` stays as it is until then, and for good if the block raises. A kill leaves the old
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

    Types are strict: `"48"` and `48.0` are no integers. Keys that the dataclass does not know are
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

    values = json.loads(text, object_hook=with_new_names if names else None)
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
