import numpy as np
import pytest

from fer_core.evaluate.classification import Predictions
from fer_core.labels import FER2013_LABELS, VOTE_LABELS
from fer_core.release.calibrate import (
    THRESHOLDS,
    calibrate_card,
    calibrate_heads,
    choose_threshold,
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


def test_the_halves_split_each_label_evenly_and_are_always_the_same():
    label_ids = np.repeat([0, 1, 2], [40, 6, 20])
    first = stratified_half(label_ids)
    assert np.bincount(label_ids[first]).tolist() == [20, 3, 10]
    assert np.array_equal(first, stratified_half(label_ids))
    assert stratified_half(np.zeros(0, int)).tolist() == []


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
    right = np.eye(7, dtype=np.float32)[FACES.label_ids]
    wrong = np.roll(right, 1, axis=1)
    probs = np.where(is_first[:, None], right, wrong)
    shown = Predictions(FER2013_LABELS, FACES.label_ids, probs)
    threshold = choose_threshold(shown, is_first, truth="the label")
    assert threshold.min_confidence == THRESHOLDS[0]
    assert "agree with the label" in threshold.reason
    assert "shown for 100.0% of the faces, and 0.0% of these words are right" in threshold.reason


def test_a_face_whose_truth_nobody_knows_does_not_count_for_the_threshold():
    shown = predictions_of((0.6, 10, 0), (0.9, 10, 0))
    unknown = Predictions(LABELS, np.array([0] * 10 + [-1] * 10), shown.probs[:, ::-1])
    threshold = choose_threshold(unknown, np.arange(20) % 2 == 0, truth="the label")
    assert threshold.min_confidence == THRESHOLDS[-1]  # the ten that are known are all wrong


def test_a_threshold_that_no_other_face_reaches_has_no_effect():
    shown = predictions_of((0.3, 10, 0))
    assert "no face reaches it" in choose_threshold(shown, np.arange(10) < 5, truth="it").reason


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
    assert calibrated.reading is not None
    assert calibrated.reading.shares["happy"] == pytest.approx(0.7)
    assert "majority of people's votes" in calibrated.details.min_confidence_reason
    assert calibrated.min_confidence in THRESHOLDS
    calibration = calibrated.details.calibration
    assert calibration.fitted_on == "14 faces, one half of PublicTest stratified by label"
    assert calibration.judged_on == "14 faces, the other half"
    assert calibration.ece_after.keys() == {"label", "votes", "reading"}
    assert all(calibration.ece_after[name] == head.ece_after for name, head in heads.items())
    assert calibrated.details.training == card.details.training


def test_without_votes_the_reading_is_that_of_one_head(tiny_models):
    card = tiny_models.card("tiny")
    calibrated = calibrate_card(card, random_logits(28), FACES, None, split="PublicTest")
    assert calibrated.reading is None
    assert "agree with the label" in calibrated.details.min_confidence_reason
