import numpy as np
import pytest

from fer_core.labels import FER2013_LABELS, VOTE_LABELS
from fer_core.release.calibrate import calibrate_card, calibrate_heads, stratified_half
from fer_core.release.thresholds import THRESHOLDS
from tests.synthetic import noise_faces

FACES = noise_faces(28, split="PublicTest")


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
    assert "what most of ten people say" in calibrated.details.min_confidence_reason
    assert calibrated.min_confidence_by_label.keys() == set(VOTE_LABELS)
    assert {calibrated.min_confidence, *calibrated.min_confidences} <= set(THRESHOLDS)
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
    assert "must be those of the labels" in calibrated.details.min_confidence_reason
