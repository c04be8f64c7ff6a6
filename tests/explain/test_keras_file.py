import shutil
from dataclasses import replace

import keras
import pytest

from fer_core.errors import ModelError
from fer_core.explain.keras_file import load_keras
from fer_core.expression.card import KERAS_FILE
from fer_core.expression.model_folder import SHIPPED_MODELS, ModelFolder
from fer_core.weights import sha256_of

pytestmark = pytest.mark.model


@pytest.fixture
def models(tmp_path):
    """Return a folder with a copy of one model."""
    shutil.copytree(SHIPPED_MODELS.path_of("plain"), tmp_path / "plain")
    return ModelFolder(tmp_path)


def with_file(models, content):
    """Write a Keras file and return a card that has its digest."""
    (models.path / "plain" / KERAS_FILE).write_bytes(content)
    card = models.card("plain")
    return replace(card, digests={**card.digests, KERAS_FILE: sha256_of(content)})


def test_the_network_of_a_card_is_loaded(models):
    network = load_keras(models.card("plain"), models)
    assert network.output["label"].shape == (None, 7)


def test_a_file_that_an_installed_package_leaves_out_is_named(models):
    (models.path / "plain" / KERAS_FILE).unlink()
    with pytest.raises(ModelError, match="which an installed package leaves out"):
        load_keras(models.card("plain"), models)


def test_a_file_that_was_changed_is_not_read(models):
    with (models.path / "plain" / KERAS_FILE).open("ab") as file:
        file.write(b"x")
    with pytest.raises(ModelError, match="was changed: expected sha256"):
        load_keras(models.card("plain"), models)


def test_a_file_that_is_no_network_is_refused(models):
    with pytest.raises(ModelError, match=r"Keras cannot read model\.keras"):
        load_keras(with_file(models, b"PK no archive"), models)


def test_a_network_that_brings_its_own_code_is_refused(models, tmp_path):
    pixels = keras.Input((48, 48, 1))
    answer = keras.layers.Lambda(lambda x: x + 1)(pixels)
    keras.Model(pixels, answer).save(tmp_path / "code.keras")
    card = with_file(models, (tmp_path / "code.keras").read_bytes())
    with pytest.raises(ModelError, match="Keras cannot read") as error:
        load_keras(card, models)
    assert "safe_mode" in str(error.value.__cause__)


def test_another_network_than_the_card_describes_is_refused(models, tmp_path):
    pixels = keras.Input((48, 48, 1))
    scores = keras.layers.Dense(7)(keras.layers.Flatten()(pixels))
    keras.Model(pixels, scores).save(tmp_path / "other.keras")
    card = with_file(models, (tmp_path / "other.keras").read_bytes())
    with pytest.raises(ModelError, match="plain: expected heads"):
        load_keras(card, models)
