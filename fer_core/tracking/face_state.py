"""What is remembered of one face from frame to frame."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from fer_core.tracking.baseline import NeutralBaseline
from fer_core.tracking.caption import Caption

_CAPTURE_GAP_S: Final = 0.5  # a longer time between two readings does not count


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
class BaselineCapture:
    """A neutral baseline that is being taken."""

    left_s: float  # seconds of readings still needed
    readings: list[np.ndarray] = field(default_factory=list)
    read_s: float | None = None  # time of the newest reading

    def add(self, reading: np.ndarray, time_s: float) -> None:
        """Take in one more reading. Time without readings does not count."""
        if self.read_s is not None:
            self.left_s -= min(time_s - self.read_s, _CAPTURE_GAP_S)
        self.read_s = time_s
        self.readings.append(reading)


@dataclass(slots=True)
class FaceState:
    """What is remembered of one face."""

    probs: np.ndarray | None = None  # smoothed, not corrected; None without a recent reading
    classified_s: float = 0.0
    caption: Caption | None = None
    stable_reasons: StableReasons | None = None  # None until the first check
    baseline: NeutralBaseline | None = None
    capture: BaselineCapture | None = None  # while a baseline is being taken
