"""FER2013 as folders of images: `train/<label>/*.jpg|png` and `test/<label>/...`."""

from pathlib import Path
from typing import Final

import cv2
import numpy as np

from fer_core.data.dataset import (
    IMAGE_SIZE,
    MAX_FACES,
    NO_ROW,
    SPLITS,
    FaceDataset,
    LabelledFaces,
    Split,
)
from fer_core.data.fer2013 import read_fer2013
from fer_core.errors import BadRowError, DataError, ImageError
from fer_core.frames import to_gray
from fer_core.image import read_image
from fer_core.labels import FER2013_LABELS, LABEL_OF_SPELLING
from fer_core.progress import OnProgress, ignore

_SPLIT_OF_FOLDER: Final[dict[str, Split]] = {
    "train": "Training",
    "test": "PublicTest",
    "PublicTest": "PublicTest",
    "PrivateTest": "PrivateTest",
}
_LABEL_OF_FOLDER: Final = {
    spelling: label for spelling, label in LABEL_OF_SPELLING.items() if label in FER2013_LABELS
}
_ENDINGS: Final = {".jpg", ".jpeg", ".png"}
_FILES_PER_PROGRESS: Final = 256


def read_folder(
    folder: Path, *, skip_bad_rows: bool = False, on_progress: OnProgress = ignore
) -> LabelledFaces:
    """Return the faces of the folder layout; `test` becomes PublicTest.

    Image files carry no row numbers (`NO_ROW`), so FER+ cannot be joined to them. Images of another
    size are scaled to 48x48.

    Args:
        folder: Holds `train` and, in most copies, `test`.
        skip_bad_rows: Skip images that cannot be read, and report them in the result.
        on_progress: Called with the share of the images that are read.

    Raises:
        BadRowError: An image cannot be read (the first one), unless `skip_bad_rows`.
        DataError: The folder has another layout, cannot be listed, or holds no image that can be
            read.
    """
    files = _labelled_files(folder)
    pixels, kept, bad_rows = [], [], []
    for position, (path, label_id, split_id) in enumerate(files):
        try:
            pixels.append(_read_face(path))
            kept.append((label_id, split_id, NO_ROW))
        except ImageError as error:
            reason = str(error).removeprefix(str(path)).lstrip(": ")
            bad = BadRowError(str(path.relative_to(folder)), None, reason)
            if not skip_bad_rows:
                raise bad from error
            bad_rows.append(bad)
        if position % _FILES_PER_PROGRESS == 0:
            on_progress(position / len(files))
    on_progress(1.0)
    if not pixels:
        raise bad_rows[0]
    label_ids, split_ids, rows = zip(*kept, strict=True)
    dataset = FaceDataset.from_rows(pixels, label_ids, split_ids=split_ids, rows=rows)
    return LabelledFaces(dataset, tuple(bad_rows))


def _labelled_files(folder: Path) -> list[tuple[Path, int, int]]:
    """Return path, label and split of every image, in a fixed order."""
    files = []
    for split_name, split in _SPLIT_OF_FOLDER.items():
        for label_folder in _entries(folder / split_name):
            if label_folder.is_dir():
                ids = FER2013_LABELS.index(_label(label_folder)), SPLITS.index(split)
                images = (file for file in _entries(label_folder) if _is_image(file))
                files += [(image, *ids) for image in images]
    if not files:
        raise DataError(
            f"{folder.name} holds no train/<label>/*.jpg or *.png; expected FER2013's folders "
            "train and test, each with one folder per label."
        )
    if len(files) > MAX_FACES:
        raise DataError(f"{folder.name} holds over {MAX_FACES:,} images; FER2013 has 35,887.")
    return files


def _entries(folder: Path) -> list[Path]:
    """Return the entries of a folder, sorted and without hidden ones; none for a missing folder."""
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise DataError(
            f"Expected a folder at {folder}, but it cannot be listed: {error.strerror}."
        ) from error


def _is_image(path: Path) -> bool:
    return path.suffix.lower() in _ENDINGS


def _label(folder: Path) -> str:
    label = _LABEL_OF_FOLDER.get(folder.name.lower())
    if label is None:
        raise DataError(
            f"{folder.parent.name}/{folder.name}: expected folders named "
            f"{', '.join(FER2013_LABELS)}. Rename or remove this one."
        )
    return label


def _read_face(path: Path) -> np.ndarray:
    """Return the `(2304,)` uint8 pixels of one image."""
    gray = to_gray(read_image(path))
    if gray.shape != (IMAGE_SIZE, IMAGE_SIZE):
        gray = cv2.resize(gray, (IMAGE_SIZE, IMAGE_SIZE), interpolation=cv2.INTER_AREA)
    return gray.ravel()


def read_dataset(
    path: Path, *, skip_bad_rows: bool = False, on_progress: OnProgress = ignore
) -> LabelledFaces:
    """Return the faces of a path: of image folders, or of FER2013's CSV if it is not a folder.

    Raises:
        BadRowError, DataError: As `read_folder` and `fer2013.read_fer2013`.
    """
    read = read_folder if path.is_dir() else read_fer2013
    return read(path, skip_bad_rows=skip_bad_rows, on_progress=on_progress)
