"""Image files whose label is in a list beside them, or in the name of their folder."""

import os
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Final

from fer_core.data.classes import class_name, split_spelling
from fer_core.data.collection import ImageCollection
from fer_core.data.collector import Collector
from fer_core.data.dataset import SPLITS
from fer_core.data.image_files import ImageFiles, NestedFiles, is_image
from fer_core.data.labelled_photos import LABELS_FILE
from fer_core.data.labelled_table import OpenTable, is_list, read_table
from fer_core.errors import DataError, ImageError
from fer_core.progress import OnProgress

_FILES_PER_PROGRESS: Final = 16  # a large photo takes 0.1 s


def read_image_files(
    files: ImageFiles, collector: Collector, *, on_progress: OnProgress
) -> ImageCollection:
    """Return the labelled images among files: those of a list, else those in folders by label.

    Raises:
        DataError: There is neither, or no image can be read.
    """
    names = files.names()
    list_name = _list_name(files, names)
    if list_name is None:
        return _read_folders(files, names, collector, on_progress)
    folder = str(PurePosixPath(list_name).parent)
    with files.open(list_name) as raw:
        size = raw.seek(0, os.SEEK_END)
        raw.seek(0)
        beside = files if folder == "." else NestedFiles(files, folder)
        table = OpenTable(raw, size, list_name)
        return read_table(table, collector, name=files.name, files=beside, on_progress=on_progress)


def _list_name(files: ImageFiles, names: Sequence[str]) -> str | None:
    """Return the CSV that lists the images: `labels.csv`, else the only CSV if it is a list."""
    tables = [name for name in names if name.lower().endswith(".csv")]
    named = [name for name in tables if PurePosixPath(name).name.lower() == LABELS_FILE]
    if named:
        return min(named, key=lambda name: name.count("/"))
    if len(tables) != 1:
        return None
    with files.open(tables[0]) as raw:
        return tables[0] if is_list(OpenTable(raw, 0, tables[0])) else None


def _read_folders(
    files: ImageFiles, names: Sequence[str], collector: Collector, on_progress: OnProgress
) -> ImageCollection:
    placed = []
    for name in filter(is_image, names):
        place = _place(name)
        if place is None:
            collector.skip(f"{name}: expected it in a folder named after its label.")
        else:
            placed.append((name, *place))
    if not placed:
        if not names:
            raise DataError(f"{files.name} is empty; expected a folder per label with its images.")
        raise DataError(
            f"{files.name} holds no train/<label>/*.jpg, <label>/*.png or {LABELS_FILE}; expected "
            "a folder per label with its images, or a list of them."
        )
    for row, (name, label, split) in enumerate(placed):
        try:
            collector.add(files.read_frame(name), label, split=split, row=row)
        except ImageError as error:
            collector.skip(str(error))
        if row % _FILES_PER_PROGRESS == 0:
            on_progress(row / len(placed))
    return collector.collection(files.name, files=[name for name, *_ in placed])


def _place(name: str) -> tuple[str, str] | None:
    """Return class and split of an image by its folders; None if it is in none.

    A folder in the folder of a split is a class. Without a split, the innermost folder is.
    """
    folders = PurePosixPath(name).parts[:-1]
    for index, folder in enumerate(folders[:-1]):
        if split := split_spelling(folder):
            return class_name(folders[index + 1]), split
    return (class_name(folders[-1]), SPLITS[0]) if folders else None
