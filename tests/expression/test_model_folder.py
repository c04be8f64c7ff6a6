import json
import logging
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from fer_core.errors import ModelError, ModelNotFoundError
from fer_core.expression.card import ModelCard
from fer_core.expression.model_folder import SHIPPED_MODELS, ModelFolder, find_models
from tests.expression.test_card import CARD


@pytest.fixture
def models(tmp_path):
    return ModelFolder(tmp_path)


def save(models: ModelFolder, card: ModelCard) -> Path:
    folder = models.path_of(card.model_id)
    folder.mkdir(exist_ok=True)
    models.save_card(card)
    return folder


def test_a_card_comes_back_as_it_was_saved(models):
    card = replace(CARD, summary="Für Gesichter.")
    save(models, card)
    assert models.card("one") == card


def test_the_default_model_is_listed_first_and_found_by_that_name(models):
    save(models, CARD)
    save(models, replace(CARD, model_id="two", is_default=True))
    assert [card.model_id for card in models.cards()] == ["two", "one"]
    assert models.card().model_id == models.card("default").model_id == "two"


def test_there_is_one_default_model_and_it_can_be_changed(models):
    save(models, replace(CARD, is_default=True))
    save(models, replace(CARD, model_id="two"))
    for name in ("two", "two", "one"):
        models.make_default(name)
        assert [card.model_id for card in models.cards() if card.is_default] == [name]
    with pytest.raises(ModelNotFoundError, match="No model 'three'"):
        models.make_default("three")
    assert models.card().model_id == "one"


def test_of_two_default_models_the_first_is_the_default_until_one_is_chosen(models):
    save(models, replace(CARD, is_default=True))
    save(models, replace(CARD, model_id="two", is_default=True))
    assert [card.is_default for card in models.cards()] == [True, False]
    assert models.card().model_id == "one"
    assert not models.card("two").is_default
    models.make_default("two")
    assert models.card().model_id == "two"
    assert [card.model_id for card in models.cards() if card.is_default] == ["two"]


def test_a_folder_that_does_not_exist_has_no_models_and_no_default(models):
    nowhere = ModelFolder(models.path / "none")
    assert nowhere.cards() == nowhere.failures() == ()
    with pytest.raises(ModelNotFoundError, match=r"No model 'default'\. Available: none\. Train"):
        nowhere.card()


@pytest.mark.parametrize("name", ["three", "", "../one", "one/../one"])
def test_the_error_for_an_unknown_model_names_the_known_ones(models, name):
    save(models, CARD)
    with pytest.raises(ModelNotFoundError, match=r"Available: one\."):
        models.card(name)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"model_id": "broken"}', "\xff"])
def test_a_broken_card_is_reported_and_hides_no_other_model(models, caplog, text):
    folder = save(models, replace(CARD, model_id="broken"))
    (folder / "card.json").write_text(text, encoding="latin-1")
    save(models, CARD)
    with pytest.raises(ModelError, match=r"models/broken/card\.json is not a model card"):
        models.card("broken")
    with caplog.at_level(logging.WARNING):
        assert [card.model_id for card in models.cards()] == ["one"]
    assert "models/broken/card.json" in caplog.text
    assert models.failures()[0].startswith("models/broken/card.json is not a model card (")


def test_a_renamed_folder_is_refused(models):
    shutil.move(save(models, CARD), models.path / "uno")
    with pytest.raises(ModelError, match=r"models/uno/card\.json describes 'one'; expected 'uno'"):
        models.card("uno")


def test_weights_are_read_only_if_they_are_the_ones_described(models):
    folder = save(models, CARD)
    with pytest.raises(ModelError, match=r"Cannot read the weights .*one/model\.tflite: No such"):
        models.weights(CARD, "model.tflite")
    (folder / "model.tflite").write_bytes(b"weights")
    assert models.weights(CARD, "model.tflite") == b"weights"
    (folder / "model.tflite").write_bytes(b"changed")
    with pytest.raises(ModelError, match=r"model\.tflite was changed: expected sha256"):
        models.weights(CARD, "model.tflite")


def test_the_environment_may_name_another_folder_than_the_shipped_one(models, monkeypatch):
    monkeypatch.delenv("CUE_MODELS", raising=False)
    assert find_models() == SHIPPED_MODELS
    monkeypatch.setenv("CUE_MODELS", "")
    assert find_models() == SHIPPED_MODELS
    monkeypatch.setenv("CUE_MODELS", str(models.path))
    assert find_models() == models
    monkeypatch.setenv("CUE_MODELS", "~/models")
    assert find_models().path == Path.home() / "models"


@pytest.mark.model
def test_the_cards_that_we_ship_are_saved_as_they_lie_there(models):
    cards = SHIPPED_MODELS.cards()
    assert len(cards) == 7
    assert SHIPPED_MODELS.failures() == ()
    for card in cards:
        saved = save(models, card) / "card.json"
        shipped = SHIPPED_MODELS.path_of(card.model_id) / "card.json"
        assert json.loads(saved.read_text("utf-8")) == json.loads(shipped.read_text("utf-8"))
