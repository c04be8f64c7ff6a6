"""A small evaluation and history, worked out by hand."""

import pytest

from fer_core.evaluate.lineup import Entry
from fer_core.evaluate.report import Evaluation, History, scores_as_fields
from fer_core.evaluate.robustness import RobustnessCurve, RobustnessPoint
from fer_core.expression.card import ModelCard
from fer_core.metrics.curves import CoveragePoint, PrecisionRecall, ReliabilityBin
from fer_core.metrics.intervals import Interval
from fer_core.metrics.scores import ClassScore, Scores

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
        intervals={"accuracy": Interval(0.7, 0.9), "macro_f1": Interval(0.66, 0.86)},
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


@pytest.fixture
def steady():
    """Return the curves of a model that goes on gaining, for longer than `history`."""
    return History(
        epochs=(1, 2, 3, 4),
        loss=(2.5, 2.0, 1.8, 1.7),
        val_loss=(1.9, 1.4, 1.2, 1.1),
        val_accuracy=(0.3, 0.5, 0.6, 0.7),
        val_macro_f1=(0.2, 0.4, 0.5, 0.6),
    )


@pytest.fixture
def entry(scores):
    """Return a function that gives a model of the leaderboard, by its name."""

    def entry_named(name, *, of_scores=scores):
        card = ModelCard(
            model_id=name,
            summary="Drawn for a test.",
            input_size=48,
            normalisation="standardise",
            heads={"label": LABELS},
            reading_head="label",
            runtime_file="model.tflite",
            min_confidence=0.5,
            digests={},
            n_parameters=1,
        )
        evaluation = Evaluation(
            **scores_as_fields(of_scores),
            model=name,
            split="PublicTest",
            labels=LABELS,
            ms_per_face=0.5,
            deduplicated=None,
        )
        return Entry(card, evaluation)

    return entry_named


@pytest.fixture
def bins():
    """Return 30 faces read with 50%, right on 40%, and 10 read with 90%, right on 90%."""
    return (
        ReliabilityBin(low=0.4, high=0.6, n=30, confidence=0.5, accuracy=0.4),
        ReliabilityBin(low=0.8, high=1.0, n=10, confidence=0.9, accuracy=0.9),
    )


@pytest.fixture
def points():
    return (
        CoveragePoint(min_confidence=0.0, coverage=1.0, accuracy=0.7),
        CoveragePoint(min_confidence=0.5, coverage=0.8, accuracy=0.85),
        CoveragePoint(min_confidence=0.9, coverage=0.3, accuracy=0.99),
    )


@pytest.fixture
def precision_recall():
    return {
        "happy": PrecisionRecall(0.9, recall=(0.5, 1.0), precision=(1.0, 0.8)),
        "fear": PrecisionRecall(0.4, recall=(0.2, 0.6, 1.0), precision=(0.7, 0.5, 0.1)),
    }


@pytest.fixture
def tilt():
    levels = ((0, 0.7, 0.6), (15, 0.68, 0.58), (30, 0.6, 0.5), (90, 0.2, 0.1))
    return RobustnessCurve("degrees", 100, tuple(RobustnessPoint(*level) for level in levels))


@pytest.fixture
def darkness():
    levels = ((1.0, 0.7, 0.6), (0.25, 0.65, 0.55), (0.05, 0.5, 0.4))
    return RobustnessCurve(
        "share of light left", 100, tuple(RobustnessPoint(*level) for level in levels)
    )
