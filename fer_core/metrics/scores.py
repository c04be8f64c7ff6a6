"""Scores of predictions against labels, as the literature counts them."""

from dataclasses import asdict, dataclass, field
from typing import Any, Final

import numpy as np

from fer_core.metrics.evidence import Interval

N_BINS: Final = 15  # of equal width, as in Guo et al. 2017, arXiv 1706.04599


@dataclass(frozen=True, slots=True)
class ClassScore:
    """Precision, recall and F1 in `[0, 1]` of one label, and how many faces carry it."""

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True)
class Scores:
    """What a model scored on `n` labelled faces; shares lie in `[0, 1]`.

    Attributes:
        n: Faces.
        accuracy: Share of faces whose leading label is right.
        macro_f1: Mean F1 over the labels that occur among the true or predicted ones, each
            counting the same.
        per_class: Scores of each label.
        confusion: Counts; row is the true label, column the predicted one, in label order.
        ece: Expected calibration error.
        top2: Share of faces whose true label is among the leading two; None where not measured.
        intervals: 95% intervals of `accuracy`, `macro_f1`, `top2` and `ece`; empty where not
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

    def as_dict(self) -> dict[str, Any]:
        """Return the scores as plain numbers for JSON."""
        return asdict(self)


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


def is_in_top2(y_true: np.ndarray, probs: np.ndarray) -> np.ndarray:
    """Return whether each face's true label is among the leading two: bool `(n,)`.

    Of equal shares the first label leads, as in `argmax`.

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
    """Return the same where the truth is the share of people who chose each label.

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
