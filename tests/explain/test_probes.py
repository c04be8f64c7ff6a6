"""Linear probes as they are stored."""

import json

import pytest

from fer_core.errors import ModelError
from fer_core.explain.probes import load_probes
from fer_core.expression.model_folder import ModelFolder

STORED = {
    "model": "plain",
    "n_train": 100,
    "n_test": 50,
    "labels": "FER2013",
    "stages": [
        {"layer": "conv_1", "n_features": 32, "accuracy": 0.4, "macro_f1": 0.2},
        {"layer": "conv_2", "n_features": 64, "accuracy": 0.5, "macro_f1": 0.35},
        {"layer": "conv_3", "n_features": 64, "accuracy": 0.6, "macro_f1": 0.6},
    ],
}


@pytest.fixture
def load(tmp_path):
    """Return a function that stores a text and loads the probes."""
    folder = tmp_path / "plain"
    folder.mkdir()

    def load(content=None):
        if content is not None:
            (folder / "layers.json").write_text(json.dumps(content), encoding="utf-8")
        return load_probes("plain", models=ModelFolder(tmp_path))

    return load


def test_stored_probes_are_read(load):
    probes = load(STORED)
    assert (probes.n_train, probes.labels) == (100, "FER2013")
    assert [stage.layer for stage in probes.stages] == ["conv_1", "conv_2", "conv_3"]
    assert probes.half_way == 3  # 0.35 is less than half way from 0.2 to 0.6


def test_a_single_stage_is_half_way_itself(load):
    assert load(STORED | {"stages": STORED["stages"][:1]}).half_way == 1


def test_a_model_without_the_file_has_none(load):
    assert load() is None


@pytest.mark.parametrize(
    "content",
    [[], {}, STORED | {"stages": []}, STORED | {"stages": [{"layer": "a", "accuracy": 0.5}]}],
)
def test_a_damaged_file_gets_one_sentence(load, content):
    with pytest.raises(ModelError, match=r"models/plain/layers.json is damaged"):
        load(content)


def test_a_score_out_of_range_counts_as_damage(load):
    stage = STORED["stages"][0] | {"macro_f1": 1.5}
    with pytest.raises(ModelError, match=r"layers.json is damaged .*conv_1"):
        load(STORED | {"stages": [stage]})
