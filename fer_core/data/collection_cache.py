"""Collections of CSV files in a compact form, so that 300 MB of text are parsed once.

The form is an .npz file without pickles, beside the CSV or, where that cannot be written, in the
user's folder for such files. A cache that is damaged, of another form, of another state of the CSV,
or of another owner is made anew. Uploads are not cached, nor are lists of files: the files may
change without the list.
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
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np

from fer_core.data.collection import ImageCollection
from fer_core.data.collection_reader import read_collection
from fer_core.data.packing import pack, unpack
from fer_core.errors import DataError
from fer_core.files import write_file
from fer_core.progress import OnProgress, ignore, within

logger = logging.getLogger(__name__)

ENDING: Final = ".cue-cache.npz"  # also in .gitignore: faces do not belong in a repository
_FORMAT: Final = 1
_HEADER: Final = "header"
_READING: Final = 0.98  # share of the time; packing takes the rest
_DAMAGE: Final = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
)


def load_collection(path: Path, *, on_progress: OnProgress = ignore) -> ImageCollection:
    """Return the images of a file or folder as `read_collection` does, of a CSV from its cache.

    Arrays from a cache cannot be written to.

    Args:
        path: The file or folder.
        on_progress: Called with the share of the work that is done.

    Raises:
        DataError: As `read_collection`.
    """
    cached = cached_collection(path)
    if cached is not None:
        on_progress(1.0)
        return cached
    collection = read_collection(path, on_progress=within(on_progress, 0.0, _READING))
    if path.is_file() and not collection.files:
        _save(path, collection)
    on_progress(1.0)
    return collection


def cached_collection(path: Path) -> ImageCollection | None:
    """Return the images of a CSV from its cache; None if there is none that fits."""
    with contextlib.suppress(OSError):
        state = _state(path)
        for cache in _places(path):
            if (collection := _load(cache, state)) is not None:
                return collection
    return None


def _places(path: Path) -> Iterator[Path]:
    """Yield where the cache of a file may be, the first choice first."""
    path = path.resolve()
    yield path.with_name(f".{path.name}{ENDING}")
    base = os.environ.get("XDG_CACHE_HOME")
    user = Path(base) if base and Path(base).is_absolute() else Path.home() / ".cache"
    digest = hashlib.sha256(os.fsencode(path)).hexdigest()[:32]
    yield user / "cue" / f"{digest}{ENDING}"


def _state(path: Path) -> dict[str, Any]:
    """Return what differs for another file, for a changed one, and for another form of cache."""
    status = path.resolve().stat()
    return {
        "format": _FORMAT,
        "path": os.fsencode(path.resolve()).hex(),
        "size": status.st_size,
        "mtime_ns": status.st_mtime_ns,
    }


def _load(cache: Path, state: dict[str, Any]) -> ImageCollection | None:
    try:
        if not cache.is_file() or cache.stat().st_uid != os.getuid():
            return None
        with cache.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            header = json.loads(stored[_HEADER].tobytes())
            if header["state"] != state:
                return None
            arrays = {name: stored[name] for name in stored.files if name != _HEADER}
        return unpack(header["collection"], arrays)
    except (*_DAMAGE, DataError):
        logger.info("A damaged cache of a data set is made anew.")
        return None


def _save(path: Path, collection: ImageCollection) -> None:
    """Write the cache to the first place that can be written to, if there is one."""
    try:
        header, arrays = pack(collection)
        text = json.dumps({"state": _state(path), "collection": header}).encode()
        packed = io.BytesIO()
        columns = {_HEADER: np.frombuffer(text, dtype=np.uint8), **arrays}
        np.savez(packed, allow_pickle=False, **columns)
        beside, user = _places(path)
    except OSError:
        return
    with contextlib.suppress(OSError):
        if _may_write(beside.parent):
            write_file(beside, packed.getbuffer(), is_private=True)
            return
    with contextlib.suppress(OSError):
        user.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_file(user, packed.getbuffer(), is_private=True)
        return
    logger.info("No place for the cache of a data set can be written to.")


def _may_write(folder: Path) -> bool:
    """Return whether a folder may be written to; one marked read-only may not, not even by root."""
    is_marked = not folder.stat().st_mode & stat.S_IWUSR
    return not is_marked and os.access(folder, os.W_OK)
