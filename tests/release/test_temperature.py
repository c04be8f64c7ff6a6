import numpy as np
import pytest
from scipy.special import softmax

from fer_core.release.temperature import HeadTargets, calibrate, fit_temperature


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_the_temperature_by_which_logits_were_multiplied_is_recovered(temperature):
    rng = np.random.default_rng(0)
    calibrated = rng.normal(0, 2, (20_000, 4))
    y_true = np.array([rng.choice(4, p=p / p.sum()) for p in softmax(calibrated, axis=1)])
    found = fit_temperature(calibrated * temperature, np.eye(4)[y_true])
    assert found == pytest.approx(temperature, rel=0.05)


def test_the_temperature_fits_shares_of_votes():
    logits = np.array([[2.0, 0.0], [0.0, 2.0]])
    shares = np.array([[0.7, 0.3], [0.3, 0.7]])
    # softmax(2 / T) = 0.7 where 2 / T = ln(0.7 / 0.3)
    assert fit_temperature(logits, shares) == pytest.approx(2 / np.log(7 / 3), rel=1e-3)


def test_without_faces_the_temperature_is_1():
    assert fit_temperature(np.zeros((0, 4)), np.zeros((0, 4))) == 1.0


def test_the_temperature_of_answers_that_are_always_right_stays_in_its_range():
    assert 0.05 <= fit_temperature(np.array([[1.0, 0.0]]), np.array([[1.0, 0.0]])) < 0.1


def test_an_overconfident_head_is_calibrated_on_one_half_and_judged_on_the_other():
    rng = np.random.default_rng(0)
    logits = np.tile([2.0, 0.0], (4_000, 1))  # 88% confidence, right in 70%
    targets = np.eye(2)[(rng.random(4_000) > 0.7).astype(int)]
    is_fitted = np.arange(4_000) < 2_000
    head = calibrate(HeadTargets(logits, targets, is_fitted))
    assert (head.fitted_on, head.judged_on) == (2_000, 2_000)
    assert head.temperature == pytest.approx(2 / np.log(7 / 3), rel=0.1)
    assert head.ece_before == pytest.approx(0.18, abs=0.03)
    assert head.ece_after < 0.03
    assert head.ece_crosswise < 0.03


def test_the_faces_that_judge_do_not_influence_the_temperature():
    logits = np.tile([2.0, 0.0], (20, 1))
    is_fitted = np.arange(20) < 10
    targets = np.eye(2)[[0] * 7 + [1] * 3 + [1] * 10]  # the second half is always wrong
    head = calibrate(HeadTargets(logits, targets, is_fitted))
    assert head.temperature == pytest.approx(2 / np.log(7 / 3), rel=1e-2)
    assert head.ece_after == pytest.approx(0.7, abs=0.01)


def test_in_cross_validation_each_face_is_judged_with_the_temperature_of_the_other_half():
    logits = np.tile([2.0, 0.0], (20, 1))
    is_fitted = np.arange(20) < 10
    targets = np.eye(2)[[0] * 7 + [1] * 3 + [0] * 8 + [1] * 2]
    head = calibrate(HeadTargets(logits, targets, is_fitted))
    # 7 of 10 are right at a confidence of 0.8, and 8 of 10 at 0.7; bins are 1/15 wide
    assert head.ece_crosswise == pytest.approx(0.1, abs=0.001)


@pytest.mark.parametrize(("n_answers", "scatter"), [(1, 0.0458), (10, 0.0145)])
def test_the_error_of_a_perfect_model_is_the_scatter_of_its_answers(n_answers, scatter):
    # the mean distance of a share of n draws from its true value is sqrt(2 p q / (pi n))
    logits = np.tile([np.log(0.7 / 0.3), 0.0], (128, 1))
    targets = np.tile([0.7, 0.3], (128, 1))
    is_fitted = np.arange(128) < 64
    head = calibrate(HeadTargets(logits, targets, is_fitted, n_answers=n_answers))
    assert head.ece_after == pytest.approx(0, abs=1e-3)
    assert head.chance_after == pytest.approx(scatter, rel=0.2)
    assert head.chance_crosswise == pytest.approx(scatter / np.sqrt(2), rel=0.2)


def test_without_faces_that_judge_there_is_no_error():
    head = calibrate(HeadTargets(np.array([[2.0, 0.0]]), np.array([[1.0, 0.0]]), np.array([True])))
    assert head.ece_before is None
    assert head.ece_after is None
    assert head.chance_after is None
