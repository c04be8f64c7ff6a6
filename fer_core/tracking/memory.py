"""What is shown of each face of a video: its number, its smoothed expression and its word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from fer_core.tracking.baseline import (
    BaselineCapture,
    NeutralBaseline,
    baseline_from,
    corrected,
)
from fer_core.tracking.caption import Caption, CaptionConfig, next_caption
from fer_core.tracking.identity import FaceIdentities, IdentityConfig
from fer_core.tracking.smoothing import smoothed

BASELINE_S: Final = 5.0  # seconds of readings for a neutral baseline


@dataclass(frozen=True, slots=True)
class MemoryConfig:
    """How readings are carried from frame to frame; all times in seconds.

    Attributes:
        smoothing_s: Time constant of the average of readings, above 0.
        stale_s: Time without a reading after which the old ones no longer count, above 0.
        settle_s: How long a reason not to classify a face must last, or must be gone, until this is
            shown; at least 0. Without it a face at a threshold would flicker.
        identity: Settings of the face numbers.
        caption: When the word that is shown changes.
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
    """What is shown of one face of the newest frame.

    Attributes:
        face_id: The number of the face, the same in every frame.
        probs: Smoothed probabilities `(n_classes,)`, corrected by the baseline if there is one;
            None without a recent reading.
        caption: The word to show; None if `probs` is None.
        reasons: Why the face is shown without an expression; empty if it is not.
        is_corrected: Whether the face has a neutral baseline.
        baseline_left_s: Seconds until its baseline is captured; None while none is being captured.
    """

    face_id: int
    probs: np.ndarray | None
    caption: Caption | None
    reasons: tuple[str, ...]
    is_corrected: bool
    baseline_left_s: float | None = None


@dataclass(slots=True)
class StableReasons:
    """The reasons that are shown. They change once other reasons have lasted for a while."""

    reasons: tuple[str, ...]
    differs_since_s: float | None = None  # since when the newest reasons differ from those shown

    def update(self, reasons: tuple[str, ...], *, time_s: float, settle_s: float) -> None:
        """Take in the reasons of one more frame."""
        if reasons == self.reasons:
            self.differs_since_s = None
        elif self.differs_since_s is None:
            self.differs_since_s = time_s
        if self.differs_since_s is not None and time_s - self.differs_since_s >= settle_s:
            self.reasons, self.differs_since_s = reasons, None


@dataclass(slots=True)
class FaceState:
    """What is remembered of one face."""

    probs: np.ndarray | None = None  # smoothed, not corrected; None without a recent reading
    classified_s: float = 0.0
    caption: Caption | None = None
    stable_reasons: StableReasons | None = None  # None until the first check
    baseline: NeutralBaseline | None = None
    capture: BaselineCapture | None = None  # while a baseline is being captured


class FaceMemory:
    """Remembers the faces of one video. It belongs to one session and to one thread."""

    def __init__(self, config: MemoryConfig | None = None, *, neutral_id: int) -> None:
        """Start with no known face.

        Args:
            config: Time constants and thresholds.
            neutral_id: Index of the neutral expression in the readings.
        """
        self._config = config or MemoryConfig()
        self._neutral_id = neutral_id
        self._identities = FaceIdentities(self._config.identity)
        self._states: dict[int, FaceState] = {}

    def identify(
        self, xyxy: np.ndarray, *, track_ids: np.ndarray, is_seen: np.ndarray, time_s: float
    ) -> tuple[int, ...]:
        """Return the number of each face of the next frame; see `FaceIdentities.update`.

        Raises:
            ValueError: The frame is older than the one before.
        """
        face_ids = self._identities.update(
            xyxy, track_ids=track_ids, is_seen=is_seen, time_s=time_s
        )
        self._states = {
            face_id: self._states.get(face_id) or FaceState()
            for face_id in self._identities.remembered
        }
        for face_id in face_ids:
            self._forget_stale(self._states[face_id], time_s)
        return face_ids

    def classified_s(self, face_ids: Sequence[int]) -> np.ndarray:
        """Return when each face was last classified, `(n,)`; NaN without a recent reading."""
        states = [self._states[face_id] for face_id in face_ids]
        times_s = [np.nan if state.probs is None else state.classified_s for state in states]
        return np.array(times_s, dtype=np.float64)

    def update(
        self,
        face_ids: Sequence[int],
        *,
        reasons: Mapping[int, tuple[str, ...]],
        probs: Mapping[int, np.ndarray],
        min_confidences: np.ndarray,
        time_s: float,
    ) -> tuple[SmoothedReading, ...]:
        """Return what to show of each face of the frame, in the order of the numbers.

        Args:
            face_ids: What `identify` returned for this frame.
            reasons: Why a face cannot be classified, empty if it can, by number. Faces that were
                not checked in this frame are left out.
            probs: Probabilities `(n_classes,)`, by number. Faces that were not classified in this
                frame are left out.
            min_confidences: Share that each expression needs to be shown, `(n_classes,)`.
            time_s: When the frame was taken, as for `identify`.
        """
        for face_id, newest in reasons.items():
            state = self._states[face_id]
            state.stable_reasons = state.stable_reasons or StableReasons(newest)
            state.stable_reasons.update(newest, time_s=time_s, settle_s=self._config.settle_s)
        for face_id, reading in probs.items():
            self._add_reading(self._states[face_id], reading, time_s)
        return tuple(self._shown(face_id, min_confidences, time_s) for face_id in face_ids)

    def begin_baseline(self, face_id: int) -> None:
        """Take the neutral baseline of a face from the next `BASELINE_S` seconds of its readings.

        This drops an earlier baseline. Time in which the face cannot be classified does not count.

        Raises:
            ValueError: No such face is in view.
        """
        state = self._state(face_id)
        state.baseline, state.capture = None, BaselineCapture(BASELINE_S)

    def drop_baseline(self, face_id: int) -> None:
        """Drop the baseline of a face, or stop taking it.

        Raises:
            ValueError: No such face is in view.
        """
        state = self._state(face_id)
        state.baseline, state.capture = None, None

    def _state(self, face_id: int) -> FaceState:
        if face_id not in self._states:
            raise ValueError(f"No face {face_id} in view; there are {sorted(self._states)}.")
        return self._states[face_id]

    def _forget_stale(self, state: FaceState, time_s: float) -> None:
        if state.probs is not None and time_s - state.classified_s > self._config.stale_s:
            state.probs, state.caption = None, None

    def _add_reading(self, state: FaceState, reading: np.ndarray, time_s: float) -> None:
        self._add_to_baseline(state, reading, time_s)
        state.probs = smoothed(
            state.probs,
            reading,
            elapsed_s=time_s - state.classified_s if state.probs is not None else 0.0,
            time_constant_s=self._config.smoothing_s,
        )
        state.classified_s = time_s

    def _add_to_baseline(self, state: FaceState, reading: np.ndarray, time_s: float) -> None:
        """Add a reading to the baseline that is being captured; complete it if that is enough."""
        if state.capture is None:
            return
        state.capture.add(reading, time_s)
        if state.capture.left_s <= 0:
            readings = np.array(state.capture.readings)
            state.baseline = baseline_from(readings, neutral_id=self._neutral_id)
            state.capture = None

    def _shown(self, face_id: int, min_confidences: np.ndarray, time_s: float) -> SmoothedReading:
        """Return what to show of a face; its word may change in this frame."""
        state = self._states[face_id]
        probs = state.probs
        if probs is not None:
            probs = probs if state.baseline is None else corrected(probs, state.baseline)
            state.caption = next_caption(
                state.caption,
                probs,
                min_confidences=min_confidences,
                time_s=time_s,
                config=self._config.caption,
            )
        return SmoothedReading(
            face_id,
            probs,
            state.caption,
            state.stable_reasons.reasons if state.stable_reasons else (),
            is_corrected=state.baseline is not None,
            baseline_left_s=None if state.capture is None else max(state.capture.left_s, 0.0),
        )
