"""How far chance moves a score: percentile bootstrap over faces.

Source: Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13. Every score here is
a function of sums over faces, so a thousand resamples are one product of matrices.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from fer_core.metrics.evidence import Interval
from fer_core.metrics.scores import N_BINS, Scores, confidence_bins, is_in_top2, score

N_RESAMPLES: Final = 1000
_SEED: Final = 0
_PERCENTILES: Final = (2.5, 97.5)
_CHUNK: Final = 100  # resamples drawn at once; bounds the memory for a split of 28,709 faces


def score_with_intervals(
    y_true: np.ndarray, probs: np.ndarray, *, labels: tuple[str, ...]
) -> Scores:
    """Return `score` with the 95% intervals of accuracy, macro-F1, top-2 and calibration error.

    Raises:
        ValueError: As `score` says.
    """
    scores = score(y_true, probs, labels=labels)
    return replace(scores, intervals=score_intervals(y_true, probs))


def score_intervals(y_true: np.ndarray, probs: np.ndarray) -> dict[str, Interval]:
    """Return the 95% interval of each score; the same faces are drawn for all of them.

    Args:
        y_true: `(n,)` int, at least one face.
        probs: `(n, n_classes)` float, rows summing to 1.

    >>> score_intervals(np.array([0, 1]), np.eye(2))["accuracy"]
    Interval(low=1.0, high=1.0)
    """
    n, n_classes = probs.shape
    y_pred = probs.argmax(axis=1)
    pairs = np.eye(n_classes**2, dtype=np.float32)[y_true * n_classes + y_pred]
    in_top2 = is_in_top2(y_true, probs)[:, None]
    gaps = np.eye(N_BINS, dtype=np.float32)[confidence_bins(probs)]
    gaps *= ((y_pred == y_true) - probs.max(axis=1))[:, None]
    sums = resampled_sums(np.concatenate([pairs, in_top2, gaps], axis=1))
    confusions = sums[:, : n_classes**2].reshape(-1, n_classes, n_classes)
    samples = {
        "accuracy": np.trace(confusions, axis1=1, axis2=2) / n,
        "macro_f1": macro_f1_of(confusions),
        "top2": sums[:, n_classes**2] / n,
        "ece": np.abs(sums[:, n_classes**2 + 1 :]).sum(axis=1) / n,
    }
    return {name: interval_of(values) for name, values in samples.items()}


def resampled_sums(contributions: np.ndarray) -> np.ndarray:
    """Return what faces add up to in each resample: `(n, k)` -> `(N_RESAMPLES, k)` float64.

    A resample draws `n` faces with replacement: a face counts as often as it was drawn.
    """
    values = contributions.astype(np.float64)
    chunks = [counts @ values for counts in _drawn_counts(len(values))]
    return np.concatenate(chunks)


def macro_f1_of(confusions: np.ndarray) -> np.ndarray:
    """Return the macro-F1 of each confusion matrix: `(m, c, c)` -> `(m,)`.

    As in `score`, the mean is over the labels that occur among the true or predicted ones.

    >>> macro_f1_of(np.array([[[2, 0, 0], [1, 1, 0], [0, 0, 0]]])).round(3).tolist()
    [0.733]
    """
    hits = np.diagonal(confusions, axis1=1, axis2=2)
    occurrences = confusions.sum(axis=1) + confusions.sum(axis=2)  # predicted plus true
    f1 = 2 * hits / np.maximum(occurrences, 1)
    return np.asarray(f1.sum(axis=1) / (occurrences > 0).sum(axis=1))


def interval_of(values: np.ndarray) -> Interval:
    """Return the middle 95% of resampled values of a share.

    >>> interval_of(np.linspace(0, 1, 101))
    Interval(low=0.025, high=0.975)
    """
    low, high = np.clip(np.percentile(values, _PERCENTILES), 0.0, 1.0)  # rounding may leave 1
    return Interval(float(low), float(high))


def _drawn_counts(n: int) -> Iterator[np.ndarray]:
    """Yield how often each face is drawn, `(m, n)` float64, until there are `N_RESAMPLES` rows."""
    rng = np.random.default_rng(_SEED)
    for start in range(0, N_RESAMPLES, _CHUNK):
        n_resamples = min(_CHUNK, N_RESAMPLES - start)
        drawn = rng.integers(0, n, (n_resamples, n)) + n * np.arange(n_resamples)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=n * n_resamples)
        yield counts.reshape(n_resamples, n).astype(np.float64)
