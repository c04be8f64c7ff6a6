"""A calm reading of each face of a video: identity, smoothing, correction and caption together."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from fer_core.tracking.baseline import baseline_from, corrected
from fer_core.tracking.caption import Caption, CaptionConfig, next_caption
from fer_core.tracking.identity import FaceIdentities, IdentityConfig
from fer_core.tracking.person import BaselineCapture, FaceState, StableReasons
from fer_core.tracking.smoothing import smoothed

BASELINE_S: Final = 5.0  # of readings that make a neutral baseline


@dataclass(frozen=True, slots=True)
class MemoryConfig:
    """How readings are carried from frame to frame; all times in seconds.

    Attributes:
        smoothing_s: Time constant of the average of readings, above 0.
        stale_s: Time without a reading after which the old ones no longer count, above 0.
        settle_s: How long a reason not to read a face has to last, or to be gone, until that is
            shown; at least 0. A face at a limit would flicker otherwise.
        identity: Who is who.
        caption: When the word shown changes.
    """

    smoothing_s: float = 0.5
    stale_s: float = 1.0
    settle_s: float = 0.3
    identity: IdentityConfig = field(default_factory=IdentityConfig)
    caption: CaptionConfig = field(default_factory=CaptionConfig)

    def __post_init__(self) -> None:
        if min(self.smoothing_s, self.stale_s) <= 0 or self.settle_s < 0:
            raise ValueError(f"Settings out of range: {self}.")


@dataclass(frozen=True, slots=True, eq=False)
class SmoothedReading:
    """What is known of one face of the newest frame.

    Attributes:
        face_id: The face's number, the same in every frame.
        probs: Smoothed probabilities `(n_classes,)`, corrected where a baseline was taken; None
            while the face has not been read lately.
        caption: What to show, None with `probs`.
        reasons: Why it is shown unread; empty if it is not.
        is_corrected: Whether the face's own neutral baseline is applied to what is read.
        baseline_left_s: Seconds until its baseline is taken; None while none is being taken.
    """

    face_id: int
    probs: np.ndarray | None
    caption: Caption | None
    reasons: tuple[str, ...]
    is_corrected: bool
    baseline_left_s: float | None = None


class FaceMemory:
    """Remembers the faces of one video. It belongs to one session and to one thread."""

    def __init__(self, config: MemoryConfig | None = None, *, neutral_id: int) -> None:
        """Start with nobody known.

        Args:
            config: Time constants and limits.
            neutral_id: Index of the neutral expression in the readings.
        """
        self._config = config or MemoryConfig()
        self._neutral_id = neutral_id
        self._identities = FaceIdentities(self._config.identity)
        self._people: dict[int, FaceState] = {}

    def follow(self, xyxy: np.ndarray, *, time_s: float) -> tuple[int, ...]:
        """Return the number of each face of the next frame, in the boxes' order.

        Args:
            xyxy: Boxes `(n, 4)`, in any unit that stays the same.
            time_s: When the frame was taken, seconds of a clock that does not run backwards.

        Raises:
            ValueError: The frame is older than the last.
        """
        face_ids = self._identities.update(xyxy, time_s=time_s)
        self._people = {
            face_id: self._people.get(face_id) or FaceState()
            for face_id in self._identities.remembered
        }
        for face_id in face_ids:
            self._forget_stale(self._people[face_id], time_s)
        return face_ids

    def choose_to_classify(
        self, face_ids: Sequence[int], is_fit: np.ndarray, *, limit: int
    ) -> np.ndarray:
        """Return which faces to read in this frame, `(n,)` bool: the new, and the longest unread.

        Args:
            face_ids: What `follow` returned.
            is_fit: Whether each face can be read, `(n,)` bool.
            limit: Faces with a reading that are read again at most. All without one are read.
        """
        people = [self._people[face_id] for face_id in face_ids]
        is_new = np.array([person.probs is None for person in people], dtype=bool)
        read_s = np.array([person.read_s for person in people])
        known = np.flatnonzero(is_fit & ~is_new)
        is_due = np.asarray(is_fit & is_new)
        is_due[known[np.argsort(read_s[known], kind="stable")[:limit]]] = True
        return is_due

    def update(
        self,
        face_ids: Sequence[int],
        readings: Sequence[np.ndarray | None],
        reasons: Sequence[tuple[str, ...] | None],
        *,
        min_confidence: float,
        time_s: float,
    ) -> tuple[SmoothedReading, ...]:
        """Return a calm reading of each face of the frame, in the order of the numbers.

        Args:
            face_ids: What `follow` returned for this frame.
            readings: For each face its probabilities `(n_classes,)`, None where it was not read.
            reasons: Why each is not fit to be read in this frame; empty if it is, None where it
                was not looked at.
            min_confidence: Share that an expression needs to be said, `[0, 1]`.
            time_s: When the frame was taken, as for `follow`.

        Raises:
            ValueError: Numbers, readings and reasons differ in length.
        """
        steady = []
        for face_id, reading, why in zip(face_ids, readings, reasons, strict=True):
            person = self._people[face_id]
            if why is not None:
                person.fitness = person.fitness or StableReasons(why)
                person.fitness.see(why, time_s=time_s, settle_s=self._config.settle_s)
            steady.append(self._steady(face_id, reading, min_confidence, time_s))
        return tuple(steady)

    def begin_baseline(self, face_id: int) -> None:
        """Take a face's neutral baseline from its next `BASELINE_S` seconds of readings.

        An earlier baseline of it is dropped. Time in which the face cannot be read does not count.

        Raises:
            ValueError: No such face is in view.
        """
        person = self._person(face_id)
        person.baseline, person.rest = None, BaselineCapture(BASELINE_S)

    def drop_baseline(self, face_id: int) -> None:
        """Read a face without correction again, and stop taking a baseline of it.

        Raises:
            ValueError: No such face is in view.
        """
        person = self._person(face_id)
        person.baseline, person.rest = None, None

    def _person(self, face_id: int) -> FaceState:
        if face_id not in self._people:
            raise ValueError(f"No face {face_id} in view; there are {sorted(self._people)}.")
        return self._people[face_id]

    def _steady(
        self, face_id: int, reading: np.ndarray | None, min_confidence: float, time_s: float
    ) -> SmoothedReading:
        person = self._people[face_id]
        reasons = person.fitness.reasons if person.fitness else ()
        if reading is not None:
            self._rest(person, reading, time_s)
            person.probs = smoothed(
                person.probs,
                reading,
                elapsed_s=time_s - person.read_s if person.probs is not None else 0.0,
                time_constant_s=self._config.smoothing_s,
            )
            person.read_s = time_s
        baseline = person.baseline
        is_corrected = baseline is not None
        left_s = None if person.rest is None else max(person.rest.left_s, 0.0)
        if person.probs is None:
            return SmoothedReading(
                face_id, None, None, reasons, is_corrected, baseline_left_s=left_s
            )
        probs = person.probs if baseline is None else corrected(person.probs, baseline)
        person.caption = next_caption(
            person.caption,
            probs,
            min_confidence=min_confidence,
            time_s=time_s,
            config=self._config.caption,
        )
        caption = person.caption
        return SmoothedReading(
            face_id, probs, caption, reasons, is_corrected, baseline_left_s=left_s
        )

    def _forget_stale(self, person: FaceState, time_s: float) -> None:
        if person.probs is not None and time_s - person.read_s > self._config.stale_s:
            person.probs, person.caption = None, None

    def _rest(self, person: FaceState, reading: np.ndarray, time_s: float) -> None:
        """Collect a resting face's readings; when they are enough, make them its baseline."""
        if person.rest is None:
            return
        person.rest.add(reading, time_s)
        if person.rest.left_s <= 0:
            readings = np.array(person.rest.readings)
            person.baseline = baseline_from(readings, neutral_id=self._neutral_id)
            person.rest = None
