"""`compare-sizes`, with models that were not trained for it: only their cards differ in size."""

import shutil
from dataclasses import replace

import pytest

from fer_core.data import PORTRAIT_PATH
from fer_core.evaluate.sizes import load_sizes
from fer_core.expression.model_folder import ModelFolder


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sizes") / "photos"
    folder.mkdir()
    shutil.copy(PORTRAIT_PATH, folder / "a.jpg")
    (folder / "labels.csv").write_text("file,label\na.jpg,happy\n")
    return folder


def test_models_of_one_size_are_wrong_usage(command, tiny_product, tmp_path, photos):
    for name in ("one", "two"):
        shutil.copytree(tiny_product / "models" / "tiny", tmp_path / name)
        card = ModelFolder(tiny_product / "models").card("tiny")
        ModelFolder(tmp_path).save_card(replace(card, model_id=name, is_default=False))
    done = command("compare-sizes", tmp_path / "one", tmp_path / "two", "--photos", photos)
    assert done.returncode == 2
    assert "at least two models of different sizes" in done.stderr


@pytest.mark.slow
def test_two_sizes_are_compared_and_stored(command, trained_product, tmp_path, photos):
    large, small = tmp_path / "large", trained_product / "models" / "tiny"
    words = ("train", "plain", "--data", "faces.csv", "--votes", "votes.csv", "--epochs", 1)
    assert command(*words, "--size", 64, "--out", large, product=trained_product).returncode == 0
    done = command("compare-sizes", large, small, "--photos", photos, product=trained_product)
    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["pixels", "48", "64"]
    stored = load_sizes(models=ModelFolder(trained_product / "models"))
    assert (stored.recipe, stored.epochs, stored.data) == ("plain", 1, "photos")
    assert [row.photos.n for row in stored.rows] == [1, 1]
