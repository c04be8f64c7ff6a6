"""Which faces an epoch shows, and how often: rare expressions more often than they occur."""

from typing import Final

import numpy as np

_MAX_ODDS: Final = 5.0  # a rarer face would be learned by heart


def draw_epoch(label_ids: np.ndarray, *, balance: float, rng: np.random.Generator) -> np.ndarray:
    """Return the faces of one epoch; rare classes are drawn more often than they occur.

    Args:
        label_ids: `(n,)` int.
        balance: 0 draws every face once; 1 draws all classes equally often.
        rng: Source of randomness.

    Returns:
        Shuffled indices, `n` of them up to rounding. No face repeats before all others of its
        class were drawn.
    """
    classes, counts = np.unique(label_ids, return_counts=True)
    wanted = counts ** (1 - balance)
    per_class = np.round(wanted / wanted.sum() * len(label_ids)).astype(int)
    drawn = []
    for label, count, n_wanted in zip(classes, counts, per_class, strict=True):
        members = np.flatnonzero(label_ids == label)
        rounds = [rng.permutation(members) for _ in range(-(-n_wanted // count))]
        drawn.append(np.concatenate(rounds)[:n_wanted])
    return rng.permutation(np.concatenate(drawn))


def drawing_odds(label_ids: np.ndarray, votes: np.ndarray, *, balance: float) -> np.ndarray:
    """Return how often each face should be drawn, `(n,)` with mean 1.

    A face counts half by its label and half by its votes. Rare ones count more, up to five times.

    Args:
        label_ids: `(n,)` int.
        votes: Shares of votes `(n, n_classes)`; a row of zeros counts as the mean of the others.
        balance: 0 draws all faces alike; 1 draws all labels and all answers equally often.

    >>> drawing_odds(np.array([0, 0, 0, 1]), np.zeros((4, 2)), balance=0.0).tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    by_label = (np.bincount(label_ids).clip(1) ** -balance)[label_ids]
    by_label = by_label / by_label.mean()
    by_votes = np.ones(len(label_ids))
    has_votes = votes.any(axis=1)
    if has_votes.any():
        shares = votes[has_votes].mean(axis=0)
        wanted = votes[has_votes] @ np.where(shares > 0, shares, 1.0) ** -balance
        by_votes[has_votes] = wanted / wanted.mean()
    odds = np.minimum((by_label + by_votes) / 2, _MAX_ODDS)
    return np.asarray(odds / odds.mean())


def draw_by_odds(odds: np.ndarray, n_drawn: int, *, rng: np.random.Generator) -> np.ndarray:
    """Return `n_drawn` shuffled indices of faces, each in proportion to its odds.

    The sampling is systematic: a face with odds 1 in an epoch of as many faces is drawn once.
    """
    order = rng.permutation(len(odds))
    edges = np.cumsum(odds[order]) / odds.sum() * n_drawn
    drawn = np.searchsorted(edges, np.arange(n_drawn) + rng.random())
    return rng.permutation(order[np.minimum(drawn, len(odds) - 1)])
