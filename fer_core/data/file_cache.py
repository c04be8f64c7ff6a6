"""What was computed from a large file, kept beside it, so that it is computed once: `FileCache`.

The form is an .npz file without pickles, beside the file or, where that cannot be written, in the
user's folder for such files. Only the owner may read it: faces are private. A cache that is
damaged, of another form, of another state of the file, or of another owner is not used.

Others may write to a shared folder. So a cache is opened only if it is a regular file of this user
or of root, never through a link, and it is written to a new file that takes its place.
"""

import contextlib
import hashlib
import io
import json
import logging
import os
import secrets
import stat
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np

logger = logging.getLogger(__name__)

ENDING: Final = ".cue-cache.npz"  # also in .gitignore: faces do not belong in a repository
_FORMAT: Final = 2  # raise it with any change of what is stored, or of how it is computed
_HEADER: Final = "header"
_ROOT_UID: Final = 0
_DAMAGE: Final = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
)


class FileCache:
    """The cache of one kind of result of one file."""

    def __init__(self, path: Path, kind: str) -> None:
        """Name the cache; nothing is read or written yet.

        Args:
            path: The file whose results are kept.
            kind: What is kept, a word of letters.
        """
        self._path = path.resolve()
        self._kind = kind
        user = _user_folder()
        digest = hashlib.sha256(os.fsencode(self._path)).hexdigest()[:32]
        self._beside = self._path.with_name(f".{self._path.name}.{kind}{ENDING}")
        self._in_home = user / "cue" / f"{digest}.{kind}{ENDING}" if user else None

    def load(self) -> tuple[dict[str, Any], dict[str, np.ndarray]] | None:
        """Return what `save` was given; None if there is no cache that fits the file."""
        for place in (self._beside, self._in_home):
            if place is None or not os.path.lexists(place):
                continue
            try:
                return self._read(place)
            except _DAMAGE:
                logger.info("A cache of a data set does not fit and is made anew.")
        return None

    def _read(self, place: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        with _open_own(place) as file, np.load(file, allow_pickle=False) as stored:
            state, header = json.loads(stored[_HEADER].tobytes())
            if state != self._state():
                raise ValueError("another state")
            return header, {name: stored[name] for name in stored.files if name != _HEADER}

    def save(self, header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
        """Keep a JSON object and arrays; where no place can be written to, nothing happens."""
        try:
            text = json.dumps([self._state(), header]).encode()
        except OSError:  # the file is gone
            return
        packed = io.BytesIO()
        columns = {_HEADER: np.frombuffer(text, dtype=np.uint8), **arrays}
        np.savez(packed, allow_pickle=False, **columns)
        with contextlib.suppress(OSError):
            if _may_write(self._beside.parent):
                _replace(self._beside, packed.getbuffer())
                return
        with contextlib.suppress(OSError):
            if self._in_home is None:
                return
            self._in_home.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _check_owner(self._in_home.parent.lstat(), stat.S_ISDIR)
            _replace(self._in_home, packed.getbuffer())
            return
        logger.info("No place for the cache of a data set can be written to.")

    def _state(self) -> list[str | int]:
        """Return what differs for another file, for a changed one, and for another form."""
        status = self._path.stat()
        return [_FORMAT, os.fsencode(self._path).hex(), status.st_size, status.st_mtime_ns]


def _open_own(place: Path) -> BinaryIO:
    """Open a regular file of this user or of root.

    Raises:
        OSError: It is missing, a link, of another kind, or of another owner.
    """
    # a FIFO would make us wait for its writer if it were not for O_NONBLOCK
    descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        _check_owner(os.fstat(descriptor), stat.S_ISREG)
    except OSError:
        os.close(descriptor)
        raise
    return os.fdopen(descriptor, "rb")


def _check_owner(status: os.stat_result, is_wanted: Callable[[int], bool]) -> None:
    if not is_wanted(status.st_mode) or status.st_uid not in (os.getuid(), _ROOT_UID):
        raise PermissionError("a file of another kind, or of another owner")


def _replace(place: Path, content: memoryview) -> None:
    """Write a new file for its owner alone and move it over `place`, whatever lies there.

    Raises:
        OSError: The folder is closed, the disk is full, or `place` is a folder.
    """
    unfinished = place.with_name(f".{secrets.token_hex(8)}.partial")
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        with os.fdopen(os.open(unfinished, flags, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(place)  # replaces a link, not what it leads to
    finally:
        unfinished.unlink(missing_ok=True)


def _user_folder() -> Path | None:
    """Return the user's folder for caches; None for a user without a home."""
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if base.is_absolute():
        return base
    try:
        return Path.home() / ".cache"
    except RuntimeError:
        return None


def _may_write(folder: Path) -> bool:
    """Return whether a folder may be written to; one marked read-only may not, not even by root."""
    is_marked = not folder.stat().st_mode & stat.S_IWUSR
    return not is_marked and os.access(folder, os.W_OK)
