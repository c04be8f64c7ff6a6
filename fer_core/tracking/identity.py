"""The number of each face of a video, the same in every frame, through motion, gaps and crossings.

Where the detector follows a face, its track says which face it is. All other faces are matched with
the remembered ones by position (Hungarian method): each of these is expected to have moved on at
its pace. So two people who cross keep their numbers although one hides the other. A face that was
away for longer than `memory_s` gets a new number.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import linear_sum_assignment

from fer_core.geometry import as_xyxy, pairwise_iou
from fer_core.tracking.smoothing import smoothing_weight

_NO_MATCH: Final = 1e3  # cost of a forbidden pair, above any sum of allowed ones
_COASTING_S: Final = 0.7  # people who are out of sight rarely walk on straight for longer


@dataclass(frozen=True, slots=True)
class IdentityConfig:
    """How far a face may move and how long it is remembered.

    Attributes:
        memory_s: Seconds that a face is remembered without being seen, above 0.
        max_step: Largest distance from where it was expected, in sizes of the face, above 0.
        max_zoom: Largest ratio of its sizes before and after, above 1.
        velocity_s: Time constant of its estimated velocity in seconds, above 0.
        max_doubt: A track is doubted if another remembered face was expected closer to its place,
            by more than this, in sizes of the face; at least 0.
    """

    memory_s: float = 1.5
    max_step: float = 1.2
    max_zoom: float = 1.8
    velocity_s: float = 0.15
    max_doubt: float = 0.3

    def __post_init__(self) -> None:
        positive = (self.memory_s, self.max_step, self.velocity_s)
        if min(positive) <= 0 or self.max_zoom <= 1 or self.max_doubt < 0:
            raise ValueError(f"Settings out of range: {self}.")


@dataclass(frozen=True, slots=True, eq=False)
class _KnownFace:
    """Where a face was last seen and how it moved."""

    face_id: int
    centre: np.ndarray  # (2,)
    size: float  # square root of the area of its box
    velocity: np.ndarray  # (2,) per second
    seen_s: float

    def expected_centre(self, time_s: float) -> np.ndarray:
        """Return where the face should be now: it moves on at its pace for a while."""
        gap_s = time_s - self.seen_s
        return np.asarray(self.centre + self.velocity * min(gap_s, _COASTING_S))


class FaceIdentities:
    """Numbers the faces of one video, frame by frame. It belongs to one session."""

    def __init__(self, config: IdentityConfig | None = None) -> None:
        """Start with no known face."""
        self._config = config or IdentityConfig()
        self._known: list[_KnownFace] = []
        self._n_known = 0  # ever
        self._face_of_track: dict[int, int] = {}  # of the newest frame

    @property
    def remembered(self) -> tuple[int, ...]:
        """The numbers of all faces seen within `memory_s`."""
        return tuple(known.face_id for known in self._known)

    def update(
        self, xyxy: np.ndarray, *, track_ids: np.ndarray, is_seen: np.ndarray, time_s: float
    ) -> tuple[int, ...]:
        """Return the number of each face of the next frame, in the order of the boxes.

        Args:
            xyxy: Boxes `(n, 4)`, in any unit that stays the same.
            track_ids: The detector's track of each face, `(n,)`; -1: none.
            is_seen: Whether each box is of this frame, `(n,)` bool; the others are carried over.
            time_s: When the frame was taken, seconds of a clock that does not run backwards.

        Raises:
            ValueError: The frame is older than the one before.
        """
        boxes = as_xyxy(xyxy).astype(np.float64)
        if any(time_s < known.seen_s for known in self._known):
            raise ValueError(f"Frames must come in order of time, got {time_s=}.")
        memory_s = self._config.memory_s
        self._known = [known for known in self._known if time_s - known.seen_s <= memory_s]
        centres = (boxes[:, :2] + boxes[:, 2:]) / 2
        sizes = np.sqrt((boxes[:, 2:] - boxes[:, :2]).prod(axis=1))
        matches = self._match(centres, sizes, track_ids, is_seen, time_s)
        is_overlapping = _is_overlapping(boxes)
        face_ids = []
        for face, (centre, size) in enumerate(zip(centres, sizes.tolist(), strict=True)):
            index = matches.get(face)
            if index is None:
                index = self._add(centre, size, time_s)
            elif is_seen[face]:
                self._move(index, centre, size, time_s, keeps_pace=bool(is_overlapping[face]))
            face_ids.append(self._known[index].face_id)
        self._face_of_track = dict(zip(track_ids.tolist(), face_ids, strict=True))
        return tuple(face_ids)

    def _match(
        self,
        centres: np.ndarray,
        sizes: np.ndarray,
        track_ids: np.ndarray,
        is_seen: np.ndarray,
        time_s: float,
    ) -> dict[int, int]:
        """Return the index of the known face for each face that has one."""
        steps, zooms = self._changes(centres, sizes, time_s)
        is_possible = zooms <= np.log(self._config.max_zoom)
        costs = np.where(is_possible & (steps <= self._config.max_step), steps + zooms, _NO_MATCH)
        matches = {}
        index_of = {known.face_id: index for index, known in enumerate(self._known)}
        for face, track_id in enumerate(track_ids.tolist()):
            face_id = self._face_of_track.get(track_id) if track_id >= 0 else None
            index = None if face_id is None else index_of.get(face_id)
            if index is None or not is_possible[face, index]:
                continue
            others = costs[face].copy()
            others[index] = _NO_MATCH
            closest = others.min()
            own = steps[face, index] + zooms[face, index]
            if not is_seen[face] or own - closest <= self._config.max_doubt:
                matches[face] = index
        return matches | self._matched_by_place(costs, matches)

    def _matched_by_place(self, costs: np.ndarray, matches: dict[int, int]) -> dict[int, int]:
        """Return the matches of all other faces at the least total cost."""
        faces = [face for face in range(len(costs)) if face not in matches]
        known = [index for index in range(costs.shape[1]) if index not in matches.values()]
        if not faces or not known:
            return {}
        rest = costs[np.ix_(faces, known)]
        return {
            faces[row]: known[column]
            for row, column in zip(*linear_sum_assignment(rest), strict=True)
            if rest[row, column] < _NO_MATCH
        }

    def _changes(
        self, centres: np.ndarray, sizes: np.ndarray, time_s: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return, for every pair, the distance from the expected place and the change of size.

        Returns:
            Two arrays `(n_faces, n_known)`: distances in sizes of the face, and absolute logarithms
            of the ratio of sizes.
        """
        expected = np.array([known.expected_centre(time_s) for known in self._known])
        known_sizes = np.array([known.size for known in self._known])
        across, down = (centres[:, None] - expected.reshape(1, -1, 2)).T  # (n_known, n_faces) each
        steps = np.hypot(across, down).T / np.sqrt(sizes[:, None] * known_sizes)
        return steps, np.abs(np.log(sizes[:, None] / known_sizes))

    def _add(self, centre: np.ndarray, size: float, time_s: float) -> int:
        """Remember a new face; return its index."""
        self._n_known += 1
        self._known.append(_KnownFace(self._n_known, centre, size, np.zeros(2), time_s))
        return len(self._known) - 1

    def _move(
        self, index: int, centre: np.ndarray, size: float, time_s: float, *, keeps_pace: bool
    ) -> None:
        """Remember a known face at its new place."""
        known = self._known[index]
        velocity, elapsed_s = known.velocity, time_s - known.seen_s
        if elapsed_s > 0 and not keeps_pace:
            newest = (centre - known.centre) / elapsed_s
            weight = smoothing_weight(elapsed_s, time_constant_s=self._config.velocity_s)
            velocity = np.asarray(velocity + weight * (newest - velocity))
        self._known[index] = _KnownFace(known.face_id, centre, size, velocity, time_s)


def _is_overlapping(boxes: np.ndarray) -> np.ndarray:
    """Return whether each face overlaps another, `(n,)` bool.

    A face behind another is seen in part, and its box may move along with the other one.
    """
    if len(boxes) < 2:
        return np.zeros(len(boxes), dtype=bool)
    return np.asarray((pairwise_iou(boxes, boxes) > 0).sum(axis=1) > 1)
