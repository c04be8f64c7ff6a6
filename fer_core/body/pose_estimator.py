"""The people of a photo, each with the landmarks of the body.

The person detector finds boxes. In each box, guesses of where the body lies compete: the square
around the box, and what the pose detector sees in the box. Each is fitted several times, the next
time in the square that the last fit asks for, and once more mirrored and in a wider square. The
guess whose fits are surest and fill the box best wins; guesses that agree with it join in, and the
median of all fits is the body. A single fit changes by up to a fifth of a torso if the photo is
mirrored or scaled a little; the median is steadier.

Where the edge of the photo cuts a person off, the square around the box would squeeze a whole body
into the visible part; there the pose detector decides alone, if it sees anybody. A face without a
body gets one more look, in the square in which a body below that face would lie.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
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

_WIDER_BOX: Final = 1.2  # the square around a box, in sides of `region_of_box`
_WIDER_LOOK: Final = 1.12  # side of the last look, in sides of the one before
_AT_EDGE: Final = 0.02  # a box that comes so near to the photo's edge is cut off; in longer sides


@dataclass(frozen=True, slots=True)
class PoseConfig:
    """How people are searched.

    Chosen on every second photo of a small set from COCO (`docs/measurements.md`).

    Attributes:
        n_passes: Squares that are fitted per guess, at least 1; the last one three times.
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


@dataclass(frozen=True, eq=False)  # no slots: the median is cached
class _Body:
    """Fits of one body, at least one, and how well they explain what was searched for."""

    fits: tuple[Pose, ...]
    xyxy: np.ndarray  # box of the person, (4,)
    score: float

    @cached_property
    def pose(self) -> Pose:
        """The median of the fits."""
        return median_pose(self.fits)


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
        found = [body for box in boxes if (body := self._in_box(frame_bgr, box)) is not None]
        bodies = _distinct(found)
        face_ids = match_faces([body.pose for body in bodies], eyes)
        for face_id in sorted(set(range(len(eyes))) - set(face_ids)):
            body = self._below_face(frame_bgr, eyes[face_id])
            bodies = bodies if body is None else _distinct([*bodies, body])
        face_ids = match_faces([body.pose for body in bodies], eyes)
        people = [
            Person(Box(*map(float, body.xyxy)), body.pose.landmarks, body.pose.world_m,
                   body.pose.presence, face_id)
            for body, face_id in zip(bodies, face_ids, strict=True)
        ]  # fmt: skip
        return tuple(sorted(people, key=lambda person: person.box.x1))

    def _in_box(self, frame_bgr: np.ndarray, xyxy: np.ndarray) -> _Body | None:
        """Return the body that explains the box of a person best, or none."""
        around = region_of_box(xyxy)
        proposed = self._detector.propose(frame_bgr, around).regions()
        guesses = list(self._guesses(frame_bgr, proposed, xyxy))
        if not (guesses and _is_cut_off(xyxy, frame_bgr)):
            guesses += self._guesses(frame_bgr, [around.scaled(_WIDER_BOX)], xyxy)
        if not guesses:
            return None
        best = max(guesses, key=lambda guess: guess.score)
        agreed = [guess for guess in guesses if are_same_person(guess.pose, best.pose)]
        return _Body(tuple(fit for guess in agreed for fit in guess.fits), xyxy, best.score)

    def _guesses(
        self, frame_bgr: np.ndarray, regions: Sequence[Region], xyxy: np.ndarray
    ) -> Iterator[_Body]:
        """Yield the bodies in some squares that fill the box of a person well enough."""
        for region in regions:
            overlaps = [
                (pose, float(pairwise_iou(as_xyxy([seen]), as_xyxy([xyxy]))[0, 0]))
                for pose, seen in self._fits(frame_bgr, region)
            ]
            kept = [(pose, iou) for pose, iou in overlaps if iou >= self._config.min_iou]
            if kept:
                score = float(np.mean([pose.presence * iou for pose, iou in kept]))
                yield _Body(tuple(pose for pose, _ in kept), xyxy, score)

    def _below_face(self, frame_bgr: np.ndarray, eyes: np.ndarray) -> _Body | None:
        """Return the body of a face, or none if nothing below has this face."""
        kept = [
            (pose, seen)
            for pose, seen in self._fits(frame_bgr, region_of_face(eyes))
            if match_faces([pose], eyes[None]) == [0]
        ]
        if not kept:
            return None
        score = float(np.mean([pose.presence for pose, _ in kept]))
        return _Body(tuple(pose for pose, _ in kept), kept[-1][1], score)

    def _fits(self, frame_bgr: np.ndarray, region: Region) -> Iterator[tuple[Pose, np.ndarray]]:
        """Yield the fits of a square, with the box `(4,)` around what is seen of each body."""
        for pose in self._looks(frame_bgr, region):
            seen = self._seen_box(pose, frame_bgr)
            if seen is not None:
                yield pose, seen

    def _looks(self, frame_bgr: np.ndarray, region: Region) -> Iterator[Pose]:
        """Yield successive fits, each in the square that the one before asks for."""
        for _ in range(self._config.n_passes - 1):
            pose = self._network.fit(frame_bgr, region)
            yield pose
            if pose.next_region is None:
                return
            region = pose.next_region
        yield self._network.fit(frame_bgr, region)
        yield self._network.fit(frame_bgr, region, is_mirrored=True)
        yield self._network.fit(frame_bgr, region.scaled(_WIDER_LOOK))

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
