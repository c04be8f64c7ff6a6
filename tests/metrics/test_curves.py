import numpy as np
import pytest

from fer_core.metrics.curves import (
    CoveragePoint,
    ShownWords,
    coverage,
    precision_recall,
    reliability,
    shown_words,
)


def test_precision_and_recall_of_four_faces_worked_by_hand():
    y_true = np.array([0, 0, 1, 1])
    probs = np.array([[0.9, 0.1], [0.4, 0.6], [0.6, 0.4], [0.1, 0.9]])
    curve = precision_recall(y_true, probs, labels=("a", "b"))["a"]
    # thresholds above 0.9, then 0.9 (right), 0.6 (wrong), 0.4 (right), 0.1 (wrong)
    assert curve.recall == (0.0, 0.5, 0.5, 1.0, 1.0)
    assert curve.precision == pytest.approx((1.0, 1.0, 0.5, 2 / 3, 0.5))
    assert curve.average_precision == pytest.approx(0.5 * 1.0 + 0.5 * 2 / 3)


def test_a_label_without_faces_has_no_curve():
    curves = precision_recall(np.array([0]), np.array([[0.9, 0.1]]), labels=("a", "b"))
    assert curves.keys() == {"a"}


def test_a_long_curve_is_thinned_and_keeps_its_ends():
    rng = np.random.default_rng(0)
    y_true, probs = rng.integers(0, 2, 500), rng.dirichlet([1, 1], 500)
    curve = precision_recall(y_true, probs, labels=("a", "b"))["b"]
    assert len(curve.recall) == 60
    assert (curve.recall[0], curve.recall[-1]) == (0.0, 1.0)
    assert list(curve.recall) == sorted(curve.recall)


def test_reliability_has_no_empty_bins():
    probs = np.array([[0.7, 0.3], [0.7, 0.3], [1.0, 0.0]])
    low, high = reliability(np.array([0, 1, 0]), probs)
    assert (low.n, low.accuracy) == (2, 0.5)
    assert low.confidence == pytest.approx(0.7)
    assert (low.low, low.high) == pytest.approx((10 / 15, 11 / 15))
    assert (high.n, high.accuracy, high.high) == (1, 1.0, 1.0)


def test_a_higher_threshold_keeps_fewer_faces_and_is_right_more_often():
    probs = np.array([[0.9, 0.1], [0.7, 0.3], [0.4, 0.6], [0.45, 0.55]])
    points = {point.min_confidence: point for point in coverage(np.zeros(4, int), probs)}
    assert (points[0.0].coverage, points[0.0].accuracy) == (1.0, 0.5)
    assert (points[0.6].coverage, points[0.6].accuracy) == (0.75, pytest.approx(2 / 3))
    assert (points[0.9].coverage, points[0.9].accuracy) == (0.25, 1.0)
    assert max(points) == 0.9


def test_a_threshold_that_no_face_reaches_has_no_point():
    assert max(p.min_confidence for p in coverage(np.array([0]), np.array([[0.6, 0.4]]))) == 0.6
    assert coverage(np.zeros(0, int), np.zeros((0, 2))) == ()


def test_a_face_whose_truth_nobody_knows_counts_as_shown_but_not_as_right_or_wrong():
    probs = np.array([[0.9, 0.1], [0.9, 0.1], [0.5, 0.5]])
    points = {p.min_confidence: p for p in coverage(np.array([0, -1, 1]), probs)}
    assert points[0.5] == CoveragePoint(0.5, coverage=1.0, accuracy=0.5)
    assert points[0.9] == CoveragePoint(0.9, coverage=2 / 3, accuracy=1.0)
    assert coverage(np.array([-1]), probs[:1]) == ()


def test_each_word_is_shown_from_its_own_threshold():
    probs = np.array([[0.6, 0.4], [0.4, 0.6], [0.2, 0.8]])
    words = shown_words(np.array([0, 1, 0]), probs, min_confidences=np.array([0.6, 0.7]))
    assert words == ShownWords(n=3, shown=2, judged=2, right=1)
    assert (words.coverage, words.accuracy) == (pytest.approx(2 / 3), 0.5)


def test_words_that_cannot_be_judged_have_no_accuracy():
    words = shown_words(np.array([-1]), np.array([[0.6, 0.4]]), min_confidences=np.zeros(2))
    assert (words.coverage, words.accuracy) == (1.0, None)


@pytest.mark.parametrize("counts", [(0, 0, 0, 0), (2, 3, 1, 1), (3, 2, 2, 3), (3, 2, 1, -1)])
def test_counts_of_words_that_do_not_fit_together_are_refused(counts):
    with pytest.raises(ValueError, match="expected n >= shown >= judged >= right"):
        ShownWords(*counts)
