"""What is remembered of one face of a video from frame to frame."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from fer_core.tracking.baseline import NeutralBaseline
from fer_core.tracking.caption import Caption

_CAPTURE_GAP_S: Final = 0.5  # two readings further apart than this have a face unread between them


@dataclass(slots=True)
class StableReasons:
    """Why a face is shown unread, which changes only once the new has lasted."""

    reasons: tuple[str, ...]
    differs_since_s: float | None = None  # when what is seen began to differ from what is shown

    def see(self, reasons: tuple[str, ...], *, time_s: float, settle_s: float) -> None:
        """Take in what is seen in one more frame."""
        if reasons == self.reasons:
            self.differs_since_s = None
        elif self.differs_since_s is None:
            self.differs_since_s = time_s
        if self.differs_since_s is not None and time_s - self.differs_since_s >= settle_s:
            self.reasons, self.differs_since_s = reasons, None


@dataclass(slots=True)
class BaselineCapture:
    """A neutral baseline in the making."""

    left_s: float  # seconds of readings still wanted
    readings: list[np.ndarray] = field(default_factory=list)
    read_s: float | None = None  # when the newest was taken

    def add(self, reading: np.ndarray, time_s: float) -> None:
        """Take one more reading; time counts only while the face is read."""
        if self.read_s is not None:
            self.left_s -= min(time_s - self.read_s, _CAPTURE_GAP_S)
        self.read_s = time_s
        self.readings.append(reading)


@dataclass(slots=True)
class FaceState:
    """What is remembered of one face."""

    probs: np.ndarray | None = None  # smoothed, not corrected
    read_s: float = 0.0
    caption: Caption | None = None
    fitness: StableReasons | None = None  # until it was seen once
    baseline: NeutralBaseline | None = None
    rest: BaselineCapture | None = None  # while a baseline is being taken
