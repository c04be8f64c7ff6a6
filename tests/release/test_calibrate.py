import numpy as np
import pytest
from scipy.special import softmax

from fer_core.evaluate.classification import Predictions
from fer_core.labels import FER2013_LABELS, VOTE_LABELS
from fer_core.release.calibrate import (
    THRESHOLDS,
    HeadTargets,
    calibrate,
    calibrate_card,
    calibrate_heads,
    choose_threshold,
    fit_temperature,
    lowest_threshold,
    stratified_half,
)
from tests.synthetic import noise_faces

LABELS = ("a", "b")
FACES = noise_faces(28, split="PublicTest")


def predictions_of(*groups: tuple[float, int, int]) -> Predictions:
    """Return faces in groups: their confidence, the number right, the number wrong."""
    probs = np.concatenate([np.tile([p, 1 - p], (right + wrong, 1)) for p, right, wrong in groups])
    truth = np.concatenate([np.repeat([0, 1], [right, wrong]) for _, right, wrong in groups])
    return Predictions(LABELS, truth, probs.astype(np.float32))


def random_logits(n: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {
        "label": rng.normal(0, 2, (n, len(FER2013_LABELS))).astype(np.float32),
        "votes": rng.normal(0, 2, (n, len(VOTE_LABELS))).astype(np.float32),
    }


def votes_for_happy(n: int) -> np.ndarray:
    return np.tile([0, 0, 0, 7, 0, 0, 0, 3], (n, 1))


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


def test_the_halves_split_each_label_evenly_and_are_always_the_same():
    label_ids = np.repeat([0, 1, 2], [40, 6, 20])
    first = stratified_half(label_ids)
    assert np.bincount(label_ids[first]).tolist() == [20, 3, 10]
    assert np.array_equal(first, stratified_half(label_ids))
    assert stratified_half(np.zeros(0, int)).tolist() == []


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


def test_the_lowest_threshold_with_90_percent_of_the_words_right_is_chosen():
    shown = predictions_of((0.5, 50, 50), (0.6, 80, 20), (0.7, 95, 5), (0.9, 100, 0))
    # from 0.5 on 325 of 400 are right, from 0.51 on 275 of 300 are
    assert lowest_threshold(shown) == 0.51
    shown = predictions_of((0.6, 81, 19), (0.7, 99, 1))  # 180 of 200 are right
    assert lowest_threshold(shown) == THRESHOLDS[0]


def test_a_word_that_few_people_would_use_is_not_shown_even_if_it_is_always_right():
    assert lowest_threshold(predictions_of((0.5, 10, 0))) == THRESHOLDS[0] == 0.40


@pytest.mark.parametrize("shown", [predictions_of((0.8, 1, 9)), predictions_of((0.8, 0, 0))])
def test_the_highest_threshold_is_chosen_if_none_reaches_90_percent(shown):
    assert lowest_threshold(shown) == THRESHOLDS[-1] == 0.90


def test_the_threshold_is_chosen_on_one_half_and_its_effect_measured_on_the_other():
    is_first = stratified_half(FACES.label_ids)
    right = np.eye(7)[FACES.label_ids]
    wrong = np.roll(right, 1, axis=1)
    logits = {"label": np.where(is_first[:, None], right, wrong) * 8}
    threshold = choose_threshold(logits, {"label": 1.0}, FACES, None)
    assert threshold.min_confidence == THRESHOLDS[0]
    assert "agree with the label" in threshold.reason
    assert "shown for 100.0% of the faces, and 0.0% of these words are right" in threshold.reason


def test_with_votes_the_threshold_is_that_of_the_votes_head():
    happy = np.eye(8)[np.full(28, 3)]
    logits = {"label": np.zeros((28, 7)), "votes": happy * 8}
    threshold = choose_threshold(logits, {"label": 1.0, "votes": 1.0}, FACES, votes_for_happy(28))
    assert "agree with the majority of people's votes" in threshold.reason
    assert "100.0% of these words are right" in threshold.reason


def test_a_threshold_that_no_other_face_reaches_has_no_effect():
    logits = {"label": np.zeros((28, 7))}
    assert "no face reaches it" in choose_threshold(logits, {"label": 1.0}, FACES, None).reason


def test_a_head_without_true_answers_is_not_calibrated():
    logits = random_logits(28)
    assert calibrate_heads(logits, FACES, None).keys() == {"label"}
    votes = np.zeros((28, 8), int)
    votes[:7, 3] = 10  # nobody could name the others
    heads = calibrate_heads(logits, FACES, votes)
    assert heads["votes"].fitted_on + heads["votes"].judged_on == 7


def test_the_card_gets_temperatures_a_threshold_and_how_they_were_chosen(tiny_models):
    card = tiny_models.card("tiny")
    logits = random_logits(28)
    calibrated = calibrate_card(card, logits, FACES, votes_for_happy(28), split="PublicTest")
    heads = calibrate_heads(logits, FACES, votes_for_happy(28))
    assert calibrated.temperature == {name: head.temperature for name, head in heads.items()}
    assert calibrated.min_confidence in THRESHOLDS
    calibration = calibrated.details.calibration
    assert calibration.fitted_on == "14 faces, one half of PublicTest stratified by label"
    assert calibration.judged_on == "14 faces, the other half"
    assert calibration.ece_after == {name: head.ece_after for name, head in heads.items()}
    assert calibrated.details.training == card.details.training
