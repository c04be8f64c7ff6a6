"""How far chance moves a score: 95% intervals by the percentile bootstrap, and Wilson's for counts.

Source: Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

import numpy as np

N_RESAMPLES: Final = 1000
_SEED: Final = 0
_Z95: Final = 1.959964  # quantile of the normal distribution at 97.5%
_BATCH: Final = 100  # resamples drawn at once; bounds the memory for a split of 28,709 faces

Statistic = Callable[[np.ndarray], np.ndarray]


class Interval(NamedTuple):
    """The range in which a score lies with 95% confidence; a list `[low, high]` in JSON."""

    low: float
    high: float


def bootstrap_intervals(statistic: Statistic, n: int) -> tuple[Interval, ...]:
    """Return the 95% interval of each of several shares; all see the same resamples.

    Args:
        statistic: From resamples `(n_resamples, n)` int, indices of drawn faces, to the shares of
            each resample, `(n_shares, n_resamples)`.
        n: Faces, at least one.

    >>> is_right = np.array([True, True, False, True])
    >>> bootstrap_intervals(lambda drawn: is_right[drawn].mean(axis=1)[None], n=4)
    (Interval(low=0.25, high=1.0),)
    """
    if n == 1:  # scipy refuses a single observation: every resample is that one
        ends = np.repeat(statistic(np.zeros((1, 1), dtype=int)), 2, axis=1)
    else:
        from scipy.stats import bootstrap  # here, not above: pages only show stored intervals

        found = bootstrap(
            (np.arange(n),),
            lambda drawn, axis: statistic(drawn),  # the axis is always the last
            n_resamples=N_RESAMPLES,
            batch=_BATCH,
            vectorized=True,
            method="percentile",
            rng=np.random.default_rng(_SEED),
        ).confidence_interval
        ends = np.stack([found.low, found.high], axis=1)
    ends = np.clip(ends, 0.0, 1.0)  # rounding may leave this range
    return tuple(Interval(float(low), float(high)) for low, high in ends)


def wilson_interval(count: int, n: int) -> Interval:
    """Return the 95% interval of the share `count / n`; it is not empty if all or none are counted.

    Args:
        count: From 0 to `n`.
        n: At least 1.

    Raises:
        ValueError: An argument is out of range.

    Source: Wilson 1927, Journal of the American Statistical Association 22, 209-212.

    >>> [round(end, 3) for end in wilson_interval(10, 10)]
    [0.722, 1.0]
    """
    if not 0 <= count <= n or n < 1:
        raise ValueError(f"Out of range: {count=} (0 to n), {n=} (min 1).")
    share, z2 = count / n, _Z95**2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    reach = _Z95 * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Interval(max(0.0, centre - reach), min(1.0, centre + reach))


def check_shares(name: str, shares: Iterable[float]) -> None:
    """Raise ValueError if a share is not in `[0, 1]`.

    >>> check_shares("accuracy", [0.5, 1.0])
    """
    for share in shares:
        if not 0.0 <= share <= 1.0:
            raise ValueError(f"expected shares of {name} from 0 to 1, got {share}")


def check_intervals(intervals: Mapping[str, Interval]) -> None:
    """Raise ValueError if an interval is not a range within `[0, 1]`.

    >>> check_intervals({"accuracy": Interval(0.6, 0.7)})
    """
    for name, interval in intervals.items():
        if not 0.0 <= interval.low <= interval.high <= 1.0:
            raise ValueError(f"expected an interval of {name} within 0 to 1, got {interval}")
