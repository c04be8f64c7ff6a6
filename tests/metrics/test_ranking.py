"""The area under the ROC curve: by hand, and as scikit-learn computes it."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from fer_core.metrics.ranking import weighted_auc


def test_with_ties_and_weights_it_is_scikit_learns():
    random = np.random.default_rng(0)
    is_positive = random.random(200) < 0.3
    probs = random.integers(0, 20, 200) / 20
    weights = random.integers(0, 4, (5, 200))
    expected = [roc_auc_score(is_positive, probs, sample_weight=each) for each in weights]
    assert weighted_auc(is_positive, probs, weights) == pytest.approx(expected)


def test_order_alone_counts():
    is_positive = np.array([False, False, True, True])
    ones = np.ones((1, 4))
    assert weighted_auc(is_positive, np.array([0.1, 0.2, 0.3, 0.4]), ones) == 1
    assert weighted_auc(is_positive, np.array([0.4, 0.3, 0.2, 0.1]), ones) == 0
    assert weighted_auc(is_positive, np.full(4, 0.7), ones) == 0.5


def test_without_one_of_the_sides_it_tells_nothing():
    assert weighted_auc(np.array([True, False]), np.array([0.9, 0.1]), np.array([[1, 0]])) == 0.5
