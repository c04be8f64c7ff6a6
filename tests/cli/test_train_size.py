"""Networks of another size, from a folder of images to a model that reads a photo."""

import json
import shutil
from functools import partial

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from fer_core.cli.main import commands
from fer_core.cli.train import _keep_other_files as keep_other_files
from fer_core.data.dataset import IMAGE_SIZE
from fer_core.evaluate.report import load_evaluation
from fer_core.expression.card import LEFT_OUT_FILE, LeftOut
from fer_core.expression.model_folder import ModelFolder
from fer_core.labels import FER2013_LABELS
from fer_core.pipeline import load_pipeline
from fer_core.release.model_page import training_command
from fer_core.train import recipes
from fer_core.train.networks import plain
from fer_core.train.recipes import RECIPES, Recipe
from fer_core.weights import sha256_of
from tests.synthetic import csv_of, joined, noise_faces

pytestmark = pytest.mark.slow

TINY = Recipe(
    summary="A tiny network.",
    build=partial(plain, widths=(4, 4), dense=8),
    cycles=(1,),
    batch_size=16,
)


def run(*words):
    return CliRunner().invoke(commands, list(map(str, words)))


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    """Return a folder with drawn images, and a model of 64 pixels that was trained on them."""
    root = tmp_path_factory.mktemp("sizes")
    rng = np.random.default_rng(0)
    for index in range(35):
        split = "train" if index < 28 else "test"
        folder = root / "photos" / split / FER2013_LABELS[index % 7]
        folder.mkdir(parents=True, exist_ok=True)
        image = rng.integers(0, 256, (80, 90, 3)).astype(np.uint8)
        assert cv2.imwrite(str(folder / f"{index}.png"), image)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(recipes.RECIPES, "tiny", TINY)
        words = ("train", "tiny", "--size", 64, "--data", root / "photos")
        done = run(*words, "--out", root / "models" / "large")
    assert done.exit_code == 0, done.output
    assert "35 images have over 64 pixels a side" in " ".join(done.output.split())
    return root


def test_the_card_carries_the_size_and_how_to_train_it(product):
    card = ModelFolder(product / "models").card("large")
    assert card.input_size == 64
    assert "--size 64" in training_command(card)


def test_a_photo_is_read_by_the_model(product, monkeypatch, astronaut_bgr):
    monkeypatch.setenv("CUE_MODELS", str(product / "models"))
    pipeline = load_pipeline(model="large")
    (face,) = pipeline.analyze(astronaut_bgr).faces
    assert face.expression.probs.sum() == pytest.approx(1, abs=1e-4)


def test_the_model_is_scored_on_its_photos_and_on_smaller_faces(product, monkeypatch):
    monkeypatch.setenv("CUE_MODELS", str(product / "models"))
    (product / "faces.csv").write_text(csv_of(noise_faces(14, split="PublicTest")))
    for data, n in (("photos", 7), ("faces.csv", 14)):
        scores = product / "scores.json"
        done = run("evaluate", "large", "--data", product / data, "--json", scores)
        assert done.exit_code == 0, done.output
        assert json.loads(scores.read_text())["n"] == n


def test_labelled_photos_are_read_by_the_model(product, monkeypatch, astronaut_bgr):
    monkeypatch.setenv("CUE_MODELS", str(product / "models"))
    folder = product / "listed"
    folder.mkdir()
    assert cv2.imwrite(str(folder / "a.png"), astronaut_bgr)
    (folder / "labels.csv").write_text("file,label\na.png,happy\n")
    done = run("evaluate-photos", folder, "--model", "large", "--json", folder / "scores.json")
    assert done.exit_code == 0, done.output
    assert json.loads((folder / "scores.json").read_text())["found"] == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--size", 50), "expected --size 48, 64, 96, 112, got 50"),
        (("--size", 64, "--student", "out"), "a student has 48 pixels, got --size 64"),
    ],
)
def test_another_size_is_refused(tmp_path, words, message):
    done = run("train", "general", "--out", tmp_path / "new", *words)
    assert done.exit_code == 2
    assert message in " ".join(done.output.replace("│", " ").split())


@pytest.fixture(scope="module")
def selective(tmp_path_factory):
    """Return a folder with drawn faces, a selection, and a model trained without its rows."""
    root = tmp_path_factory.mktemp("selective")
    faces = joined(noise_faces(140), noise_faces(21, split="PublicTest", seed=1))
    (root / "faces.csv").write_text(csv_of(faces))
    (root / "wrong.csv").write_text("row,label,decision\n3,happy,wrong\n4,sad,right\n")
    (root / "others.csv").write_text("row\n5\n6\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(recipes.RECIPES, "tiny", TINY)
        done = train_in(root, "--leave-out", root / "wrong.csv")
    assert done.exit_code == 0, done.output
    assert "Training faces left out by a selection: 1." in done.output
    return root


def train_in(root, *further):
    words = ("train", "tiny", "--data", root / "faces.csv", "--out", root / "models" / "new")
    return run(*words, *further)


def test_the_models_folder_says_which_rows_were_left_out(selective):
    models = ModelFolder(selective / "models")
    card = models.card("new")
    training, selection = card.details.training, (selective / "wrong.csv").read_bytes()
    assert training.cleaning["n_left_out"] == 1
    assert training.left_out == LeftOut(1, sha256_of(selection))
    assert (models.path_of("new") / LEFT_OUT_FILE).read_bytes() == selection
    assert card.details.reproduce.endswith(" --leave-out models/new/left_out.csv")
    page = (models.path_of("new") / "README.md").read_text()
    assert "1 Training row that a person chose, by [left_out.csv](left_out.csv)" in page
    assert training.left_out.sha256 in page


def test_the_training_scores_count_the_faces_that_trained_the_model(selective):
    models = ModelFolder(selective / "models")
    n_train = models.card("new").details.training.n_train
    assert load_evaluation("new", models=models).training.n == n_train == 139


@pytest.mark.parametrize(
    ("further", "wanted"),
    [
        (("--leave-out", "others.csv"), "expected recipe tiny, seed 0, 2 rows left out by a file"),
        ((), "expected recipe tiny, seed 0. Choose another --out"),
    ],
    ids=["another selection", "no selection"],
)
def test_a_run_is_not_resumed_with_other_rows_left_out(selective, monkeypatch, further, wanted):
    monkeypatch.setitem(recipes.RECIPES, "tiny", TINY)
    monkeypatch.chdir(selective)
    refused = train_in(selective, "--resume", *further)
    assert refused.exit_code == 1
    output = " ".join(refused.output.split())
    assert "is of recipe tiny, seed 0, 1 row left out by a file with sha256" in output
    assert wanted in output


def test_a_folder_without_splits_is_split_trained_on_and_its_card_says_so(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    for name in ("happy", "sad", "bored"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for number in range(4):
            image = rng.integers(0, 256, (50, 50)).astype(np.uint8)
            assert cv2.imwrite(str(tmp_path / "photos" / name / f"{number}.png"), image)
    monkeypatch.setitem(recipes.RECIPES, "tiny", TINY)
    out = tmp_path / "models" / "own"
    done = run("train", "tiny", "--data", tmp_path / "photos", "--out", out, "--epochs", 1)
    assert done.exit_code == 0, done.output
    said = " ".join(done.output.split())
    assert "4 images have a class that the models do not know: bored." in said
    assert "No validation split in the data: 2 of 8 training images were kept for vali" in said
    assert "on 2 faces of Training that were kept for validation." in said
    cleaning = json.loads((out / "card.json").read_text())["details"]["training"]["cleaning"]
    assert (cleaning["n_read"], cleaning["n_further"]) == (12, 4)
    assert (cleaning["n_train"], cleaning["n_validation"], cleaning["n_held_out"]) == (6, 2, 2)


def test_a_model_that_is_trained_anew_does_not_keep_the_selection_of_the_old_one(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
    for name in (LEFT_OUT_FILE, "notes.txt"):
        (old / name).touch()
    keep_other_files(old, new)
    assert [path.name for path in new.iterdir()] == ["notes.txt"]


def test_a_checkpoint_of_another_size_is_not_continued(product, monkeypatch):
    monkeypatch.setitem(recipes.RECIPES, "tiny", TINY)
    copy = product / "models" / "copy"
    shutil.copytree(product / "models" / "large", copy)
    words = ("train", "tiny", "--data", product / "photos", "--out", copy, "--resume")
    done = run(*words, "--size", IMAGE_SIZE)
    assert done.exit_code == 1
    assert "tiny at 64 pixels" in " ".join(done.output.split())


@pytest.mark.parametrize("name", sorted(RECIPES))
@pytest.mark.parametrize("size", [64, 96, 112])
def test_every_recipe_builds_its_network_at_every_size(name, size):
    recipe = RECIPES[name].at_size(size)
    network = recipe.build()
    assert network.input_shape == (None, size, size, 1)
    assert recipe.sides[-1] == recipe.size == size
