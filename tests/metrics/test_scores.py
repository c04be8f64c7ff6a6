import numpy as np
import pytest
from sklearn.metrics import f1_score

from fer_core.metrics.intervals import Interval
from fer_core.metrics.scores import (
    ClassScore,
    Scores,
    calibration_error_of_shares,
    expected_calibration_error,
    macro_f1_of,
    score,
    score_intervals,
    score_with_intervals,
)

LABELS = ("angry", "happy", "sad")
HAPPY = ClassScore(precision=1.0, recall=1.0, f1=1.0, support=1)


def random_answers(n: int, n_classes: int = 7) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.integers(0, n_classes, n), rng.dirichlet([0.5] * n_classes, n)


def one_hot(predicted: list[int], confidence: float = 1.0) -> np.ndarray:
    probs = np.full((len(predicted), 3), (1 - confidence) / 2)
    probs[np.arange(len(predicted)), predicted] = confidence
    return probs


def test_scores_of_six_faces_worked_by_hand():
    y_true = np.array([0, 0, 0, 1, 1, 2])
    scores = score(y_true, one_hot([0, 0, 1, 1, 1, 1]), labels=LABELS)
    assert scores.n == 6
    assert scores.accuracy == pytest.approx(4 / 6)
    assert scores.confusion == ((2, 1, 0), (0, 2, 0), (0, 1, 0))  # row: true
    angry, happy, sad = (scores.per_class[label] for label in LABELS)
    assert (angry.precision, angry.recall, angry.support) == pytest.approx((1, 2 / 3, 3))
    assert (happy.precision, happy.recall, happy.support) == pytest.approx((1 / 2, 1, 2))
    assert (sad.precision, sad.recall, sad.f1, sad.support) == (0, 0, 0, 1)
    assert angry.f1 == pytest.approx(0.8)
    assert happy.f1 == pytest.approx(2 / 3)
    assert scores.macro_f1 == pytest.approx((0.8 + 2 / 3 + 0) / 3)
    assert scores.ece == pytest.approx(2 / 6)  # always sure, right four times in six
    assert scores.top2 == pytest.approx(5 / 6)  # the last face's second label is the first, angry


def test_labels_that_occur_nowhere_do_not_lower_the_mean():
    scores = score(np.array([0, 1]), one_hot([0, 1]), labels=LABELS)
    assert scores.macro_f1 == 1.0
    assert scores.per_class["sad"].support == 0


def test_macro_f1_equals_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    y_true, probs = rng.integers(0, 3, 200), rng.dirichlet([1, 1, 1], 200)
    expected = f1_score(y_true, probs.argmax(axis=1), average="macro")
    assert score(y_true, probs, labels=LABELS).macro_f1 == pytest.approx(expected)


def test_counts_are_plain_integers():
    scores = score(np.array([1]), one_hot([1]), labels=LABELS)
    assert scores.per_class["happy"] == HAPPY
    assert type(scores.confusion[1][1]) is int


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"accuracy": 1.1}, "shares of scores from 0 to 1"),
        ({"top2": -0.1}, "shares of scores from 0 to 1"),
        ({"confusion": ((1,), (1,))}, "confusion matrix of 1 x 1 counts"),
        ({"confusion": ((1, 0),)}, "confusion matrix of 1 x 1 counts"),
        ({"n": 2}, "expected 2 faces in the confusion matrix"),
        ({"n": 0, "confusion": ((0,),)}, "at least one"),
        ({"intervals": {"ece": Interval(0.5, 0.4)}}, "an interval of ece"),
    ],
)
def test_scores_that_contradict_each_other_are_refused(change, reason):
    values = {"n": 1, "accuracy": 1.0, "macro_f1": 1.0, "per_class": {"happy": HAPPY}, "ece": 0.0}
    with pytest.raises(ValueError, match=reason):
        Scores(**{**values, "confusion": ((1,),), **change})


def test_intervals_have_no_width_if_every_face_is_right():
    intervals = score_intervals(np.array([0, 1, 1]), np.eye(2)[[0, 1, 1]])
    assert intervals["accuracy"] == intervals["top2"] == Interval(1.0, 1.0)
    assert intervals["ece"] == Interval(0.0, 0.0)


def test_macro_f1_of_a_matrix_equals_that_of_scikit_learn():
    y_true, probs = random_answers(60, 4)
    y_true[y_true == 3] = 0  # a label that is only predicted
    y_pred = probs.argmax(axis=1)
    confusion = np.zeros((4, 4))
    np.add.at(confusion, (y_true, y_pred), 1)
    expected = f1_score(y_true, y_pred, average="macro")
    assert macro_f1_of(confusion[None])[0] == pytest.approx(expected)


def test_a_score_lies_in_its_interval_which_is_the_same_every_time():
    y_true, probs = random_answers(300)
    first, second = (score_with_intervals(y_true, probs, labels=tuple("abcdefg")) for _ in "12")
    assert first == second
    for name in ("accuracy", "macro_f1", "top2"):
        low, high = first.intervals[name]
        assert low < getattr(first, name) < high, name


def test_the_intervals_are_those_of_the_scores_of_resampled_faces():
    y_true, probs = random_answers(50)
    rng = np.random.default_rng(0)
    resamples = [rng.integers(0, 50, (100, 50)) for _ in range(10)]
    scores = [
        score(y_true[drawn], probs[drawn], labels=tuple("abcdefg"))
        for drawn in np.concatenate(resamples)[::10]  # a tenth: scikit-learn is slow
    ]
    for name, interval in score_intervals(y_true, probs).items():
        expected = np.percentile([getattr(each, name) for each in scores], (2.5, 97.5))
        assert interval == pytest.approx(tuple(expected), abs=0.06), name


@pytest.mark.parametrize(
    ("y_true", "probs"), [([], np.zeros((0, 3))), ([0], np.zeros((1, 2))), ([0], np.zeros((2, 3)))]
)
def test_no_faces_and_shapes_that_do_not_fit_are_refused(y_true, probs):
    with pytest.raises(ValueError, match="Expected probabilities"):
        score(np.array(y_true), probs, labels=LABELS)


def test_calibration_by_votes_compares_confidence_with_the_share_of_people():
    shares = np.array([[0.6, 0.4, 0.0], [0.2, 0.8, 0.0]])
    probs = np.array([[0.7, 0.2, 0.1], [0.7, 0.3, 0.0]])
    # both lead with the first label at 0.7; 0.6 and 0.2 of the people chose it: 0.4 on average
    assert calibration_error_of_shares(shares, probs) == pytest.approx(0.3)


def test_calibration_is_the_mean_gap_weighted_by_how_many_faces_share_a_bin():
    y_true = np.array([0, 0, 0, 0, 0])
    probs = np.concatenate([one_hot([0, 0, 0, 1], 0.7), one_hot([0], 0.9)])
    # bin of 0.7: 3 of 4 right, gap 0.05; bin of 0.9: 1 of 1 right, gap 0.1
    assert expected_calibration_error(y_true, probs) == pytest.approx((4 * 0.05 + 0.1) / 5)


def test_a_model_as_sure_as_it_is_right_has_no_calibration_error():
    assert expected_calibration_error(np.zeros(4, int), one_hot([0, 0, 0, 1], 0.75)) == 0
    assert expected_calibration_error(np.zeros(3, int), one_hot([0, 0, 0], 1.0)) == 0
