"""A small evaluation and history, worked out by hand."""

import pytest

from fer_core.evaluate.scores import ClassScore, Scores
from fer_core.evaluate.stored import History

LABELS = ("happy", "fear")


@pytest.fixture
def labels():
    return LABELS


@pytest.fixture
def scores():
    """Return 8 happy faces, 6 of them found, and 2 afraid ones, both found."""
    return Scores(
        n=10,
        accuracy=0.8,
        macro_f1=0.76,
        per_class={
            "happy": ClassScore(precision=1.0, recall=0.75, f1=0.857, support=8),
            "fear": ClassScore(precision=0.5, recall=1.0, f1=0.667, support=2),
        },
        confusion=((6, 2), (0, 2)),
        ece=0.1,
    )


@pytest.fixture
def history():
    return History(
        epochs=(1, 2, 3),
        loss=(2.0, 1.5, 1.0),
        val_loss=(1.8, 1.2, 1.3),
        val_accuracy=(0.3, 0.6, 0.65),
        val_macro_f1=(0.2, 0.55, 0.5),
    )
