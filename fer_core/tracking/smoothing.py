"""Probabilities over time: an exponential average that does not depend on the frame rate."""

import math

import numpy as np


def smoothing_weight(elapsed_s: float, *, time_constant_s: float) -> float:
    """Return the weight of the newest sample in an exponential moving average.

    Args:
        elapsed_s: Seconds since the previous sample, at least 0.
        time_constant_s: Seconds until an old sample has faded to 1/e, above 0.

    Returns:
        Weight in `[0, 1]`: 0 if no time has passed, close to 1 after a long gap.

    Raises:
        ValueError: An argument is out of range.

    Source: first-order low-pass filter sampled at uneven times, `1 - exp(-dt / tau)`.

    >>> round(smoothing_weight(1.0, time_constant_s=1.0), 3)
    0.632
    """
    if elapsed_s < 0 or time_constant_s <= 0:
        raise ValueError(f"Out of range: {elapsed_s=} (min 0), {time_constant_s=} (above 0).")
    return 1.0 - math.exp(-elapsed_s / time_constant_s)


def smoothed(
    previous: np.ndarray | None,
    newest: np.ndarray,
    *,
    elapsed_s: float,
    time_constant_s: float,
) -> np.ndarray:
    """Return the smoothed probabilities `(n_classes,)` after one more reading.

    Args:
        previous: The result for the reading before; None for the first reading.
        newest: The new reading, `(n_classes,)`.
        elapsed_s: Seconds between the two readings, at least 0.
        time_constant_s: Seconds until an old reading has faded to 1/e, above 0.

    >>> smoothed(np.array([1.0, 0.0]), np.array([0.0, 1.0]), elapsed_s=99, time_constant_s=1)
    array([0., 1.])
    """
    if previous is None:
        return np.array(newest, dtype=np.float64)
    weight = smoothing_weight(elapsed_s, time_constant_s=time_constant_s)
    return np.asarray(previous + weight * (newest - previous))
