import json
import logging
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from fer_core.errors import ModelError, ModelNotFoundError
from fer_core.expression.card import (
    ModelCard,
    list_cards,
    load_card,
    make_default,
    read_weights,
    save_card,
)
from fer_core.weights import sha256_of

CARD = ModelCard(
    model_id="one",
    summary="A network.",
    input_size=48,
    normalisation="standardise",
    heads={"label": ("happy", "sad")},
    reading_head="label",
    runtime_file="model.tflite",
    min_confidence=0.5,
    digests={"model.tflite": sha256_of(b"weights")},
    n_parameters=3,
)


def save(models: Path, card: ModelCard) -> Path:
    folder = models / card.model_id
    folder.mkdir(parents=True, exist_ok=True)
    save_card(folder, card)
    return folder


def test_a_card_comes_back_as_it_was_saved(tmp_path):
    card = replace(CARD, details={"training": {"recipe": "plain"}}, summary="Für Gesichter.")
    save(tmp_path, card)
    assert load_card("one", models_folder=tmp_path) == card


def test_the_default_model_is_listed_first_and_found_by_that_name(tmp_path):
    save(tmp_path, CARD)
    save(tmp_path, replace(CARD, model_id="two", is_default=True))
    assert [card.model_id for card in list_cards(models_folder=tmp_path)] == ["two", "one"]
    assert load_card("default", models_folder=tmp_path).model_id == "two"


def test_there_is_one_default_model_and_it_can_be_changed(tmp_path):
    save(tmp_path, replace(CARD, is_default=True))
    save(tmp_path, replace(CARD, model_id="two"))
    for name in ("two", "two", "one"):
        make_default(name, models_folder=tmp_path)
        cards = list_cards(models_folder=tmp_path)
        assert [card.model_id for card in cards if card.is_default] == [name]
    with pytest.raises(ModelNotFoundError, match="No model 'three'"):
        make_default("three", models_folder=tmp_path)
    assert load_card("default", models_folder=tmp_path).model_id == "one"


def test_no_models_are_an_empty_list_and_no_default(tmp_path):
    assert list_cards(models_folder=tmp_path / "none") == ()
    with pytest.raises(ModelNotFoundError, match=r"No model 'default'\. Available: none\. Train"):
        load_card("default", models_folder=tmp_path)


@pytest.mark.parametrize("name", ["three", "", "../one", "one/../one"])
def test_an_unknown_model_names_the_known_ones(tmp_path, name):
    save(tmp_path, CARD)
    with pytest.raises(ModelNotFoundError, match=r"Available: one\."):
        load_card(name, models_folder=tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        *({"input_size": 0}, {"min_confidence": 1.5}, {"normalisation": "none"}),
        *({"runtime_file": "other.tflite"}, {"reading_head": "votes"}, {"heads": []}),
        *({"extra": 1}, {"input_size": "48"}, {"temperature": {"label": 0}}),
        *({"temperature": {"votes": 1.0}}, {"temperature": [1.0]}),
    ],
)
def test_a_broken_card_is_refused_and_hides_no_other_model(tmp_path, caplog, change):
    folder = save(tmp_path, replace(CARD, model_id="broken"))
    values = json.loads((folder / "card.json").read_text())
    (folder / "card.json").write_text(json.dumps(values | change))
    save(tmp_path, CARD)
    with pytest.raises(ModelError, match=r"models/broken/card\.json is not a model card"):
        load_card("broken", models_folder=tmp_path)
    with caplog.at_level(logging.WARNING):
        assert [card.model_id for card in list_cards(models_folder=tmp_path)] == ["one"]
    assert "models/broken/card.json" in caplog.text


@pytest.mark.parametrize("text", ["", "[]", "{", '{"model_id": "one"}'])
def test_text_that_is_no_card_is_refused(tmp_path, text):
    folder = save(tmp_path, CARD)
    (folder / "card.json").write_text(text)
    with pytest.raises(ModelError, match="is not a model card"):
        load_card("one", models_folder=tmp_path)


def test_a_renamed_folder_is_refused(tmp_path):
    shutil.move(save(tmp_path, CARD), tmp_path / "uno")
    with pytest.raises(ModelError, match=r"models/uno/card\.json describes 'one'; expected 'uno'"):
        load_card("uno", models_folder=tmp_path)


def test_weights_are_read_only_if_they_are_the_ones_described(tmp_path):
    folder = save(tmp_path, CARD)
    with pytest.raises(ModelError, match=r"Cannot read the weights .*one/model\.tflite: No such"):
        read_weights(CARD, "model.tflite", models_folder=tmp_path)
    (folder / "model.tflite").write_bytes(b"weights")
    assert read_weights(CARD, "model.tflite", models_folder=tmp_path) == b"weights"
    (folder / "model.tflite").write_bytes(b"changed")
    with pytest.raises(ModelError, match=r"model\.tflite was changed: expected sha256"):
        read_weights(CARD, "model.tflite", models_folder=tmp_path)
