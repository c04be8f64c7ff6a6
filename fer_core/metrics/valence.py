"""Positive, neutral or negative: what the shares of the expressions add up to."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from fer_core.labels import VALENCE_OF, VALENCES

SURPRISE_AS_NEUTRAL: Final = {**VALENCE_OF, "surprise": "neutral"}
"""The sides if a surprise counts as neutral."""


def valence_ids(
    label_ids: np.ndarray, labels: Sequence[str], *, sides: Mapping[str, str] = VALENCE_OF
) -> np.ndarray:
    """Return the side of each label, `(n,)` int: index into `VALENCES`; -1 where it has none.

    Args:
        label_ids: `(n,)` int, index into `labels`; negative where a face has no label.
        labels: Names of the expressions.
        sides: The side of each expression that has one.

    >>> valence_ids(np.array([0, 1, -1]), ("happy", "surprise")).tolist()
    [2, -1, -1]
    """
    ids = [VALENCES.index(sides[each]) if each in sides else -1 for each in labels]
    return np.where(label_ids < 0, -1, np.array(ids)[label_ids])


def valence_shares(
    probs: np.ndarray, labels: Sequence[str], *, sides: Mapping[str, str] = VALENCE_OF
) -> np.ndarray:
    """Return the shares of `VALENCES`, `(n, 3)`, which sum to 1.

    Expressions without a side are left out, and the others share their part.

    Args:
        probs: `(n, n_labels)`, each row sums to 1.
        labels: Names of the expressions.
        sides: The side of each expression that has one.

    >>> valence_shares(np.array([[0.2, 0.2, 0.6]]), ("happy", "sad", "surprise")).tolist()
    [[0.5, 0.0, 0.5]]
    """
    sums = np.zeros((len(probs), len(VALENCES)))
    for column, label in enumerate(labels):
        if label in sides:
            sums[:, VALENCES.index(sides[label])] += probs[:, column]
    totals = sums.sum(axis=1, keepdims=True)
    even = np.full_like(sums, 1 / len(VALENCES))  # all of it was surprise
    shares: np.ndarray = np.divide(sums, totals, out=even, where=totals > 0)
    return shares
