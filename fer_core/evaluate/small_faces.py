"""Small faces: recall on the faces of 24 to 40 pixels in the photos that tilt is not measured on.

Those photos show crowds, or have a face under 40 pixels. Their annotations are uneven, so false
faces are not counted there; `fer_core.evaluate.detection` counts them.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from fer_core.data.annotated import (
    AnnotatedPhoto,
    PhotoRules,
    read_annotated_photos,
    turned_squares,
)
from fer_core.errors import photo_problem
from fer_core.evaluate.detection import found_squares, without_memory
from fer_core.faces.registry import Mode
from fer_core.progress import OnMessage, OnProgress, ignore

SIDES: Final = (24.0, 40.0)
"""Longer side of a small face in pixels: from the smallest that can be classified to the smallest
that tilt is measured on."""
_ALL: Final = PhotoRules(longest_side=1024, max_faces=10_000, min_face=0.0)


@dataclass(frozen=True, slots=True)
class SmallFaceScores:
    """How many small faces a detector found, upright."""

    detector: str
    mode: str
    n_photos: int
    n_faces: int
    n_found: int

    @property
    def recall(self) -> float:
        """Share of the small faces that were found, in `[0, 1]`; 0 if there are none."""
        return self.n_found / max(self.n_faces, 1)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON, with the recall."""
        return asdict(self) | {"recall": round(self.recall, 4)}


def read_small_face_photos(folder: Path) -> tuple[AnnotatedPhoto, ...]:
    """Return the photos with a small face that tilt is not measured on, at 1024 pixels.

    Raises:
        DataError: There are no annotations, or they cannot be read.
    """
    measured = {photo.path for photo in read_annotated_photos(folder)}
    return tuple(
        photo
        for photo in read_annotated_photos(folder, _ALL)
        if photo.path not in measured and _is_small(photo.xyxy).any()
    )


def evaluate_small_faces(
    name: str,
    photos: Sequence[AnnotatedPhoto],
    *,
    mode: Mode = "photo",
    on_progress: OnProgress = ignore,
    on_message: OnMessage = ignore,
) -> SmallFaceScores:
    """Return how many of the small faces in the photos a detector finds.

    Args:
        name: One of `DETECTOR_NAMES`.
        photos: What `read_small_face_photos` returns.
        mode: In video mode each photo is the first frame of a new video.
        on_progress: Called with the share of the photos that are done.
        on_message: Called with a sentence for each photo that cannot be read. It does not count.

    Raises:
        ValueError: There is no such detector.
    """
    detect = without_memory(name, mode)
    n_photos = n_faces = n_found = 0
    for number, photo in enumerate(photos, start=1):
        try:
            found, _ = detect(photo.read())
        except Exception as error:  # noqa: BLE001 (reported and logged; the other photos count)
            on_message(photo_problem(error, source=str(photo.path)))
        else:
            is_small = _is_small(photo.xyxy)
            squares = turned_squares(photo.xyxy.astype(np.float64), np.eye(2, 3))
            n_photos += 1
            n_faces += int(is_small.sum())
            n_found += int(found_squares(found, squares)[is_small].sum())
        on_progress(number / len(photos))
    return SmallFaceScores(name, mode, n_photos, n_faces, n_found)


def _is_small(xyxy: np.ndarray) -> np.ndarray:
    sides = (xyxy[:, 2:] - xyxy[:, :2]).max(axis=1)
    return np.asarray((sides >= SIDES[0]) & (sides < SIDES[1]))
