from dataclasses import fields, replace
from functools import partial

import numpy as np
import pytest

from fer_core.data.cleaning import clean
from fer_core.train.ablation import BASE, VARIATIONS, Variation, run_variation, table
from fer_core.train.networks import residual_se
from tests.synthetic import joined, noise_faces

TINY = replace(
    BASE,
    build=partial(residual_se, stem=4, stem_strides=2, widths=(8,), blocks=(1,), dropout=0.0),
    cycles=(1,),
    sides=(16,),
    batch_size=16,
)


@pytest.fixture(scope="module")
def data():
    return clean(joined(noise_faces(70), noise_faces(35, split="PublicTest", seed=1)))


@pytest.fixture(scope="module")
def votes() -> np.ndarray:
    return np.tile([0, 0, 0, 7, 0, 0, 3, 0], (105, 1))


def test_every_variation_changes_one_thing():
    base = VARIATIONS[0]
    assert (base.name, base.recipe) == ("base", BASE)
    for variation in VARIATIONS[1:]:
        changed = {
            field.name
            for field in fields(BASE)
            if getattr(variation.recipe, field.name) != getattr(BASE, field.name)
        }
        if variation.name == "sgd":  # whose rate and decay are its own
            changed -= {"learning_rate", "weight_decay"}
        assert len(changed) + (not variation.has_votes) == 1, variation.name


def test_a_row_is_measured_once_and_read_from_then_on(data, votes, tmp_path):
    variation = Variation("tiny", "everything", TINY)
    steps = []
    rows = [
        run_variation(variation, data, votes, tmp_path, on_step=lambda *step: steps.append(step))
        for _ in range(2)
    ]
    assert len(steps) == 4  # of the first run only
    assert rows[0]["accuracy"] == rows[1]["accuracy"]
    low, high = rows[0]["macro_f1_interval"]
    assert low <= rows[0]["macro_f1"] <= high
    assert 0 <= rows[0]["fer_plus"] <= 1


def test_without_votes_there_is_no_score_against_peoples_majority(data, votes, tmp_path):
    row = run_variation(Variation("v", "no votes", TINY, has_votes=False), data, votes, tmp_path)
    assert row["fer_plus"] is None
    assert table([row]).splitlines()[2].startswith("| no votes | ")
    assert table([row]).splitlines()[2].split(" | ")[3] == "–"
