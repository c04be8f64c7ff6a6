"""Photos of people with annotated keypoints, in the form of COCO.

A folder holds `annotations.json`, a list of `{"file": path, "people": [{"box_xywh": [x, y, w, h],
"keypoints": [x, y, flag, ...], "iscrowd": 0}, ...]}` in pixels of the file, 17 keypoints each. The
flag is 0 for a keypoint that is not annotated, 1 for one that is hidden, 2 for one that is seen.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from fer_core.data.annotated import ANNOTATIONS_NAME
from fer_core.errors import DataError

KEYPOINT_NAMES: Final = (
    *("nose", "left_eye", "right_eye", "left_ear", "right_ear"),
    *("left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist"),
    *("left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle"),
)
SEEN: Final = 2  # flag of a keypoint that is seen
_TRUNK: Final = (5, 6, 11, 12)  # both shoulders, both hips
_MIN_HEIGHT: Final = 100.0  # pixels
_MIN_KEYPOINTS: Final = 10


@dataclass(frozen=True, slots=True, eq=False)
class AnnotatedPerson:
    """One person.

    Attributes:
        xyxy: The box, `(4,)` pixels.
        keypoints: `(17, 3)`: x, y in pixels, and the flag; in the order of `KEYPOINT_NAMES`.
        is_crowd: Whether the box holds several people, whose keypoints are not annotated.
    """

    xyxy: np.ndarray
    keypoints: np.ndarray
    is_crowd: bool

    @property
    def is_annotated(self) -> np.ndarray:
        """Whether each keypoint is annotated, `(17,)` bool."""
        return np.asarray(self.keypoints[:, 2] > 0)

    @property
    def torso(self) -> float:
        """Distance in pixels from the centre of the shoulders to the centre of the hips."""
        trunk = self.keypoints[list(_TRUNK), :2]
        return float(np.hypot(*(trunk[:2].mean(axis=0) - trunk[2:].mean(axis=0))))

    @property
    def counts(self) -> bool:
        """Whether the person is scored.

        That takes 100 pixels of height and 10 keypoints, shoulders and hips among them.
        """
        is_annotated = self.is_annotated
        return bool(
            not self.is_crowd
            and self.xyxy[3] - self.xyxy[1] >= _MIN_HEIGHT
            and is_annotated.sum() >= _MIN_KEYPOINTS
            and is_annotated[list(_TRUNK)].all()
            and self.torso > 0
        )


@dataclass(frozen=True, slots=True, eq=False)
class PeoplePhoto:
    """One photo and all its annotated people; there may be none."""

    path: Path
    people: tuple[AnnotatedPerson, ...]


def read_people_photos(folder: Path) -> tuple[PeoplePhoto, ...]:
    """Return the photos of a folder with their people, in the order of its list.

    Raises:
        DataError: The list is missing, empty, or cannot be read.
    """
    file = folder / ANNOTATIONS_NAME
    try:
        entries = json.loads(file.read_text("utf-8"))
        photos = tuple(_photo(folder, entry) for entry in entries)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{file} cannot be read ({error!r}); expected a list of "
            '{"file": ..., "people": [{"box_xywh": [...], "keypoints": [...]}, ...]}.'
        ) from error
    if not photos:
        raise DataError(f"{file} lists no photo.")
    return photos


def _photo(folder: Path, entry: dict[str, Any]) -> PeoplePhoto:
    return PeoplePhoto(folder / entry["file"], tuple(map(_person, entry["people"])))


def _person(entry: dict[str, Any]) -> AnnotatedPerson:
    x, y, width, height = map(float, entry["box_xywh"])
    keypoints = np.array(entry["keypoints"], dtype=np.float64).reshape(len(KEYPOINT_NAMES), 3)
    if not np.isfinite([x, y, width, height, *keypoints.ravel()]).all():
        raise ValueError("a number is not finite")
    box = np.array([x, y, x + width, y + height])
    return AnnotatedPerson(box, keypoints, bool(entry.get("iscrowd", 0)))
