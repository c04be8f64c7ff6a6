"""Labelled images of any kind become an `ImageCollection`: `read_collection`, `load_collection`.

- A CSV with labels and pixels: FER2013's, or one with other classes, sizes, and colours.
- A folder with a list that names each file and its label: `labels.csv`, or the only CSV in it.
- Folders `<split>/<label>/*.jpg` or `<label>/*.jpg`, with any folders around them.

What is a folder here may be one on this machine, an upload of one, or a zip of one.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np

from fer_core.data.collection import ImageCollection
from fer_core.data.collection_notes import size_notes
from fer_core.data.collector import Collector
from fer_core.data.dataset import IMAGE_SIZE
from fer_core.data.face_size import at_size
from fer_core.data.file_cache import FileCache
from fer_core.data.image_files import (
    FolderFiles,
    NamedBuffer,
    UploadedFiles,
    ZippedFiles,
    open_zip,
)
from fer_core.data.labelled_files import read_image_files
from fer_core.data.labelled_table import OpenTable, read_table
from fer_core.data.packing import pack, unpack
from fer_core.data.streams import has_table, is_zip, open_binary
from fer_core.data.table_columns import PIXELS
from fer_core.errors import DataError
from fer_core.progress import OnProgress, ignore, within

Source = Path | BinaryIO | Sequence[NamedBuffer]

_KIND: Final = "images"
_READING: Final = 0.98  # share of the time; writing the cache takes the rest
_WANTED: Final = frozenset({PIXELS})  # of the table in a zip; other zips are folders


def read_collection(
    source: Source, *, side: int = IMAGE_SIZE, on_progress: OnProgress = ignore
) -> ImageCollection:
    """Return the labelled images of a source. What cannot be read is skipped and reported in it.

    Args:
        source: Path of a file or folder, an open binary file that can seek and has a name, or the
            files of a folder in memory.
        side: Pixels of the faces for the models.
        on_progress: Called with the share of the work that is done.

    Raises:
        DataError: The source is missing, damaged, too large or of another kind, or no image of it
            can be read.
    """
    collector = Collector(side=side)
    if isinstance(source, Path) and source.is_dir():
        collection = read_image_files(FolderFiles(source), collector, on_progress=on_progress)
    elif isinstance(source, Sequence):
        collection = read_image_files(UploadedFiles(source), collector, on_progress=on_progress)
    else:
        collection = _read_file(source, collector, on_progress)
    on_progress(1.0)
    return collection


def load_collection(
    path: Path, *, side: int = IMAGE_SIZE, on_progress: OnProgress = ignore
) -> ImageCollection:
    """Return what `read_collection` returns, for a CSV with pixels from its cache if it has one.

    A list of files is not cached: the files may change without the list. Nor are faces of another
    size than 48; where the images have 48 pixels, these are made from the cache.

    Raises:
        DataError: As `read_collection`.
    """
    cached = cached_collection(path)
    if cached is not None and side != IMAGE_SIZE:
        cached = _with_faces(cached, side)
    if cached is not None:
        on_progress(1.0)
        return cached
    if side != IMAGE_SIZE:
        return read_collection(path, side=side, on_progress=on_progress)
    collection = read_collection(path, on_progress=within(on_progress, 0.0, _READING))
    if path.is_file() and not collection.files:
        FileCache(path, _KIND).save(*pack(collection))
    on_progress(1.0)
    return collection


def _with_faces(collection: ImageCollection, side: int) -> ImageCollection | None:
    """Return a collection of 48x48 images with faces of another size; None for other images."""
    if (collection.sizes != IMAGE_SIZE).any():
        return None
    faces = collection.faces
    if faces is None:
        return collection
    is_face = np.isin(collection.rows, faces.rows)
    n_all = None if is_face.all() else int(is_face.sum())
    change = size_notes(collection.sizes[is_face], side, n_all=n_all)
    return replace(collection, faces=at_size(faces, side), notes=(*collection.notes, *change))


def cached_collection(path: Path) -> ImageCollection | None:
    """Return the images of a CSV from its cache; None if it has none. Arrays are read-only."""
    cached = FileCache(path, _KIND).load()
    if cached is None:
        return None
    with contextlib.suppress(DataError):  # another program's file: made anew
        return unpack(*cached)
    return None


def _read_file(
    source: Path | BinaryIO, collector: Collector, on_progress: OnProgress
) -> ImageCollection:
    name = Path(str(getattr(source, "name", "file"))).name
    with open_binary(source) as (raw, size):
        if is_zip(raw) and not has_table(raw, wanted=_WANTED):
            with open_zip(raw, name) as archive:
                files = ZippedFiles(archive, name)
                return read_image_files(files, collector, on_progress=on_progress)
        folder = FolderFiles(source.parent) if isinstance(source, Path) else None
        table = OpenTable(raw, size, name)
        return read_table(table, collector, name=name, files=folder, on_progress=on_progress)
