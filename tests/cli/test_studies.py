"""Commands that take minutes on the real file, here on a few faces of noise."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from fer_core.data.collection_reader import load_collection
from fer_core.data.face_size import crops_at
from fer_core.data.row_numbers import load_row_numbers
from fer_core.explain.probes import load_probes
from fer_core.expression.card import KERAS_FILE
from fer_core.expression.model_folder import SHIPPED_MODELS, ModelFolder
from fer_core.train.recipes import RECIPES
from fer_core.weights import sha256_of
from tests.synthetic import csv_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def product(tiny_product, tmp_path_factory):
    """Return a copy of the product with a second model, `plain`, that has a recipe's name."""
    root = tmp_path_factory.mktemp("studies") / "product"
    shutil.copytree(tiny_product, root)
    shutil.copytree(SHIPPED_MODELS.path_of("plain"), root / "models" / "plain")
    card = replace(SHIPPED_MODELS.card("plain"), is_default=False)
    ModelFolder(root / "models").save_card(card)
    return root


@pytest.fixture(scope="module")
def models(product) -> ModelFolder:
    return ModelFolder(product / "models")


def test_the_layers_of_a_model_are_studied_and_stored(command, product, models):
    done = command("evaluate-layers", "tiny", "--data", "faces.csv", product=product)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Linear probes of tiny: fitted on 62 faces, scored on 21.")
    probes = load_probes("tiny", models=models)
    assert len(probes.stages) == 4
    for probe in probes.stages:
        assert probe.layer in done.stdout
    numbers = load_row_numbers(models.path_of("tiny") / "layers.npz")
    assert {f"{probe.layer}/rows" for probe in probes.stages} <= numbers.values.keys()


def test_the_features_are_mapped_and_stored(command, product, models):
    done = command("map-features", "tiny", "--data", "faces.csv", product=product)
    assert done.stdout == "feature_map.npz: 84 faces by the features of tiny.\n", done.stderr
    assert len(load_row_numbers(models.path / "feature_map.npz")) == 84


@pytest.fixture(scope="module")
def larger(product, models, tmp_path_factory):
    """Return the file of faces, and one of the same rows with 80 pixels a side.

    The product has a model `larger` of 64 pixels.
    """
    network = RECIPES["plain"].at_size(64).build()
    path = models.path_of("larger") / KERAS_FILE
    path.parent.mkdir()
    network.save(path)
    digests = {KERAS_FILE: sha256_of(path.read_bytes())}
    card = replace(models.card("tiny"), model_id="larger", input_size=64, digests=digests)
    models.save_card(replace(card, is_default=False))
    faces = load_collection(product / "faces.csv").faces
    large = replace(faces, pixels=crops_at(faces.pixels, 80))
    path = tmp_path_factory.mktemp("larger") / "large.csv"
    path.write_text(csv_of(large))
    return product / "faces.csv", path


@pytest.mark.parametrize("number", [0, 1], ids=["48 pixels", "80 pixels"])
def test_a_model_of_another_size_sees_crops_of_its_size_and_rows_join_by_48_pixels(
    command, product, models, larger, number
):
    path = larger[number]
    done = command("evaluate-layers", "larger", "--data", path, product=product)
    assert done.returncode == 0, done.stderr
    mapped = command("map-features", "larger", "--data", path, product=product)
    assert "84 faces by the features of larger" in mapped.stdout, mapped.stderr
    shown = load_collection(path).faces  # as the pages read it
    assert shown.pixels.shape[1:] == (48, 48)
    for stored in (models.path_of("larger") / "layers.npz", models.path / "feature_map.npz"):
        numbers = load_row_numbers(stored)
        joined = numbers.joined_to(shown.rows, shown.pixels)
        assert set(joined[joined >= 0]) == set(range(len(numbers)))


def test_five_networks_judge_the_labels_of_faces_that_they_did_not_see(command, product, models):
    words = ("find-label-errors", "--recipe", "plain", "--epochs", 1, "--data", "faces.csv")
    done = command(*words, "--votes", "votes.csv", product=product)
    assert "label_errors.npz: 84 faces. The networks agree" in done.stdout, done.stderr
    assert "Fold 5. Epoch 1:" in done.stderr
    probs = load_row_numbers(models.path / "label_errors.npz").column("probs")
    assert probs.shape == (84, 7)
    again = command(*words, "--votes", "votes.csv", product=product)
    assert "Epoch" not in again.stderr
    assert np.array_equal(probs, load_row_numbers(models.path / "label_errors.npz").column("probs"))


def test_a_recipe_is_trained_with_several_seeds(command, product, models, monkeypatch):
    monkeypatch.setitem(RECIPES, "plain", replace(RECIPES["plain"], cycles=(2,)))
    words = ("train-seeds", "plain", "--data", "faces.csv", "--seeds", 2)
    done = command(*words, product=product)
    lines = done.stdout.splitlines()
    assert [line.split(":")[0] for line in lines] == ["plain, seed 0", "plain, seed 1"], done.stderr
    assert (models.path_of("plain") / "seeds.json").exists()
    assert "Epoch" not in command(*words, product=product).stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("evaluate-layers", "nobody"), "No model 'nobody'"),
        (("train-seeds", "nothing"), "expected a recipe of"),
        (("train-seeds", "vgg"), "No model 'vgg'"),
        (("find-label-errors", "--recipe", "nothing"), "expected a recipe of"),
    ],
)
def test_a_wrong_name_is_wrong_usage(command, product, words, message):
    done = command(*words, "--data", "faces.csv", product=product)
    assert done.returncode == 2
    assert message in done.stderr
