"""Who is who from frame to frame: each face keeps its number through motion, gaps and crossings.

Each known face moves on at its own pace while it is not seen, and frames are matched as a whole
(Hungarian method), so that two people who cross keep their numbers as long as they keep walking.
Positions are all it knows: who leaves for longer than `memory_s` comes back as somebody new.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from fer_core.geometry import as_xyxy
from fer_core.tracking.smoothing import smoothing_weight

_NO_MATCH = 1e3  # cost of a forbidden pair: above any sum of allowed ones in a frame


@dataclass(frozen=True, slots=True)
class IdentityConfig:
    """How far a face may move and how long it is remembered.

    Attributes:
        memory_s: Seconds that a face is remembered without being seen, above 0.
        max_step: Farthest it may be from where it was expected, in sizes of the face, above 0.
        max_zoom: Largest ratio of its sizes in two sightings, above 1.
        velocity_s: Time constant in seconds of the estimate of its velocity, above 0.
    """

    memory_s: float = 1.5
    max_step: float = 1.2
    max_zoom: float = 1.8
    velocity_s: float = 0.15

    def __post_init__(self) -> None:
        if min(self.memory_s, self.max_step, self.velocity_s) <= 0 or self.max_zoom <= 1:
            raise ValueError(f"Settings out of range: {self}.")


@dataclass(frozen=True, slots=True, eq=False)
class _Track:
    """Where a face was last seen and how it moved."""

    face_id: int
    centre: np.ndarray  # (2,) pixels
    size: float  # square root of the box's area, pixels
    velocity: np.ndarray  # (2,) pixels a second
    seen_s: float

    def expected_centre(self, time_s: float) -> np.ndarray:
        """Return where it should be now: onward at its pace, which fades as nothing is seen."""
        gap_s = time_s - self.seen_s
        return np.asarray(self.centre + self.velocity * min(gap_s, _COASTING_S))


_COASTING_S = 0.7  # people do not walk on out of sight for longer in the same direction


class FaceIdentities:
    """Numbers the faces of one video. Feed it frame by frame; it belongs to one session."""

    def __init__(self, config: IdentityConfig | None = None) -> None:
        """Start with nobody known."""
        self._config = config or IdentityConfig()
        self._tracks: list[_Track] = []
        self._n_known = 0

    @property
    def remembered(self) -> tuple[int, ...]:
        """The numbers of all faces seen within `memory_s`."""
        return tuple(track.face_id for track in self._tracks)

    def update(self, xyxy: np.ndarray, *, time_s: float) -> tuple[int, ...]:
        """Return the number of each face of the next frame, in the boxes' order.

        Args:
            xyxy: Boxes `(n, 4)` in pixels.
            time_s: When the frame was taken, seconds of any clock that does not run backwards.

        Raises:
            ValueError: The frame is older than the one before.
        """
        boxes = as_xyxy(xyxy).astype(np.float64)
        if any(time_s < track.seen_s for track in self._tracks):
            raise ValueError(f"Frames must come in order of time, got {time_s=}.")
        memory_s = self._config.memory_s
        self._tracks = [track for track in self._tracks if time_s - track.seen_s <= memory_s]
        centres = (boxes[:, :2] + boxes[:, 2:]) / 2
        sizes = np.sqrt((boxes[:, 2:] - boxes[:, :2]).prod(axis=1))
        costs = self._costs(centres, sizes, time_s)
        chosen = dict(zip(*(side.tolist() for side in linear_sum_assignment(costs)), strict=True))
        ids = []
        for face in range(len(boxes)):
            known = chosen.get(face)
            is_match = known is not None and costs[face, known] < _NO_MATCH
            previous = self._tracks[known] if known is not None and is_match else None
            ids.append(self._see(previous, centres[face], float(sizes[face]), time_s))
        return tuple(ids)

    def _costs(self, centres: np.ndarray, sizes: np.ndarray, time_s: float) -> np.ndarray:
        """Return costs `(n_faces, n_tracks)`: distance in sizes and change of size."""
        expected = np.array([track.expected_centre(time_s) for track in self._tracks])
        known_sizes = np.array([track.size for track in self._tracks])
        away = np.linalg.norm(centres[:, None] - expected.reshape(1, -1, 2), axis=2)
        steps = away / np.sqrt(sizes[:, None] * known_sizes[None, :])
        zooms = np.abs(np.log(sizes[:, None] / known_sizes[None, :]))
        limits = self._config
        is_allowed = (steps <= limits.max_step) & (zooms <= np.log(limits.max_zoom))
        return np.where(is_allowed, steps + zooms, _NO_MATCH)

    def _see(self, previous: _Track | None, centre: np.ndarray, size: float, time_s: float) -> int:
        """Remember a face where it is now; return its number."""
        if previous is None:
            self._n_known += 1
            self._tracks.append(_Track(self._n_known, centre, size, np.zeros(2), time_s))
            return self._n_known
        velocity = self._velocity(previous, centre, time_s)
        track = _Track(previous.face_id, centre, size, velocity, time_s)
        self._tracks = [track if known is previous else known for known in self._tracks]
        return track.face_id

    def _velocity(self, previous: _Track, centre: np.ndarray, time_s: float) -> np.ndarray:
        elapsed_s = time_s - previous.seen_s
        if elapsed_s <= 0:
            return previous.velocity
        newest = (centre - previous.centre) / elapsed_s
        weight = smoothing_weight(elapsed_s, time_constant_s=self._config.velocity_s)
        return np.asarray(previous.velocity + weight * (newest - previous.velocity))
