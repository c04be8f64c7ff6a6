from dataclasses import asdict, replace

import numpy as np
import pytest

from fer_core.expression.card import ModelCard
from fer_core.expression.reading import ReadingRule
from fer_core.expression.recognizer import load_recognizer
from fer_core.labels import FER2013_LABELS, VOTE_LABELS
from tests.synthetic import noise_faces

WORDS = ("happy", "sad", "contempt")
LABELS = {"label": ("sad", "happy"), "votes": WORDS}  # another order, and no contempt


def rule(*, weight: float = 0.0, power: float = 0.0, temperature: float = 1.0) -> ReadingRule:
    return ReadingRule(
        dict.fromkeys(WORDS, weight),
        dict.fromkeys(WORDS, power),
        {"happy": 0.5, "sad": 0.25, "contempt": 0.25},
        temperature,
    )


HEADS = {"label": np.array([[0.8, 0.2]]), "votes": np.array([[0.6, 0.3, 0.1]])}


def test_without_weight_power_and_temperature_it_is_the_votes_head():
    assert rule().probs(HEADS, LABELS) == pytest.approx(HEADS["votes"])


def test_both_heads_are_weighed_as_a_geometric_mean_by_their_labels():
    mixed = np.array([[0.2 * 0.6, 0.8 * 0.3, 0.1 * 0.1]]) ** 0.5
    assert rule(weight=0.5).probs(HEADS, LABELS) == pytest.approx(mixed / mixed.sum())


def test_the_power_divides_out_the_shares():
    even = np.array([[0.6 / 0.5, 0.3 / 0.25, 0.1 / 0.25]])
    assert rule(power=1.0).probs(HEADS, LABELS) == pytest.approx(even / even.sum())
    half = HEADS["votes"] / np.sqrt([[0.5, 0.25, 0.25]])
    assert rule(power=0.5).probs(HEADS, LABELS) == pytest.approx(half / half.sum())


def test_each_expression_can_have_its_own_weight_and_power():
    one = replace(
        rule(),
        label_weight={"happy": 0.0, "sad": 1.0, "contempt": 0.0},
        share_power={"happy": 1.0, "sad": 0.0, "contempt": 0.0},
    )
    expected = np.array([[0.6 / 0.5, 0.8, 0.1]])
    assert one.probs(HEADS, LABELS) == pytest.approx(expected / expected.sum())


def test_a_high_temperature_makes_all_equally_likely_and_keeps_the_order():
    probs = rule(temperature=50.0).probs(HEADS, LABELS)
    assert probs == pytest.approx(1 / 3, abs=0.02)
    assert probs.argsort().tolist() == HEADS["votes"].argsort().tolist()


def test_a_share_of_0_gives_finite_probabilities():
    heads = {"label": np.array([[1.0, 0.0]]), "votes": np.array([[0.0, 0.0, 1.0]])}
    probs = rule(weight=0.5, power=0.5).probs(heads, LABELS)
    assert np.isfinite(probs).all()
    assert probs.sum() == pytest.approx(1.0)


@pytest.mark.parametrize(
    "change",
    [
        {"label_weight": {"happy": 0.5}},
        {"label_weight": dict.fromkeys(WORDS, 1.5)},
        {"share_power": dict.fromkeys(WORDS, -0.1)},
        {"shares": dict.fromkeys(WORDS, 0.0)},
        {"temperature": 0.0},
        {"temperature": float("nan")},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(change):
    with pytest.raises(ValueError, match="got ReadingRule"):
        replace(rule(), **change)


def full_rule() -> ReadingRule:
    numbers = dict.fromkeys(VOTE_LABELS, 0.5)
    return ReadingRule(numbers, numbers, dict.fromkeys(VOTE_LABELS, 0.125), 1.5)


def test_the_rule_is_part_of_the_card_and_stays_the_same_in_its_file(tiny_models):
    card = replace(tiny_models.card("tiny"), reading=full_rule())
    assert ModelCard.from_json(card.to_json()) == card
    assert asdict(card)["reading"]["temperature"] == 1.5


@pytest.mark.parametrize("change", [{"reading_head": "label"}, {"heads": {"votes": VOTE_LABELS}}])
def test_a_card_whose_heads_do_not_fit_the_rule_is_refused(tiny_models, change):
    with pytest.raises(ValueError, match="needs the heads label and votes"):
        replace(tiny_models.card("tiny"), reading=full_rule(), **change)


def test_what_the_app_shows_follows_the_rule(tiny_models):
    recognizer = load_recognizer("tiny", models=tiny_models)
    crops = noise_faces(5).pixels
    recognizer.card = replace(recognizer.card, reading=full_rule())
    heads = recognizer.predict_heads(crops)
    expected = full_rule().probs(heads, {"label": FER2013_LABELS, "votes": VOTE_LABELS})
    assert recognizer.predict_reading(crops) == pytest.approx(expected, abs=1e-6)
    shown = np.array([expression.probs for expression in recognizer.recognize(crops)])
    assert shown == pytest.approx(expected, abs=1e-6)


def test_no_crops_give_no_readings(tiny_models):
    recognizer = load_recognizer("tiny", models=tiny_models)
    recognizer.card = replace(recognizer.card, reading=full_rule())
    assert recognizer.predict_reading(noise_faces(2).pixels[:0]).shape == (0, len(VOTE_LABELS))
