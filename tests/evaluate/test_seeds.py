"""Learning curves of several seeds, and what is left without their file."""

import json
import shutil

import pytest

from fer_core.errors import ModelError, ModelNotFoundError
from fer_core.evaluate.seeds import load_seeds
from fer_core.expression.model_folder import SHIPPED_MODELS, ModelFolder


def epoch(number, loss=1.0):
    return {
        "epoch": number,
        "loss": loss,
        "val_loss": 1.5,
        "val_accuracy": 0.5,
        "val_macro_f1": 0.4,
    }


@pytest.fixture
def models(tmp_path):
    folder = tmp_path / "plain"
    folder.mkdir()
    for name in ("card.json", "history.csv"):
        shutil.copy(SHIPPED_MODELS.path_of("plain") / name, folder)
    return ModelFolder(tmp_path)


def write(models, content):
    text = content if isinstance(content, str) else json.dumps(content)
    (models.path_of("plain") / "seeds.json").write_text(text, encoding="utf-8")


def test_each_seed_has_its_curves_in_the_order_of_the_file(models):
    trainings = [
        {"seed": seed, "history": [epoch(1), epoch(2, loss=seed / 10)]} for seed in (2, 0, 1)
    ]
    write(models, {"seeds": trainings, "note": "ignored"})
    curves = load_seeds("plain", models=models)
    assert list(curves) == [2, 0, 1]
    assert curves[2].epochs == (1, 2)
    assert curves[2].loss == (1.0, 0.2)
    assert curves[1].val_macro_f1 == (0.4, 0.4)


def test_without_the_file_it_is_the_training_of_the_model_itself(models):
    ((seed, history),) = load_seeds("plain", models=models).items()
    assert seed == models.card("plain").details.training.seed
    assert history.epochs[0] == 1


def test_without_any_curves_it_says_what_is_missing(models):
    (models.path_of("plain") / "history.csv").unlink()
    with pytest.raises(ModelError, match=r"history\.csv is missing"):
        load_seeds("plain", models=models)


def test_a_model_that_is_not_there_is_named(models):
    with pytest.raises(ModelNotFoundError, match="No model 'dropout'"):
        load_seeds("dropout", models=models)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "seeds.json is damaged"),
        ({"seeds": []}, "different seeds, at least one"),
        ({"seeds": [{"seed": 0, "history": []}]}, "epochs in order, at least one"),
        ({"seeds": [{"seed": 0, "history": [epoch(2), epoch(1)]}]}, "epochs in order"),
        ({"seeds": [{"seed": 0, "history": [epoch(1)]}] * 2}, "different seeds"),
        ({"seeds": [{"seed": 0, "history": [epoch(1, loss="1")]}]}, "loss: "),
        ('{"seeds": [{"seed": 0, "history": [{"epoch": 1, "loss": NaN}]}]}', "is damaged"),
    ],
)
def test_a_damaged_file_gets_one_sentence(models, content, message):
    write(models, content)
    with pytest.raises(ModelError, match=message):
        load_seeds("plain", models=models)
