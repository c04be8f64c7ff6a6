import json

import pytest

from fer_core.errors import ModelError
from fer_core.explain.probes import LayerProbes, Probe, load_probes, save_probes
from fer_core.expression.model_folder import SHIPPED_MODELS, ModelFolder

PROBES = LayerProbes("small", 10, 4, (Probe("first", 16, 0.25, 0.2), Probe("last", 8, 0.75, 0.7)))


@pytest.fixture
def models(tmp_path) -> ModelFolder:
    (tmp_path / "small").mkdir()
    return ModelFolder(tmp_path)


def test_probes_survive_a_round_trip(models):
    save_probes(PROBES, models=models)
    assert load_probes("small", models=models) == PROBES


def test_probes_that_were_not_measured_name_the_command(models):
    with pytest.raises(ModelError, match="small has no linear probes yet"):
        load_probes("small", models=models)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        json.dumps({"model": "small", "n_train": 1, "n_test": 1, "stages": []}),
        json.dumps({"model": "small", "n_train": 1, "n_test": 1, "stages": [{"layer": "a"}]}),
    ],
)
def test_a_damaged_file_gets_one_sentence(models, text):
    (models.path / "small" / "layers.json").write_text(text)
    with pytest.raises(ModelError, match=r"models/small/layers.json is damaged"):
        load_probes("small", models=models)


@pytest.mark.model
@pytest.mark.parametrize("card", SHIPPED_MODELS.cards(), ids=lambda card: card.model_id)
def test_every_shipped_model_has_probes_and_its_last_one_beats_its_first(card):
    stages = load_probes(card.model_id).stages
    assert stages[-1].macro_f1 > stages[0].macro_f1
