"""Photos with annotated faces, and photos without any: read, scaled and turned.

A folder holds `annotations.json`, a list of `{"file": path, "boxes": [{"x", "y", "w", "h"}, ...]}`
in pixels of the file, or it holds folders that do.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from fer_core.errors import DataError
from fer_core.frames import shrink_to
from fer_core.geometry import as_xyxy, between_pixel_centres, rotation, transform_points
from fer_core.image import read_image

ANNOTATIONS_NAME: Final = "annotations.json"


@dataclass(frozen=True, slots=True)
class PhotoRules:
    """Which photos count, and the size at which they are searched.

    Attributes:
        longest_side: Longer side in pixels to which every photo is scaled.
        max_faces: Photos with more faces are left out, because crowds are annotated unevenly.
        min_face: Photos with a smaller face are left out; longer side of its box, pixels.
    """

    longest_side: int = 640
    max_faces: int = 10
    min_face: float = 40.0


@dataclass(frozen=True, slots=True, eq=False)
class AnnotatedPhoto:
    """One photo and the boxes of its faces, `(n, 4)` pixels of the scaled photo; `n` may be 0."""

    path: Path
    xyxy: np.ndarray
    longest_side: int

    def read(self) -> np.ndarray:
        """Return the scaled photo, uint8 BGR.

        Raises:
            ImageError: The file cannot be read.
        """
        frame_bgr = read_image(self.path)
        longest = max(frame_bgr.shape[:2])
        if longest >= self.longest_side:
            return shrink_to(frame_bgr, longest_side=self.longest_side)[0]
        zoom = self.longest_side / longest
        return cv2.resize(frame_bgr, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_LINEAR)


def read_annotated_photos(
    folder: Path, rules: PhotoRules | None = None
) -> tuple[AnnotatedPhoto, ...]:
    """Return the photos in a folder that the rules admit, including those without faces.

    Raises:
        DataError: There are no annotations, or they cannot be read.
    """
    rules = rules or PhotoRules()
    files = sorted(folder.glob(ANNOTATIONS_NAME)) + sorted(folder.glob(f"*/{ANNOTATIONS_NAME}"))
    if not files:
        raise DataError(f"No {ANNOTATIONS_NAME} in {folder} or its folders. See --help.")
    photos = [photo for file in files for photo in _read_file(file, rules)]
    return tuple(photo for photo in photos if _counts(photo, rules))


def _read_file(file: Path, rules: PhotoRules) -> list[AnnotatedPhoto]:
    try:
        entries = json.loads(file.read_text("utf-8"))
        return [_photo(file.parent, entry, rules) for entry in entries]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{file} cannot be read ({error!r}); expected a list of "
            '{"file": ..., "boxes": [{"x", "y", "w", "h"}, ...]}.'
        ) from error


def _photo(folder: Path, entry: dict[str, Any], rules: PhotoRules) -> AnnotatedPhoto:
    path = folder / entry["file"]
    corners = [(box["x"], box["y"], box["x"] + box["w"], box["y"] + box["h"])
               for box in entry["boxes"]]  # fmt: skip
    if not corners:
        return AnnotatedPhoto(path, as_xyxy([]), rules.longest_side)
    zoom = rules.longest_side / max(entry["width"], entry["height"])
    return AnnotatedPhoto(path, as_xyxy(corners) * zoom, rules.longest_side)


def _counts(photo: AnnotatedPhoto, rules: PhotoRules) -> bool:
    sides = (photo.xyxy[:, 2:] - photo.xyxy[:, :2]).max(axis=1)
    return len(sides) <= rules.max_faces and bool((sides >= rules.min_face).all())


def turn_frame(frame_bgr: np.ndarray, degrees: float) -> tuple[np.ndarray, np.ndarray]:
    """Turn a frame clockwise on a canvas that grows to hold all of it, black around it.

    Returns:
        The turned frame, and the matrix `(2, 3)` from points of the frame to points of it.

    >>> turned, to_turned = turn_frame(np.zeros((30, 40, 3), np.uint8), 90)
    >>> turned.shape, transform_points(to_turned, np.array([[0.0, 0.0]])).round(3).tolist()
    ((40, 30, 3), [[30.0, 0.0]])
    """
    size = np.array([frame_bgr.shape[1], frame_bgr.shape[0]])
    turn = rotation(degrees)
    canvas = np.rint(np.abs(turn) @ size).astype(int)
    shift = canvas / 2 - turn @ (size / 2)
    to_turned = np.concatenate([turn, shift[:, None]], axis=1)
    if degrees % 360 == 0:
        return frame_bgr, to_turned
    turned_bgr = cv2.warpAffine(
        frame_bgr,
        between_pixel_centres(to_turned),
        (int(canvas[0]), int(canvas[1])),
        flags=cv2.INTER_LINEAR,
    )
    return turned_bgr, to_turned


def turned_squares(xyxy: np.ndarray, to_turned: np.ndarray) -> np.ndarray:
    """Return centre and side `(n, 3)` of the squares that stand for boxes in the turned frame.

    Each square has the area of its box. Turning moves its centre and keeps its side.
    """
    centres = transform_points(to_turned, (xyxy[:, :2] + xyxy[:, 2:]) / 2)
    sides = np.sqrt((xyxy[:, 2:] - xyxy[:, :2]).prod(axis=1))
    return np.concatenate([centres, sides[:, None]], axis=1)
