import numpy as np
import pytest

from fer_core.evaluate.classification import Predictions
from fer_core.expression.recognizer import load_recognizer
from fer_core.release.calibrate import (
    THRESHOLDS,
    HeadTargets,
    calibrate,
    calibrate_heads,
    choose_threshold,
    lowest_threshold,
    stratified_half,
)
from tests.synthetic import noise_faces

LABELS = ("a", "b")


def readings_of(*groups: tuple[float, int, int]) -> Predictions:
    """Return faces in groups of confidence, how many are right, how many are wrong."""
    probs = np.concatenate([np.tile([p, 1 - p], (right + wrong, 1)) for p, right, wrong in groups])
    truth = np.concatenate([np.repeat([0, 1], [right, wrong]) for _, right, wrong in groups])
    return Predictions(LABELS, truth, probs.astype(np.float32))


def test_the_halves_split_every_label_alike_and_are_the_same_every_time():
    label_ids = np.repeat([0, 1, 2], [40, 6, 20])
    first = stratified_half(label_ids)
    assert np.bincount(label_ids[first]).tolist() == [20, 3, 10]
    assert np.array_equal(first, stratified_half(label_ids))
    assert stratified_half(np.zeros(0, int)).tolist() == []


def test_a_head_that_is_too_sure_is_calibrated_on_one_half_and_judged_on_the_other():
    rng = np.random.default_rng(0)
    logits = np.tile([2.0, 0.0], (4_000, 1))  # 88% sure, right in 70%
    targets = np.eye(2)[(rng.random(4_000) > 0.7).astype(int)]
    is_fitted = np.arange(4_000) < 2_000
    head = calibrate(HeadTargets(logits, targets, is_fitted))
    assert (head.fitted_on, head.judged_on) == (2_000, 2_000)
    assert head.temperature == pytest.approx(2 / np.log(7 / 3), rel=0.1)
    assert head.ece_before == pytest.approx(0.18, abs=0.03)
    assert head.ece_after < 0.03
    assert head.ece_crosswise < 0.03


def test_the_faces_that_judge_have_no_say_in_the_temperature():
    logits = np.tile([2.0, 0.0], (20, 1))
    is_fitted = np.arange(20) < 10
    targets = np.eye(2)[[0] * 7 + [1] * 3 + [1] * 10]  # the second half is always wrong
    head = calibrate(HeadTargets(logits, targets, is_fitted))
    assert head.temperature == pytest.approx(2 / np.log(7 / 3), rel=1e-2)
    assert head.ece_after == pytest.approx(0.7, abs=0.01)


def test_crosswise_each_face_is_judged_by_the_other_halfs_temperature():
    logits = np.tile([2.0, 0.0], (20, 1))
    is_fitted = np.arange(20) < 10
    targets = np.eye(2)[[0] * 7 + [1] * 3 + [0] * 8 + [1] * 2]
    head = calibrate(HeadTargets(logits, targets, is_fitted))
    # 7 of 10 are right where the others said 8, 8 of 10 where they said 7; bins are 1/15 wide
    assert head.ece_crosswise == pytest.approx(0.1, abs=0.001)


@pytest.mark.parametrize(("n_answers", "scatter"), [(1, 0.0458), (10, 0.0145)])
def test_a_model_without_error_shows_what_chance_adds(n_answers, scatter):
    # the mean distance of a share of n draws from its true value is sqrt(2 p q / (pi n))
    logits = np.tile([np.log(0.7 / 0.3), 0.0], (128, 1))
    targets = np.tile([0.7, 0.3], (128, 1))
    is_fitted = np.arange(128) < 64
    head = calibrate(HeadTargets(logits, targets, is_fitted, n_answers=n_answers))
    assert head.ece_after == pytest.approx(0, abs=1e-3)
    assert head.chance_after == pytest.approx(scatter, rel=0.2)
    assert head.chance_crosswise == pytest.approx(scatter / np.sqrt(2), rel=0.2)


def test_without_faces_to_judge_there_is_no_error():
    head = calibrate(HeadTargets(np.array([[2.0, 0.0]]), np.array([[1.0, 0.0]]), np.array([True])))
    assert head.ece_before is None
    assert head.ece_after is None
    assert head.chance_after is None


def test_the_lowest_threshold_at_which_nine_words_in_ten_are_right_is_chosen():
    read = readings_of((0.5, 50, 50), (0.6, 80, 20), (0.7, 95, 5), (0.9, 100, 0))
    # from 0.5 on 325 of 400 are right, from 0.51 on 275 of 300 are
    assert lowest_threshold(read) == 0.51
    assert lowest_threshold(readings_of((0.6, 81, 19), (0.7, 99, 1))) == THRESHOLDS[0]  # 180 of 200


def test_a_word_that_few_people_would_use_is_not_said_however_often_it_is_right():
    assert lowest_threshold(readings_of((0.5, 10, 0))) == THRESHOLDS[0] == 0.40


@pytest.mark.parametrize("read", [readings_of((0.8, 1, 9)), readings_of((0.8, 0, 0))])
def test_where_no_threshold_will_do_it_is_the_highest(read):
    assert lowest_threshold(read) == THRESHOLDS[-1] == 0.90


def test_the_reason_names_the_rule_and_what_it_does_on_the_other_half(tiny_models):
    recognizer = load_recognizer("tiny", models=tiny_models)
    faces = noise_faces(28, split="PublicTest")
    votes = np.tile([0, 0, 0, 7, 0, 0, 0, 3], (28, 1))
    by_votes = choose_threshold(recognizer, faces, votes)
    assert "at least 90% of the words said are what most people say" in by_votes.reason
    assert "On the other half" in by_votes.reason
    assert "are the label" in choose_threshold(recognizer, faces, None).reason


def test_heads_without_truth_are_left_alone(tiny_models):
    recognizer = load_recognizer("tiny", models=tiny_models)
    faces = noise_faces(28, split="PublicTest")
    assert calibrate_heads(recognizer, faces, None).keys() == {"label"}
    votes = np.zeros((28, 8), int)
    votes[:7, 3] = 10  # the rest could not be named
    heads = calibrate_heads(recognizer, faces, votes)
    assert heads["votes"].fitted_on + heads["votes"].judged_on == 7
