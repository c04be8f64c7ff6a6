"""The neutral face of a person as the zero point, since some faces look sad or angry at rest."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

_FLOOR: Final = 0.02  # shares below 1 in 50 are noise, and division would blow them up
_CAPTURE_GAP_S: Final = 0.5  # a longer time between two readings does not count


@dataclass(frozen=True, slots=True, eq=False)
class NeutralBaseline:
    """The mean reading of one relaxed face.

    Attributes:
        probs: Mean of the readings at rest, `(n_classes,)`, sums to 1.
        neutral_id: Index of the neutral expression.
    """

    probs: np.ndarray
    neutral_id: int

    def __post_init__(self) -> None:
        probs = np.array(self.probs, dtype=np.float64)
        if probs.ndim != 1 or not np.isclose(probs.sum(), 1.0, atol=1e-3) or (probs < 0).any():
            raise ValueError(f"A baseline is a list of shares that sum to 1, got {probs}.")
        if not 0 <= self.neutral_id < len(probs):
            raise ValueError(f"neutral_id {self.neutral_id} is not one of {len(probs)} classes.")
        probs.setflags(write=False)
        object.__setattr__(self, "probs", probs)


@dataclass(slots=True)
class BaselineCapture:
    """A neutral baseline that is being captured."""

    left_s: float  # seconds of readings still needed
    readings: list[np.ndarray] = field(default_factory=list)
    read_s: float | None = None  # time of the newest reading

    def add(self, reading: np.ndarray, time_s: float) -> None:
        """Take in one more reading. Time without readings does not count."""
        if self.read_s is not None:
            self.left_s -= min(time_s - self.read_s, _CAPTURE_GAP_S)
        self.read_s = time_s
        self.readings.append(reading)


def baseline_from(readings: np.ndarray, *, neutral_id: int) -> NeutralBaseline:
    """Return the baseline of a face from its readings at rest.

    Args:
        readings: Probabilities `(n_readings, n_classes)`, about five seconds of them.
        neutral_id: Index of the neutral expression.

    Raises:
        ValueError: There is no reading, or they are not probabilities.
    """
    if len(readings) == 0:
        raise ValueError("A baseline needs at least one reading; keep the face in view.")
    return NeutralBaseline(np.asarray(readings, dtype=np.float64).mean(axis=0), neutral_id)


def corrected(probs: np.ndarray, baseline: NeutralBaseline) -> np.ndarray:
    """Return a reading corrected by the neutral baseline.

    Each expression that exceeds neutral at rest is scaled down in that ratio:
    `p_i * min(1, b_neutral / b_i)`, where shares below 2% count as 2%. The result is then scaled
    to sum to 1. At rest no expression then exceeds neutral. A baseline that is neutral changes
    nothing.

    Args:
        probs: Reading `(n_classes,)` that sums to 1.
        baseline: The face of the person at rest, with the same classes.

    Returns:
        float64 `(n_classes,)` that sums to 1.

    Raises:
        ValueError: The numbers of classes differ.

    >>> resting_sad = NeutralBaseline(np.array([0.6, 0.3, 0.1]), neutral_id=1)
    >>> corrected(np.array([0.6, 0.3, 0.1]), resting_sad).round(2)
    array([0.43, 0.43, 0.14])
    """
    if probs.shape != baseline.probs.shape:
        raise ValueError(f"Expected {len(baseline.probs)} classes, got {probs.shape}.")
    at_rest = np.maximum(baseline.probs, _FLOOR)
    weights = np.minimum(1.0, at_rest[baseline.neutral_id] / at_rest)
    weighed = probs * weights
    return np.asarray(weighed / weighed.sum())
