"""Many pictures through the pipeline; one that cannot be read never stops the others."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from fer_core.errors import ImageError, picture_problem
from fer_core.export import PictureRecord, error_to_dict, result_to_dict
from fer_core.image import decode_image, read_image
from fer_core.pipeline import FacePipeline
from fer_core.results import FrameResult

_SKIPPED: Final = (".", "~")  # how names of hidden and temporary files start


@dataclass(frozen=True, slots=True, eq=False)
class PictureReading:
    """One input: the picture and what was read in it, or the sentence that says why not."""

    source: str
    frame_bgr: np.ndarray | None = None
    result: FrameResult | None = None
    error: str | None = None

    def record(self) -> PictureRecord:
        """Return the reading as the JSON contract has it."""
        if self.result is None:
            return error_to_dict(self.source, self.error or "Not read.")
        return result_to_dict(self.source, self.result)


def expand_paths(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the files that paths stand for: a folder stands for all files in and below it.

    Hidden files and linked folders in a folder are left out; a path named outright is kept,
    whatever it is. A folder that is empty or may not be listed stands for itself, so that it gets
    its sentence too.
    """
    files: list[Path] = []
    for path in paths:
        files += (_files_in(path) or [path]) if _is_folder(path) else [path]
    return tuple(files)


def read_picture(data: bytes, pipeline: FacePipeline, *, source: str) -> PictureReading:
    """Return what the bytes of one picture file show, or why they could not be read.

    Raises:
        FerError: No picture can be read, as where a network's file is missing.
    """
    try:
        return _analyzed(decode_image(data, source=source), pipeline, source=source)
    except Exception as error:  # noqa: BLE001 (told and logged; the other pictures count)
        return unread(source, error)


def read_pictures(paths: Iterable[Path], pipeline: FacePipeline) -> Iterator[PictureReading]:
    """Yield one reading a file, in order, as soon as it is made.

    Raises:
        FerError: No picture can be read, as where a network's file is missing.
    """
    for path in paths:
        try:
            reading = _analyzed(_read_file(path), pipeline, source=str(path))
        except Exception as error:  # noqa: BLE001 (told and logged; the other pictures count)
            reading = unread(str(path), error)
        yield reading


def unread(source: str, error: Exception) -> PictureReading:
    """Return the reading of a picture that raised: the sentence that says why; logs it.

    Raises:
        FerError: See `picture_problem`.
    """
    return PictureReading(source, error=picture_problem(error, source=source))


def _analyzed(frame_bgr: np.ndarray, pipeline: FacePipeline, *, source: str) -> PictureReading:
    return PictureReading(source, frame_bgr, pipeline.analyze(frame_bgr))


def _read_file(path: Path) -> np.ndarray:
    if _is_folder(path):
        raise ImageError(
            f"{path}: expected a folder of pictures, got one that is empty or may not be listed; "
            "check path and permissions."
        )
    return read_image(path)


def _files_in(folder: Path) -> list[Path]:
    """Return the shown files in and below a folder, sorted, and the folders that refused."""
    found: list[Path] = []
    walk = os.walk(folder, onerror=lambda error: found.append(Path(error.filename)))
    for parent, folders, files in walk:
        folders[:] = [name for name in folders if not name.startswith(_SKIPPED)]
        found += [Path(parent, name) for name in files if not name.startswith(_SKIPPED)]
    return sorted(found)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a folder above may not be entered, a name is too long: reading will say it
        return False
