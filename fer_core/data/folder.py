"""FER2013 as folders of pictures: `train/<label>/*.jpg|png` and `test/<label>/...`."""

from pathlib import Path
from typing import Final

import cv2
import numpy as np

from fer_core.data.dataset import IMAGE_SIZE, NO_ROW, SPLITS, FaceDataset
from fer_core.data.fer2013 import MAX_ROWS, LabelledFaces, OnProgress, read_fer2013
from fer_core.errors import BadRowError, DataError, ImageError
from fer_core.frames import to_gray
from fer_core.image import read_image
from fer_core.labels import FER2013_LABELS

_SPLIT_OF_FOLDER: Final = {
    "train": "Training",
    "test": "PublicTest",
    "PublicTest": "PublicTest",
    "PrivateTest": "PrivateTest",
}
# how the folder versions in circulation spell the labels
_LABEL_OF_FOLDER: Final = {
    **{label: label for label in FER2013_LABELS},
    "anger": "angry",
    "disgusted": "disgust",
    "fearful": "fear",
    "happiness": "happy",
    "sadness": "sad",
    "surprised": "surprise",
}
_ENDINGS: Final = {".jpg", ".jpeg", ".png"}
_FILES_PER_PROGRESS: Final = 256


def read_folder(
    folder: Path, *, skip_bad_rows: bool = False, on_progress: OnProgress | None = None
) -> LabelledFaces:
    """Return the faces of the folder layout; `test` counts as PublicTest.

    The pictures have lost their row numbers (`NO_ROW`), so FER+ cannot be joined to them. One of
    another size than 48x48 is scaled.

    Args:
        folder: Holds `train` and mostly `test`.
        skip_bad_rows: Keep going at pictures that cannot be read and report them.
        on_progress: Called now and then with the share of pictures read, in `[0, 1]`.

    Raises:
        BadRowError: A picture cannot be read (the first one), unless `skip_bad_rows`.
        DataError: The folder does not have this layout, may not be listed, or holds no picture
            that can be read.
    """
    found = _labelled_files(folder)
    pixels, kept, bad_rows = [], [], []
    for position, (path, label_id, split_id) in enumerate(found):
        try:
            pixels.append(_read_face(path))
            kept.append((label_id, split_id, NO_ROW))
        except ImageError as error:
            reason = str(error).removeprefix(f"{path}: ")
            bad = BadRowError(str(path.relative_to(folder)), None, reason)
            if not skip_bad_rows:
                raise bad from error
            bad_rows.append(bad)
        if on_progress and position % _FILES_PER_PROGRESS == 0:
            on_progress(position / len(found))
    if on_progress:
        on_progress(1.0)
    if not pixels:
        raise bad_rows[0]
    label_ids, split_ids, rows = zip(*kept, strict=True)
    dataset = FaceDataset.from_rows(pixels, label_ids, split_ids=split_ids, rows=rows)
    return LabelledFaces(dataset, tuple(bad_rows))


def _labelled_files(folder: Path) -> list[tuple[Path, int, int]]:
    """Return path, label and split of every picture, in a fixed order."""
    found = []
    for split_name, split in _SPLIT_OF_FOLDER.items():
        for label_folder in _shown(folder / split_name):
            if label_folder.is_dir():
                ids = FER2013_LABELS.index(_label(label_folder)), SPLITS.index(split)
                files = (file for file in _shown(label_folder) if file.suffix.lower() in _ENDINGS)
                found += [(file, *ids) for file in files]
    if not found:
        raise DataError(
            f"{folder.name} holds no train/<label>/*.jpg or *.png; expected FER2013's folders "
            "train and test with one folder a label."
        )
    if len(found) > MAX_ROWS:
        raise DataError(f"{folder.name} holds over {MAX_ROWS:,} pictures; FER2013 has 35,887.")
    return found


def _shown(folder: Path) -> list[Path]:
    """Return what is in a folder, sorted, without hidden entries; nothing where there is none."""
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise DataError(f"Expected a folder at {folder}, but {error.strerror}.") from error


def _label(folder: Path) -> str:
    label = _LABEL_OF_FOLDER.get(folder.name.lower())
    if label is None:
        raise DataError(
            f"{folder.parent.name}/{folder.name}: expected folders named "
            f"{', '.join(FER2013_LABELS)}. Rename or remove this one."
        )
    return label


def _read_face(path: Path) -> np.ndarray:
    """Return the `(2304,)` uint8 pixels of one picture."""
    gray = to_gray(read_image(path))
    if gray.shape != (IMAGE_SIZE, IMAGE_SIZE):
        gray = cv2.resize(gray, (IMAGE_SIZE, IMAGE_SIZE), interpolation=cv2.INTER_AREA)
    return gray.ravel()


def read_dataset(
    path: Path, *, skip_bad_rows: bool = False, on_progress: OnProgress | None = None
) -> LabelledFaces:
    """Return the faces of a path: a folder is read as folders, all else as FER2013's CSV.

    Raises:
        BadRowError, DataError: As `read_folder` and `fer2013.read_fer2013` say.
    """
    read = read_folder if path.is_dir() else read_fer2013
    return read(path, skip_bad_rows=skip_bad_rows, on_progress=on_progress)
