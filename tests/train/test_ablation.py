from dataclasses import fields, replace
from functools import partial

import numpy as np
import pytest

from fer_core.data.cleaning import clean
from fer_core.errors import ModelError
from fer_core.train.ablation import BASE, VARIATIONS, Variation, run_variation
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


def test_each_variation_changes_one_choice():
    base = VARIATIONS[0]
    assert (base.name, base.recipe) == ("base", BASE)
    for variation in VARIATIONS[1:]:
        changed = {
            field.name
            for field in fields(BASE)
            if getattr(variation.recipe, field.name) != getattr(BASE, field.name)
        }
        if variation.name == "sgd":  # SGD needs its own rate and decay
            changed -= {"learning_rate", "weight_decay"}
        assert len(changed) + (not variation.has_votes) == 1, variation.name


@pytest.mark.slow
def test_a_finished_row_is_not_trained_again(data, votes, tmp_path):
    variation, shares = Variation("tiny", "everything", TINY), []
    first, again = (
        run_variation(variation, data, votes, tmp_path, on_progress=shares.append) for _ in range(2)
    )
    assert shares == [0.25, 0.5, 0.75, 1.0]  # of the first run alone
    assert first == again
    assert first.macro_f1_interval.low <= first.macro_f1 <= first.macro_f1_interval.high
    assert 0 <= first.fer_plus <= 1


@pytest.mark.slow
def test_without_votes_there_is_no_agreement_with_the_majority(data, votes, tmp_path):
    row = run_variation(Variation("v", "no votes", TINY, has_votes=False), data, votes, tmp_path)
    assert (row.name, row.change, row.fer_plus) == ("v", "no votes", None)


def test_a_damaged_row_is_named(data, votes, tmp_path):
    (tmp_path / "v").mkdir()
    (tmp_path / "v" / "row.json").write_text("{}")
    with pytest.raises(ModelError, match=r"row\.json is damaged .* delete it to train it again"):
        run_variation(Variation("v", "nothing", TINY), data, votes, tmp_path)
