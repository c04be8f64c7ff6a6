import time

import numpy as np
import pytest
from sklearn.metrics import f1_score

from fer_core.metrics.evidence import Interval
from fer_core.metrics.intervals import (
    N_RESAMPLES,
    macro_f1_of,
    resampled_sums,
    score_intervals,
    score_with_intervals,
)


def random_readings(n: int, n_classes: int = 7) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.integers(0, n_classes, n), rng.dirichlet([0.5] * n_classes, n)


def test_the_interval_of_a_share_is_the_binomials():
    # 60 of 100 right: +-1.96 * sqrt(0.6 * 0.4 / 100) = 0.504 to 0.696
    y_true = np.zeros(100, int)
    probs = np.eye(2)[np.repeat([0, 1], [60, 40])]
    low, high = score_intervals(y_true, probs)["accuracy"]
    assert (low, high) == pytest.approx((0.504, 0.696), abs=0.015)


def test_nothing_varies_where_every_face_is_right():
    intervals = score_intervals(np.array([0, 1, 1]), np.eye(2)[[0, 1, 1]])
    assert intervals["accuracy"] == intervals["top2"] == Interval(1.0, 1.0)
    assert intervals["ece"] == Interval(0.0, 0.0)


def test_macro_f1_of_matrices_is_scikit_learns():
    y_true, probs = random_readings(60, 4)
    y_true[y_true == 3] = 0  # a label that is only predicted
    y_pred = probs.argmax(axis=1)
    confusion = np.zeros((4, 4))
    np.add.at(confusion, (y_true, y_pred), 1)
    expected = f1_score(y_true, y_pred, average="macro")
    assert macro_f1_of(confusion[None])[0] == pytest.approx(expected)


def test_every_resample_draws_as_many_faces_as_there_are():
    sums = resampled_sums(np.ones((30, 1)))
    assert sums.shape == (N_RESAMPLES, 1)
    assert (sums == 30).all()


def test_the_score_lies_in_its_interval_and_the_interval_is_the_same_every_time():
    y_true, probs = random_readings(300)
    first, second = (score_with_intervals(y_true, probs, labels=tuple("abcdefg")) for _ in "12")
    assert first == second
    for name in ("accuracy", "macro_f1", "top2"):
        low, high = first.intervals[name]
        assert low < getattr(first, name) < high, name


def test_a_whole_test_split_takes_seconds():
    start = time.perf_counter()
    score_intervals(*random_readings(3_589))
    assert time.perf_counter() - start < 10
