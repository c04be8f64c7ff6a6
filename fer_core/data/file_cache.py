"""What was computed from a large file, kept beside it, so that it is computed once: `FileCache`.

The form is an .npz file without pickles, beside the file or, where that cannot be written, in the
user's folder for such files. Only the owner may read it: faces are private. A cache that is
damaged, of another form, of another state of the file, or of another owner is not used.
"""

import contextlib
import hashlib
import io
import json
import logging
import os
import stat
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from fer_core.files import write_file

logger = logging.getLogger(__name__)

ENDING: Final = ".cue-cache.npz"  # also in .gitignore: faces do not belong in a repository
_FORMAT: Final = 1  # raise it with any change of what is stored, or of how it is computed
_HEADER: Final = "header"
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
            try:
                if place and place.is_file() and place.stat().st_uid == os.getuid():
                    return self._read(place)
            except _DAMAGE:
                logger.info("A cache of a data set does not fit and is made anew.")
        return None

    def _read(self, place: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        with place.open("rb") as file, np.load(file, allow_pickle=False) as stored:
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
                write_file(self._beside, packed.getbuffer(), is_private=True)
                return
        with contextlib.suppress(OSError):
            if self._in_home is None:
                return
            self._in_home.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_file(self._in_home, packed.getbuffer(), is_private=True)
            return
        logger.info("No place for the cache of a data set can be written to.")

    def _state(self) -> list[str | int]:
        """Return what differs for another file, for a changed one, and for another form."""
        status = self._path.stat()
        return [_FORMAT, os.fsencode(self._path).hex(), status.st_size, status.st_mtime_ns]


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
