"""How well probabilities rank the samples of one side before those of the other."""

import numpy as np


def weighted_auc(is_positive: np.ndarray, probs: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the area under the ROC curve of each of several weightings, `(n_weightings,)`.

    It is the probability that a positive sample ranks before a negative one; a tie counts half.
    0.5 where a weighting leaves no sample of one side.

    Args:
        is_positive: `(n,)` bool.
        probs: `(n,)`.
        weights: `(n_weightings, n)`, at least 0: how often each sample counts.

    Source: Mann and Whitney 1947, doi 10.1214/aoms/1177730491.

    >>> weighted_auc(np.array([True, False, False]), np.array([0.5, 0.5, 0.1]), np.ones((1, 3)))
    array([0.75])
    """
    order = np.argsort(probs, kind="stable")
    starts = np.flatnonzero(np.diff(probs[order], prepend=np.nan) != 0)  # of equal probabilities
    ordered = weights[:, order].astype(np.float64)
    positive = np.add.reduceat(ordered * is_positive[order], starts, axis=1)
    negative = np.add.reduceat(ordered * ~is_positive[order], starts, axis=1)
    before = np.cumsum(negative, axis=1) - negative / 2
    pairs = positive.sum(axis=1) * negative.sum(axis=1)
    areas: np.ndarray = np.divide(
        (positive * before).sum(axis=1), pairs, out=np.full(len(pairs), 0.5), where=pairs > 0
    )
    return areas
