import numpy as np
import pytest

from fer_core.expression.recognizer import softmax
from fer_core.release.temperature import fit_temperature


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_the_temperature_that_made_the_answers_too_sure_is_found_again(temperature):
    rng = np.random.default_rng(0)
    honest = rng.normal(0, 2, (20_000, 4))
    y_true = np.array([rng.choice(4, p=p / p.sum()) for p in softmax(honest).astype(float)])
    found = fit_temperature(honest * temperature, np.eye(4)[y_true])
    assert found == pytest.approx(temperature, rel=0.05)


def test_shares_of_votes_are_met_as_closely_as_one_number_can():
    logits = np.array([[2.0, 0.0], [0.0, 2.0]])
    shares = np.array([[0.7, 0.3], [0.3, 0.7]])
    # softmax(2 / T) = 0.7 where 2 / T = ln(0.7 / 0.3)
    assert fit_temperature(logits, shares) == pytest.approx(2 / np.log(7 / 3), rel=1e-3)


def test_without_faces_nothing_is_changed():
    assert fit_temperature(np.zeros((0, 4)), np.zeros((0, 4))) == 1.0


def test_answers_that_are_always_right_stay_within_the_range():
    assert 0.05 <= fit_temperature(np.array([[1.0, 0.0]]), np.array([[1.0, 0.0]])) < 0.1
