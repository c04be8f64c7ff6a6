"""Curves behind the scores: precision against recall, reliability, and what a threshold costs."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from fer_core.metrics.intervals import check_shares
from fer_core.metrics.scores import N_BINS, confidence_bins

_MAX_POINTS: Final = 60  # of a precision-recall curve: more cannot be seen in a chart
_N_THRESHOLDS: Final = 40  # from 0 to 1 in steps of 0.025


@dataclass(frozen=True, slots=True)
class PrecisionRecall:
    """Precision against recall of one label; `recall` rises from point to point."""

    average_precision: float
    recall: tuple[float, ...]
    precision: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.recall or len(self.recall) != len(self.precision):
            raise ValueError("expected as many precisions as recalls, at least one")
        check_shares("precision_recall", [self.average_precision, *self.recall, *self.precision])


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Mean confidence and accuracy of the `n` faces whose confidence lies in `[low, high)`.

    The last bin includes a confidence of 1.
    """

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float

    def __post_init__(self) -> None:
        check_shares("reliability", [self.low, self.high, self.confidence, self.accuracy])
        if self.n < 1:
            raise ValueError(f"expected bins with at least one face, got {self.n}")


@dataclass(frozen=True, slots=True)
class CoveragePoint:
    """Share of all faces that reach a threshold, and the accuracy on those whose truth is known."""

    min_confidence: float
    coverage: float
    accuracy: float

    def __post_init__(self) -> None:
        check_shares("coverage", [self.min_confidence, self.coverage, self.accuracy])


@dataclass(frozen=True, slots=True)
class ShownWords:
    """For how many faces a word is shown, with the thresholds of a model.

    Attributes:
        n: Faces.
        shown: Those for which a word is shown.
        judged: Those of them for which it is known which word is right.
        right: Those of them for which the right word is shown.
    """

    n: int
    shown: int
    judged: int
    right: int

    def __post_init__(self) -> None:
        if not self.n >= self.shown >= self.judged >= self.right >= 0 or self.n < 1:
            raise ValueError(f"expected n >= shown >= judged >= right >= 0, got {self}")

    @property
    def coverage(self) -> float:
        """Share of the faces for which a word is shown."""
        return self.shown / self.n

    @property
    def accuracy(self) -> float | None:
        """Share of the words that are right; None if none can be judged."""
        return self.right / self.judged if self.judged else None


def precision_recall(
    y_true: np.ndarray, probs: np.ndarray, *, labels: tuple[str, ...]
) -> dict[str, PrecisionRecall]:
    """Return one curve for each label that occurs.

    Args:
        y_true: `(n,)` int, index into `labels`.
        probs: `(n, n_classes)` float.
        labels: Names of the classes, in order.
    """
    # here, not above: pages read stored curves, and sklearn takes 150 MB
    from sklearn.metrics import average_precision_score, precision_recall_curve

    curves = {}
    for label_id, label in enumerate(labels):
        is_label = y_true == label_id
        if not is_label.any():
            continue
        precision, recall, _ = precision_recall_curve(is_label, probs[:, label_id])
        kept = np.unique(np.linspace(0, len(recall) - 1, _MAX_POINTS).round().astype(int))[::-1]
        curves[label] = PrecisionRecall(
            average_precision=float(average_precision_score(is_label, probs[:, label_id])),
            recall=tuple(map(float, recall[kept])),
            precision=tuple(map(float, precision[kept])),
        )
    return curves


def reliability(y_true: np.ndarray, probs: np.ndarray) -> tuple[ReliabilityBin, ...]:
    """Return confidence and accuracy in bins of equal width; empty bins are left out.

    >>> reliability(np.array([0, 0]), np.array([[0.75, 0.25], [0.25, 0.75]]))[0].accuracy
    0.5
    """
    confidence, is_right = probs.max(axis=1), probs.argmax(axis=1) == y_true
    bins = confidence_bins(probs)
    return tuple(
        ReliabilityBin(
            low=index / N_BINS,
            high=(index + 1) / N_BINS,
            n=int((bins == index).sum()),
            confidence=float(confidence[bins == index].mean()),
            accuracy=float(is_right[bins == index].mean()),
        )
        for index in np.unique(bins).tolist()
    )


def coverage(y_true: np.ndarray, probs: np.ndarray) -> tuple[CoveragePoint, ...]:
    """Return coverage and accuracy at rising thresholds, the same for all labels.

    Args:
        y_true: `(n,)` int, index of the right label, -1 where nobody knows it.
        probs: `(n, n_classes)` float.

    >>> coverage(np.array([0, 0]), np.array([[0.9, 0.1], [0.4, 0.6]]))[-1]
    CoveragePoint(min_confidence=0.9, coverage=0.5, accuracy=1.0)
    """
    if not len(y_true):
        return ()
    return coverage_of(probs.max(axis=1), probs.argmax(axis=1) == y_true, is_known=y_true >= 0)


def coverage_of(
    confidence: np.ndarray, is_right: np.ndarray, *, is_known: np.ndarray
) -> tuple[CoveragePoint, ...]:
    """Return coverage and accuracy at each threshold at which a word can be judged.

    Args:
        confidence: `(n,)` float, share of the leading label.
        is_right: `(n,)` bool, whether it is the right one.
        is_known: `(n,)` bool, whether the right one is known.
    """
    points = []
    for min_confidence in (index / _N_THRESHOLDS for index in range(_N_THRESHOLDS + 1)):
        is_shown = confidence >= min_confidence
        judged = is_right[is_shown & is_known]
        if len(judged):
            point = (min_confidence, float(is_shown.mean()), float(judged.mean()))
            points.append(CoveragePoint(*point))
    return tuple(points)


def shown_words(
    y_true: np.ndarray, probs: np.ndarray, *, min_confidences: np.ndarray
) -> ShownWords:
    """Return for how many faces a word is shown, and for how many it is right.

    Args:
        y_true: `(n,)` int, index of the right label, -1 where nobody knows it; at least one face.
        probs: `(n, n_classes)` float.
        min_confidences: `(n_classes,)` float, share from which on each label is shown.

    >>> probs = np.array([[0.6, 0.4], [0.4, 0.6], [0.6, 0.4]])
    >>> shown_words(np.array([0, 1, -1]), probs, min_confidences=np.array([0.5, 0.7]))
    ShownWords(n=3, shown=2, judged=1, right=1)
    """
    leading = probs.argmax(axis=1)
    is_shown = probs.max(axis=1) >= min_confidences[leading]
    is_judged = is_shown & (y_true >= 0)
    is_right = is_judged & (leading == y_true)
    return ShownWords(len(y_true), *(int(each.sum()) for each in (is_shown, is_judged, is_right)))
