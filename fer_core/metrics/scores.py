"""Scores of predictions against labels, as the literature counts them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from fer_core.metrics.intervals import (
    Interval,
    bootstrap_intervals,
    check_intervals,
    check_shares,
)

N_BINS: Final = 15  # of equal width, as in Guo et al. 2017, arXiv 1706.04599


@dataclass(frozen=True, slots=True)
class ClassScore:
    """Precision, recall and F1 in `[0, 1]` of one label, and how many faces carry it."""

    precision: float
    recall: float
    f1: float
    support: int

    def __post_init__(self) -> None:
        check_shares("scores", [self.precision, self.recall, self.f1])


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of a model on `n` labelled faces; shares lie in `[0, 1]`.

    Attributes:
        n: Faces.
        accuracy: Share of faces whose leading label is right.
        macro_f1: Mean F1 over the labels that occur among the true or predicted ones, each
            counting the same.
        per_class: Scores of each label.
        confusion: Counts; row is the true label, column the predicted one, in label order.
        ece: Expected calibration error.
        top2: Share of faces whose true label is among the leading two; None if not measured.
        intervals: 95% intervals of `accuracy`, `macro_f1`, `top2` and `ece`; empty if not
            measured.
    """

    n: int
    accuracy: float
    macro_f1: float
    per_class: dict[str, ClassScore]
    confusion: tuple[tuple[int, ...], ...]
    ece: float
    top2: float | None = None
    intervals: dict[str, Interval] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_confusion(self.confusion, n=self.n, per_class=self.per_class)
        shares = [self.accuracy, self.macro_f1, self.ece]
        check_shares("scores", shares if self.top2 is None else [*shares, self.top2])
        check_intervals(self.intervals)


def check_confusion(
    confusion: tuple[tuple[int, ...], ...], *, n: int, per_class: Mapping[str, ClassScore]
) -> None:
    """Raise ValueError if a confusion matrix does not fit the labels or the number of faces."""
    n_labels = len(per_class)
    if [len(row) for row in confusion] != [n_labels] * n_labels:
        raise ValueError(f"expected a confusion matrix of {n_labels} x {n_labels} counts")
    if sum(map(sum, confusion)) != n or n < 1:
        raise ValueError(f"expected {n} faces in the confusion matrix, at least one")


def score(y_true: np.ndarray, probs: np.ndarray, *, labels: tuple[str, ...]) -> Scores:
    """Return the scores of probabilities against true labels.

    Args:
        y_true: `(n,)` int, index into `labels`, at least one face.
        probs: `(n, n_classes)` float, rows summing to 1.
        labels: Names of the classes, in order.

    Raises:
        ValueError: No faces, or shapes that do not fit together.

    >>> score(np.array([0, 1]), np.array([[0.9, 0.1], [0.2, 0.8]]), labels=("a", "b")).macro_f1
    1.0
    """
    if not len(y_true) or probs.shape != (len(y_true), len(labels)):
        raise ValueError(
            f"Expected probabilities ({len(y_true)}, {len(labels)}) for at least one face, got "
            f"{probs.shape}."
        )
    # here, not above: pages import this module to show stored scores, and sklearn takes 150 MB
    from sklearn.metrics import confusion_matrix, f1_score, precision_recall_fscore_support

    y_pred = probs.argmax(axis=1)
    class_ids = np.arange(len(labels))
    columns = precision_recall_fscore_support(y_true, y_pred, labels=class_ids, zero_division=0.0)
    per_class = {
        label: ClassScore(float(precision), float(recall), float(f1), int(support))
        for label, precision, recall, f1, support in zip(labels, *columns, strict=True)
    }
    return Scores(
        n=len(y_true),
        accuracy=float((y_pred == y_true).mean()),
        macro_f1=float(f1_score(y_true, y_pred, average="macro")),
        per_class=per_class,
        confusion=tuple(
            tuple(int(count) for count in row)
            for row in confusion_matrix(y_true, y_pred, labels=class_ids)
        ),
        ece=expected_calibration_error(y_true, probs),
        top2=float(is_in_top2(y_true, probs).mean()),
    )


def score_with_intervals(
    y_true: np.ndarray, probs: np.ndarray, *, labels: tuple[str, ...]
) -> Scores:
    """Return `score` with the 95% intervals of accuracy, macro-F1, top-2 and calibration error.

    Raises:
        ValueError: As for `score`.
    """
    scores = score(y_true, probs, labels=labels)
    return replace(scores, intervals=score_intervals(y_true, probs))


def score_intervals(y_true: np.ndarray, probs: np.ndarray) -> dict[str, Interval]:
    """Return the 95% interval of each score.

    Args:
        y_true: `(n,)` int, at least one face.
        probs: `(n, n_classes)` float, rows summing to 1.

    >>> score_intervals(np.array([0, 1]), np.eye(2))["accuracy"]
    Interval(low=1.0, high=1.0)
    """
    n, n_classes = probs.shape
    y_pred = probs.argmax(axis=1)
    pairs = y_true * n_classes + y_pred
    in_top2 = is_in_top2(y_true, probs)
    bins = confidence_bins(probs)
    gaps = (y_pred == y_true) - probs.max(axis=1).astype(np.float64)

    def of_resamples(drawn: np.ndarray) -> np.ndarray:  # (m, n) -> (4, m)
        confusions = _counts(pairs[drawn], n_classes**2).reshape(-1, n_classes, n_classes)
        gap_sums = _counts(bins[drawn], N_BINS, weights=gaps[drawn])
        return np.stack(
            [
                np.trace(confusions, axis1=1, axis2=2) / n,
                macro_f1_of(confusions),
                in_top2[drawn].mean(axis=1),
                np.abs(gap_sums).sum(axis=1) / n,
            ]
        )

    names = ("accuracy", "macro_f1", "top2", "ece")
    return dict(zip(names, bootstrap_intervals(of_resamples, n), strict=True))


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


def is_in_top2(y_true: np.ndarray, probs: np.ndarray) -> np.ndarray:
    """Return whether each face's true label is among the leading two: bool `(n,)`.

    If probabilities are equal, the first label leads, as in `argmax`.

    >>> is_in_top2(np.array([1, 2]), np.array([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2]])).tolist()
    [True, False]
    """
    leading = np.argsort(-probs, axis=1, kind="stable")[:, :2]
    return np.asarray((leading == y_true[:, None]).any(axis=1))


def expected_calibration_error(y_true: np.ndarray, probs: np.ndarray) -> float:
    """Return how far confidence and accuracy lie apart on average, in `[0, 1]`.

    Args:
        y_true: `(n,)` int.
        probs: `(n, n_classes)` float, rows summing to 1.

    Source: Guo et al. 2017, arXiv 1706.04599, equation 3, with `N_BINS` bins of equal width.

    >>> expected_calibration_error(np.array([0, 0]), np.array([[0.75, 0.25], [0.75, 0.25]]))
    0.25
    """
    return calibration_error_of_shares(np.eye(probs.shape[1])[y_true], probs)


def calibration_error_of_shares(shares: np.ndarray, probs: np.ndarray) -> float:
    """Return the calibration error if the truth is the share of people who chose each label.

    Args:
        shares: `(n, n_classes)` float, at least one face; rows sum to 1.
        probs: `(n, n_classes)` float, rows summing to 1.

    >>> calibration_error_of_shares(np.array([[0.7, 0.3]]), np.array([[0.7, 0.3]]))
    0.0
    """
    leading = probs.argmax(axis=1)
    gaps = shares[np.arange(len(probs)), leading] - probs.max(axis=1)
    gap_sums = np.bincount(confidence_bins(probs), weights=gaps, minlength=N_BINS)
    return float(np.abs(gap_sums).sum() / len(probs))


def confidence_bins(probs: np.ndarray) -> np.ndarray:
    """Return the bin of each face's confidence, from 0 to `N_BINS - 1`: `(n, c)` -> `(n,)`.

    >>> confidence_bins(np.array([[0.5, 0.5], [0.0, 1.0]])).tolist()
    [7, 14]
    """
    return np.asarray(np.minimum((probs.max(axis=1) * N_BINS).astype(int), N_BINS - 1))


def _counts(ids: np.ndarray, n_ids: int, *, weights: np.ndarray | None = None) -> np.ndarray:
    """Return how often each ID occurs in each row, or the sums of its weights: `(m, n_ids)`."""
    shifted = ids + n_ids * np.arange(len(ids))[:, None]
    flat_weights = None if weights is None else weights.ravel()
    counts = np.bincount(shifted.ravel(), weights=flat_weights, minlength=n_ids * len(ids))
    return counts.reshape(len(ids), n_ids)
