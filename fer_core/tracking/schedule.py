"""The schedule of a video: which faces each frame searches for, follows and classifies.

At 30 frames per second a frame has 33 ms, and decoding, drawing and encoding need most of them. So
at normal frame rates no frame with known faces does everything: some frames search for new faces,
the others classify known ones, and many faces take turns. New faces never wait.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class ScheduleConfig:
    """How often each kind of work is done: in seconds, so that it is the same at any frame rate.

    Attributes:
        search_s: Shortest time between two searches for new faces while a face is followed. The
            next frame after it is searched.
        follow_s: Time in which every known face takes its turn to be followed. A searched frame
            may delay a turn by two frames.
        classify_s: Time in which every known face takes its turn to be classified. It is longer if
            a face is followed less often. After a pause of this length everything is done at once.
        n_followed: Faces that every frame can follow.
        n_classified: Known faces that every frame can classify.
    """

    # One core, 640x480: a search takes 5 to 7 ms, following 2 ms per face, classification 1 to 4 ms
    # per face.

    # Every fifth frame at 30 frames per second, every third at 15, every second at 10. A new face
    # is found at most 0.15 s and one frame late. Nobody notices: a word is shown for a second.
    search_s: float = 0.15

    # The mesh finds a face that has moved by up to a fifth of its size. Faces that take turns are
    # in a group; at 0.3 s they may move by two thirds of their size per second.
    follow_s: float = 0.3

    # The time constant of the smoothing. Less often, there would be nothing to average.
    classify_s: float = 0.5

    # Three faces cost as much as a search, so that frames with and without one take equally long.
    n_followed: int = 3
    # Six faces, two per frame, are each classified five to seven times per second at 30 frames.
    n_classified: int = 2

    def __post_init__(self) -> None:
        times_s = (self.search_s, self.follow_s, self.classify_s)
        if not all(0 < time_s < math.inf for time_s in times_s):
            raise ValueError(f"Settings out of range: {self}.")
        if min(self.n_followed, self.n_classified) < 1:
            raise ValueError(f"Settings out of range: {self}.")


@dataclass(frozen=True, slots=True)
class FramePlan:
    """What to do in one frame. New faces are always checked and classified.

    Attributes:
        is_searched: Whether to search for new faces.
        followed_ids: The tracks to follow; the faces of the others keep their place.
        is_classified: Whether to check and classify known faces.
    """

    is_searched: bool
    followed_ids: tuple[int, ...]
    is_classified: bool


class Schedule:
    """Plans the frames of one video. It belongs to one session and to one thread."""

    def __init__(self, config: ScheduleConfig | None = None) -> None:
        """Start with a first frame that is searched."""
        self._config = config or ScheduleConfig()
        self._planned_s = -np.inf  # time of the newest frame
        self._searched_s = -np.inf  # when the schedule last asked for a search
        self._turn_s = -np.inf  # when tracks last took their turn
        self._followed_s: dict[int, float] = {}  # by track
        self._is_search_only = False  # whether the newest frame leaves known faces unclassified

    def plan(self, track_ids: Sequence[int], *, time_s: float) -> FramePlan:
        """Return what to do in the next frame.

        Args:
            track_ids: The tracks that the detector can follow into this frame.
            time_s: When the frame was taken, seconds of a clock that does not run backwards.
        """
        is_searched = not track_ids or time_s - self._searched_s >= self._config.search_s
        if is_searched:
            self._searched_s = time_s
        is_after_pause = time_s - self._planned_s > self._config.classify_s  # readings are old
        self._planned_s = time_s
        # a search fills its frame; if nearly every frame is searched, every other one does both
        self._is_search_only = (
            is_searched and bool(track_ids) and not (self._is_search_only or is_after_pause)
        )
        followed_ids = self._choose_to_follow(track_ids, time_s)
        self._followed_s = {
            track_id: self._followed_s.get(track_id, -np.inf) for track_id in track_ids
        } | dict.fromkeys(followed_ids, time_s)
        return FramePlan(is_searched, followed_ids, is_classified=not self._is_search_only)

    def choose_to_classify(
        self, classified_s: np.ndarray, is_classifiable: np.ndarray, *, time_s: float
    ) -> np.ndarray:
        """Return which faces of the frame to classify, `(n,)` bool.

        These are all new faces, and the known faces that have waited longest.

        Args:
            classified_s: When each face was last classified, `(n,)`; NaN for a new face.
            is_classifiable: Whether each face can be classified in this frame, `(n,)` bool.
            time_s: When the frame was taken, as for `plan`.
        """
        is_new = np.isnan(classified_s)
        chosen = np.asarray(is_classifiable & is_new)
        known = np.flatnonzero(is_classifiable & ~is_new)
        if len(known):
            elapsed_s = time_s - float(classified_s[~is_new].max())
            n_turn = _n_turn(len(classified_s), elapsed_s / self._config.classify_s)
            n_chosen = max(self._config.n_classified, n_turn)
            chosen[known[np.argsort(classified_s[known], kind="stable")[:n_chosen]]] = True
        return chosen

    def _choose_to_follow(self, track_ids: Sequence[int], time_s: float) -> tuple[int, ...]:
        """Return the tracks that have waited longest, as many as the frame has time for."""
        if self._is_search_only:
            return tuple(track_ids) if len(track_ids) <= self._config.n_followed else ()
        elapsed_s, self._turn_s = time_s - self._turn_s, time_s
        n_turn = _n_turn(len(track_ids), elapsed_s / self._config.follow_s)
        waiting = sorted(track_ids, key=lambda track_id: self._followed_s.get(track_id, -np.inf))
        return tuple(waiting[: max(self._config.n_followed, n_turn)])


def _n_turn(n_faces: int, elapsed: float) -> int:
    """Return how many faces to serve now, if the share `elapsed` of a whole round has passed."""
    return math.ceil(n_faces * min(elapsed, 1.0))
