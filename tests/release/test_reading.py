import numpy as np
import pytest
from scipy.special import softmax

from fer_core.labels import FER2013_LABELS, VOTE_LABELS
from fer_core.release.reading import fit_reading, standard_rule
from fer_core.release.temperature import VotedFaces

LABELS = {"label": FER2013_LABELS, "votes": VOTE_LABELS}
SHARES = np.array([0.09, 0.02, 0.04, 0.25, 0.13, 0.13, 0.32, 0.02])


def answers(n: int, seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {
        head: softmax(rng.normal(0, 2, (n, len(words))), axis=1) for head, words in LABELS.items()
    }


def test_rare_expressions_are_named_more_often_than_by_the_votes_alone():
    heads = answers(2_000)
    read = standard_rule(VOTE_LABELS, SHARES).probs(heads, LABELS).argmax(axis=1)
    voted = heads["votes"].argmax(axis=1)
    for word in ("angry", "disgust", "fear"):
        index = VOTE_LABELS.index(word)
        assert (read == index).sum() > (voted == index).sum()
    neutral = VOTE_LABELS.index("neutral")
    assert (read == neutral).sum() < (voted == neutral).sum()


def test_the_temperature_is_fitted_to_the_votes_of_one_half_alone():
    heads = answers(400)
    rule = standard_rule(VOTE_LABELS, SHARES)
    truth = softmax(rule.scores(heads, LABELS) / 2.0, axis=1)  # people are less sure
    is_fitted = np.arange(400) < 200
    shares = np.where(is_fitted[:, None], truth, np.eye(8)[0])
    voted = VotedFaces(np.ones(400, bool), shares, is_fitted, n_voters=10)
    fitted, calibration = fit_reading(heads, LABELS, voted)
    again = standard_rule(VOTE_LABELS, shares[:200].mean(axis=0))
    assert fitted.label_weight == again.label_weight
    assert fitted.shares == pytest.approx(again.shares)
    assert fitted.temperature == calibration.temperature
    assert 1.5 < fitted.temperature < 3.0
    assert (calibration.fitted_on, calibration.judged_on) == (200, 200)


def test_an_expression_that_nobody_named_is_not_lifted_without_limit():
    heads = answers(10)
    shares = np.zeros((10, 8))
    shares[:, 3] = 1.0
    voted = VotedFaces(np.ones(10, bool), shares, np.arange(10) < 5, n_voters=10)
    fitted, _ = fit_reading(heads, LABELS, voted)
    assert min(fitted.shares.values()) == pytest.approx(1e-3)
    assert np.isfinite(fitted.probs(heads, LABELS)).all()
