"""Files that are written whole or not at all."""

import os
from pathlib import Path


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
