"""Many pictures through the pipeline; one that cannot be read never stops the others."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from fer_core.errors import ImageError
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

    Hidden files of a folder are left out; a path named outright is kept, whatever it is.
    """
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = (file for file in path.rglob("*") if file.is_file())
            files += sorted(file for file in inside if _is_shown(file.relative_to(path)))
        else:
            files.append(path)
    return tuple(files)


def read_picture(data: bytes, pipeline: FacePipeline, *, source: str) -> PictureReading:
    """Return what the bytes of one picture file show, or why they could not be read."""
    try:
        return _analyzed(decode_image(data, source=source), pipeline, source=source)
    except ImageError as error:
        return PictureReading(source, error=str(error))


def read_pictures(paths: Iterable[Path], pipeline: FacePipeline) -> Iterator[PictureReading]:
    """Yield one reading a file, in order, as soon as it is made."""
    for path in paths:
        try:
            yield _analyzed(read_image(path), pipeline, source=str(path))
        except ImageError as error:
            yield PictureReading(str(path), error=str(error))


def _analyzed(frame_bgr: np.ndarray, pipeline: FacePipeline, *, source: str) -> PictureReading:
    return PictureReading(source, frame_bgr, pipeline.analyze(frame_bgr))


def _is_shown(relative: Path) -> bool:
    return not any(part.startswith(_SKIPPED) for part in relative.parts)
