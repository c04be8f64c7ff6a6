"""Photos through the pipeline, one or many: each gets a reading or a sentence that says why not."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Final

import numpy as np

from fer_core.drawing import annotate
from fer_core.drawing.room import with_room
from fer_core.errors import ImageError, photo_problem
from fer_core.export import encode_jpeg
from fer_core.frames import shrink_to
from fer_core.image import ColorOrder, decode_image, frame_of_array, read_image
from fer_core.pipeline import FacePipeline, load_pipeline
from fer_core.records import PhotoRecord, error_record
from fer_core.results import FrameResult

Analyze = Callable[[np.ndarray], FrameResult]
"""From a frame, uint8 BGR, to its faces."""

NOTEBOOK_SIDE: Final = 1280  # pixels of the annotated photo: wide enough for a page, about 200 KB
_SKIPPED: Final = (".", "~")  # how names of hidden and temporary files start


@dataclass(frozen=True, slots=True, eq=False)
class PhotoReading:
    """The result of one photo, or the sentence that says why it failed."""

    source: str  # name of the file
    result: FrameResult | None = None
    error: str | None = None

    def __post_init__(self) -> None:
        if (self.result is None) == (self.error is None):
            raise ValueError("Expected either a result or an error.")

    def to_dict(self) -> PhotoRecord:
        """Return the reading as `cue analyze` writes it to JSON."""
        if self.result is not None:
            return self.result.to_dict(source=self.source)
        return error_record(self.source, self.error or "")


def read(
    photo: str | os.PathLike[str] | bytes | np.ndarray,
    *,
    color: ColorOrder | None = None,
    is_crop: bool = False,
) -> FrameResult:
    """Return the faces in one photo, each with its expression; the shortest way to a reading.

    The first call loads the default model, which the next ones use too. A notebook shows the
    result as the annotated photo; `annotated_jpeg` holds it, at most 1280 pixels wide or high.

    Args:
        photo: Path of a file, the content of a file, or pixels, uint8 `(height, width, 3)`.
        color: Order of an array's colours: "rgb" as from Pillow and imageio, "bgr" as from OpenCV.
            Only arrays need it.
        is_crop: Whether the photo is one face that is cut out already, at least 24 pixels wide and
            high. Then no face is searched for: the whole photo is read as the face.

    Raises:
        ImageError: The file cannot be read, is not a photo, or is too large.
        ModelError: The weights are missing or were changed.
        TypeError: The photo is of another type, or an array comes without `color`.
        ValueError: The array has another shape or dtype.
    """
    analyze = _analysis_of(_default_pipeline(), is_crop=is_crop)
    return _with_jpeg(_frame_of(photo, color), analyze, annotated_side=NOTEBOOK_SIDE)


def _analysis_of(pipeline: FacePipeline, *, is_crop: bool) -> Analyze:
    """Return what a pipeline does with a photo, or with a photo that is one cut-out face."""
    return pipeline.analyze_crop if is_crop else pipeline.analyze


def analyze_photo(
    data: bytes,
    pipeline: FacePipeline,
    *,
    source: str,
    annotated_side: int | None = None,
    is_crop: bool = False,
) -> PhotoReading:
    """Return what one photo shows, or why it could not be read.

    Args:
        data: Content of the file.
        pipeline: Finds the faces and classifies them.
        source: Name of the file.
        is_crop: Whether the photo is one face that is cut out already; see `read`.
        annotated_side: Longest side in pixels of the result's `annotated_jpeg`; None for no JPEG.

    Raises:
        FerError: No photo can be read, for example because weights are missing.
    """
    return _reading(
        lambda: decode_image(data, source=source),
        _analysis_of(pipeline, is_crop=is_crop),
        source=source,
        annotated_side=annotated_side,
    )


def analyze_photos(
    paths: Iterable[Path],
    pipeline: FacePipeline,
    *,
    annotated_side: int | None = None,
    is_crop: bool = False,
) -> Iterator[PhotoReading]:
    """Yield one reading per file, in order, as soon as it is made; see `analyze_photo`."""
    analyze = _analysis_of(pipeline, is_crop=is_crop)
    for path in paths:
        yield _reading(
            partial(_read_file, path), analyze, source=str(path), annotated_side=annotated_side
        )


def expand_paths(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the files that paths name; a folder names all files in and below it.

    Hidden files and linked folders in a folder are left out. A path that is given itself is kept,
    whatever it is. A folder that is empty or cannot be listed is kept too, so that it is reported.
    """
    files: list[Path] = []
    for path in paths:
        files += (_files_in(path) or [path]) if _is_folder(path) else [path]
    return tuple(files)


@lru_cache(maxsize=1)
def _default_pipeline() -> FacePipeline:
    return load_pipeline()


def _frame_of(
    photo: str | os.PathLike[str] | bytes | np.ndarray, color: ColorOrder | None
) -> np.ndarray:
    """Return the frame of a photo, whatever form it comes in."""
    if isinstance(photo, np.ndarray):
        if color is None:
            raise TypeError(
                "An array does not say the order of its colours: pass color='rgb' (Pillow, "
                "imageio, matplotlib) or color='bgr' (OpenCV)."
            )
        return frame_of_array(photo, color=color)
    if not isinstance(photo, (str, os.PathLike, bytes)):
        raise TypeError(
            f"Expected a path, the bytes of a file, or an array, got {type(photo).__name__}; "
            "a Pillow image becomes an array by np.array(image.convert('RGB')), color='rgb'."
        )
    if color is not None:
        raise TypeError("A file says the order of its colours itself: pass color for arrays only.")
    return decode_image(photo, source="photo") if isinstance(photo, bytes) else read_image(photo)


def _reading(
    load: Callable[[], np.ndarray],
    analyze: Analyze,
    *,
    source: str,
    annotated_side: int | None,
) -> PhotoReading:
    """Return the reading of the frame that `load` returns, or the sentence on what went wrong."""
    try:
        return PhotoReading(source, _with_jpeg(load(), analyze, annotated_side=annotated_side))
    except Exception as error:  # noqa: BLE001  # it is logged, and the other photos are still read
        return PhotoReading(source, error=photo_problem(error, source=source))


def _with_jpeg(
    frame_bgr: np.ndarray, analyze: Analyze, *, annotated_side: int | None
) -> FrameResult:
    """Return a frame's result, with the annotated frame as JPEG if `annotated_side` is given."""
    result = analyze(frame_bgr)
    if annotated_side is None:
        return result
    annotated_bgr, _ = shrink_to(
        annotate(*with_room(frame_bgr, result), numbered=True), longest_side=annotated_side
    )
    return replace(result, annotated_jpeg=encode_jpeg(annotated_bgr))


def _read_file(path: Path) -> np.ndarray:
    if _is_folder(path):
        raise ImageError(
            f"{path}: expected a folder of photos, got one that is empty or cannot be listed; "
            "check path and permissions."
        )
    return read_image(path)


def _files_in(folder: Path) -> list[Path]:
    """Return the visible files in and below a folder, sorted, and the folders that refused."""
    found: list[Path] = []
    walk = os.walk(folder, onerror=lambda error: found.append(Path(error.filename)))
    for parent, folders, files in walk:
        folders[:] = [name for name in folders if not name.startswith(_SKIPPED)]
        found += [Path(parent, name) for name in files if not name.startswith(_SKIPPED)]
    return sorted(found)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a parent folder is not readable, or the name is too long: reading will say so
        return False
