"""Sides of expressions, worked by hand."""

import numpy as np
import pytest

from fer_core.labels import FER2013_LABELS, VALENCES, VOTE_LABELS
from fer_core.metrics.valence import SURPRISE_AS_NEUTRAL, valence_ids, valence_shares


def test_four_expressions_are_negative_one_is_positive_and_surprise_has_no_side():
    ids = valence_ids(np.arange(len(VOTE_LABELS)), VOTE_LABELS)
    sides = {label: VALENCES[i] for label, i in zip(VOTE_LABELS, ids, strict=True) if i >= 0}
    assert [label for label, side in sides.items() if side == "negative"] == [
        "angry",
        "disgust",
        "fear",
        "sad",
    ]
    assert sides["happy"] == "positive"
    assert sides["neutral"] == "neutral"
    assert set(VOTE_LABELS) - set(sides) == {"surprise", "contempt"}


def test_a_face_without_a_label_has_no_side():
    assert valence_ids(np.array([-1]), FER2013_LABELS).tolist() == [-1]


def test_shares_are_sums_of_those_that_have_a_side():
    probs = np.array([[0.1, 0.1, 0.1, 0.2, 0.1, 0.2, 0.2]])
    shares = valence_shares(probs, FER2013_LABELS)
    assert shares == pytest.approx(np.array([[0.4, 0.2, 0.2]]) / 0.8)
    counted = valence_shares(probs, FER2013_LABELS, sides=SURPRISE_AS_NEUTRAL)
    assert counted == pytest.approx(np.array([[0.4, 0.4, 0.2]]))


def test_a_face_that_is_nothing_but_surprised_says_nothing_about_the_sides():
    probs = np.eye(7)[[FER2013_LABELS.index("surprise")]]
    assert valence_shares(probs, FER2013_LABELS) == pytest.approx(np.full((1, 3), 1 / 3))
