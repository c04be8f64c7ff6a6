"""Whether two shares differ by more than chance, for many pairs at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `n`."""

    count: int
    n: int

    @property
    def value(self) -> float:
        """The share, in `[0, 1]`; 0 of nothing is 0."""
        return self.count / max(self.n, 1)


def fisher_p_value(one: Share, other: Share) -> float:
    """Return how likely chance alone makes two equal shares differ this much, in `[0, 1]`.

    Source: Fisher's exact test, two-sided, as scipy counts it.

    >>> round(fisher_p_value(Share(8, 10), Share(1, 6)), 3)
    0.035
    """
    from scipy.stats import fisher_exact  # here, not above: pages only show stored comparisons

    table = [[share.count, share.n - share.count] for share in (one, other)]
    return float(fisher_exact(table).pvalue)


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return the p-values corrected for their number, in the order given.

    If nothing differs, the chance that any of them is below 0.05 is at most 5%.

    Source: Holm 1979, Scandinavian Journal of Statistics 6, 65-70.

    >>> [round(p, 2) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p_values, kind="stable")
    corrected = np.ones(len(order))
    largest = 0.0
    for rank, index in enumerate(order):
        largest = max(largest, (len(order) - rank) * float(p_values[index]))
        corrected[index] = min(1.0, largest)
    return tuple(float(p) for p in corrected)
