"""The people of a photo, each with the landmarks of the body.

The person detector finds boxes. In each box, two guesses of where the body lies compete: the square
around the box, and what the pose detector sees in the box. Each is fitted several times, the next
time in the square that the last fit asks for, and the median of the fits is taken. The guess whose
fits are surest and fill the box best wins.
Where the edge of the photo cuts a person off, the square around the box would squeeze a whole body
into the visible part; there the pose detector decides alone, if it sees anybody. A face without a
body gets one more look, in the square in which a body below that face would lie.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from fer_core.body.matching import are_same_person, match_faces
from fer_core.body.person_detector import PersonDetector
from fer_core.body.pose_detector import PoseDetector
from fer_core.body.pose_landmarks import Pose, PoseNetwork, median_pose
from fer_core.body.pose_region import region_of_box, region_of_face
from fer_core.body.skeleton import MIN_VISIBILITY
from fer_core.geometry import as_xyxy, bounding_box, pairwise_iou
from fer_core.regions import Region
from fer_core.results import Box, Person

_AT_EDGE: Final = 0.02  # a box that comes so near to the photo's edge is cut off; in longer sides


@dataclass(frozen=True, slots=True)
class PoseConfig:
    """How people are searched.

    Chosen on every second photo of a small set from COCO (`docs/measurements.md`).

    Attributes:
        n_passes: Fits per guess, at least 1.
        min_presence: Lowest presence of a body, in `[0, 1]`.
        min_iou: Smallest overlap of a body with the box in which it was searched, in `[0, 1]`.
            Below it the body is a neighbour's.
    """

    n_passes: int = 3
    min_presence: float = 0.5
    min_iou: float = 0.2

    def __post_init__(self) -> None:
        if self.n_passes < 1:
            raise ValueError(f"n_passes is at least 1, got {self.n_passes}.")
        if not (0.0 <= self.min_presence <= 1.0 and 0.0 <= self.min_iou <= 1.0):
            raise ValueError(f"min_presence and min_iou lie in [0, 1], got {self}.")


@dataclass(frozen=True, slots=True, eq=False)
class _Body:
    """A pose with the box `(4,)` of the person, and how well it explains what was searched for."""

    pose: Pose
    xyxy: np.ndarray
    score: float


class PoseEstimator:
    """Finds people and their landmarks. Threads may share it."""

    def __init__(self, config: PoseConfig | None = None) -> None:
        """Load the three networks.

        Args:
            config: How people are searched.

        Raises:
            ModelError: Weights are missing or were changed.
        """
        self._config = config or PoseConfig()
        self._persons = PersonDetector()
        self._detector = PoseDetector()
        self._network = PoseNetwork()

    def find(self, frame_bgr: np.ndarray, eyes: np.ndarray | None = None) -> tuple[Person, ...]:
        """Return the people of a frame, left to right; each knows its face.

        Args:
            frame_bgr: uint8 `(height, width, 3)`.
            eyes: The subject's right and left eye of each face that is known, `(n, 2, 2)` pixels,
                as far apart as if the face looked into the camera. None if no face is known.
        """
        eyes = np.zeros((0, 2, 2)) if eyes is None else eyes
        boxes = self._persons.detect(frame_bgr)
        found = [body for box in boxes for body in _best(self._in_box(frame_bgr, box))]
        bodies = _distinct(found)
        face_ids = match_faces([body.pose for body in bodies], eyes)
        for face_id in sorted(set(range(len(eyes))) - set(face_ids)):
            for body in _best(self._below_face(frame_bgr, eyes[face_id])):
                bodies = _distinct([*bodies, body])
        face_ids = match_faces([body.pose for body in bodies], eyes)
        people = [
            Person(Box(*map(float, body.xyxy)), body.pose.landmarks, body.pose.world_m,
                   body.pose.presence, face_id)
            for body, face_id in zip(bodies, face_ids, strict=True)
        ]  # fmt: skip
        return tuple(sorted(people, key=lambda person: person.box.x1))

    def _in_box(self, frame_bgr: np.ndarray, xyxy: np.ndarray) -> Iterator[_Body]:
        """Yield the bodies that explain the box of a person."""
        around = region_of_box(xyxy)
        proposed = self._detector.propose(frame_bgr, around).regions()
        bodies = list(self._fitted(frame_bgr, proposed, xyxy))
        if not (bodies and _is_cut_off(xyxy, frame_bgr)):
            bodies += self._fitted(frame_bgr, [around.scaled(1.2)], xyxy)
        yield from bodies

    def _fitted(
        self, frame_bgr: np.ndarray, regions: Sequence[Region], xyxy: np.ndarray
    ) -> Iterator[_Body]:
        """Yield the bodies in some squares that fill the box of a person well enough."""
        for region in regions:
            fits = [
                (pose, float(pairwise_iou(as_xyxy([seen]), as_xyxy([xyxy]))[0, 0]))
                for pose, seen in self._fits(frame_bgr, region)
            ]
            fits = [(pose, iou) for pose, iou in fits if iou >= self._config.min_iou]
            if fits:
                score = float(np.mean([pose.presence * iou for pose, iou in fits]))
                yield _Body(median_pose([pose for pose, _ in fits]), xyxy, score)

    def _below_face(self, frame_bgr: np.ndarray, eyes: np.ndarray) -> Iterator[_Body]:
        """Yield the body of a face, if there is one and it has this face."""
        fits = [
            (pose, seen)
            for pose, seen in self._fits(frame_bgr, region_of_face(eyes))
            if match_faces([pose], eyes[None]) == [0]
        ]
        if fits:
            pose = median_pose([pose for pose, _ in fits])
            yield _Body(pose, fits[-1][1], pose.presence)

    def _fits(self, frame_bgr: np.ndarray, region: Region) -> Iterator[tuple[Pose, np.ndarray]]:
        """Yield the bodies of successive fits, each in the square that the one before asks for.

        Each comes with the box `(4,)` around what is seen of it. Fits without a body are left out.
        """
        for _ in range(self._config.n_passes):
            pose = self._network.fit(frame_bgr, region)
            seen = self._seen_box(pose, frame_bgr)
            if seen is not None:
                yield pose, seen
            if pose.next_region is None:
                break
            region = pose.next_region

    def _seen_box(self, pose: Pose, frame_bgr: np.ndarray) -> np.ndarray | None:
        """Return the box `(4,)` around what the frame shows of a body; None if it shows nothing."""
        if pose.presence < self._config.min_presence:
            return None
        is_visible = pose.landmarks[:, 3] >= MIN_VISIBILITY
        if not is_visible.any():
            return None
        height, width = frame_bgr.shape[:2]
        x1, y1, x2, y2 = bounding_box(pose.landmarks[is_visible, :2])
        box = np.array([max(x1, 0), max(y1, 0), min(x2, width), min(y2, height)])
        return box if (box[2:] - box[:2]).min() >= 1.0 else None


def _best(bodies: Iterator[_Body]) -> list[_Body]:
    """Return the best of several bodies for one place, or none."""
    return sorted(bodies, key=lambda body: -body.score)[:1]


def _distinct(bodies: Sequence[_Body]) -> list[_Body]:
    """Return one body per person: the best of those that are the same."""
    kept: list[_Body] = []
    for body in sorted(bodies, key=lambda body: -body.score):
        if not any(are_same_person(body.pose, other.pose) for other in kept):
            kept.append(body)
    return kept


def _is_cut_off(xyxy: np.ndarray, frame_bgr: np.ndarray) -> bool:
    """Return whether the box of a person reaches the edge of the frame."""
    height, width = frame_bgr.shape[:2]
    near = _AT_EDGE * max(height, width)
    inside = np.array([*xyxy[:2], width - xyxy[2], height - xyxy[3]])
    return bool((inside < near).any())
