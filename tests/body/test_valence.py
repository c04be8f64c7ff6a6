"""The model of positive and negative: worked by hand, and against scikit-learn's transform."""

import numpy as np
import pytest
from sklearn.preprocessing import PowerTransformer

from fer_core.body.valence import ValenceModel, yeo_johnson


def model_of(weights, *, bias=0.0, exponents=None):
    n = len(weights)
    return ValenceModel(
        columns=tuple("abcdef"[:n]),
        exponents=tuple(exponents or (1.0,) * n),
        means=(1.0,) * n,
        scales=(2.0,) * n,
        weights=tuple(weights),
        bias=bias,
    )


def test_the_probability_is_the_logistic_of_the_weighted_standard_scores():
    probs = model_of((1.0, -0.5), bias=0.5).probability(np.array([[3.0, 1.0], [1.0, 2.0]]))
    # standard scores (1, 0) and (0, 0.5): sums 1 + 0.5 and -0.25 + 0.5
    assert probs == pytest.approx([1 / (1 + np.exp(-1.5)), 1 / (1 + np.exp(-0.25))])


def test_far_numbers_end_at_certainty_without_a_warning():
    assert model_of((1e6,)).probability(np.array([[1e9], [-1e9]])) == pytest.approx([1, 0])


def test_the_transform_is_scikit_learns():
    values = np.random.default_rng(0).normal(0, 3, (200, 3)) ** [[1, 2, 3]]
    power = PowerTransformer(standardize=False).fit(values)
    assert yeo_johnson(values, power.lambdas_) == pytest.approx(power.transform(values))


@pytest.mark.parametrize("exponent", [0.0, 2.0])
def test_the_two_exponents_without_a_power_are_logarithms(exponent):
    side = 1.0 if exponent == 0 else -1.0
    shaped = yeo_johnson(np.array([[side * (np.e - 1)]]), np.array([exponent]))
    assert shaped == pytest.approx(side * 1.0)


def test_what_weighs_most_comes_first_whatever_its_sign():
    assert list(model_of((0.2, -0.9, 0.5)).importances()) == ["b", "c", "a"]


def test_values_of_another_width_are_refused():
    with pytest.raises(ValueError, match=r"expected \(n, 2\) values, got \(1, 3\)"):
        model_of((1.0, 1.0)).probability(np.zeros((1, 3)))


@pytest.mark.parametrize(
    "change", [{"scales": (0.0,)}, {"bias": float("nan")}, {"weights": ()}, {"columns": ()}]
)
def test_a_model_that_cannot_answer_is_refused(change):
    parts = {"columns": ("a",), "bias": 0.0}
    numbers = {"exponents": (1.0,), "means": (0.0,), "scales": (1.0,), "weights": (1.0,)}
    with pytest.raises(ValueError, match="expected"):
        ValenceModel(**parts | numbers | change)
