"""`evaluate-photos`, with the portrait under several names."""

import json
import shutil

import cv2
import pytest

from fer_core.data import PORTRAIT_PATH, read_portrait
from fer_core.expression.model_folder import SHIPPED_MODELS

KEYS = {
    *("n", "found", "read", "said", "said_right", "accuracy", "macro_f1", "per_class"),
    *("unread", "groups"),
}


@pytest.fixture
def folder(tmp_path):
    """Return a folder with three portraits, a text file and a file that is missing."""
    folder = tmp_path / "faces"
    folder.mkdir()
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        shutil.copy(PORTRAIT_PATH, folder / name)
    (folder / "d.jpg").write_text("Dear Ann")
    rows = ("a.jpg,happy,old", "b.jpg,happy,young", "c.jpg,sad,young", "d.jpg,sad,young")
    (folder / "labels.csv").write_text("\n".join(("file,label,age", *rows, "e.jpg,sad,old")))
    return folder


def test_the_json_has_the_keys_of_the_contract_and_bad_files_make_the_status_1(command, folder):
    done = command("evaluate-photos", folder, "--json", "-")
    assert done.returncode == 1
    scores = json.loads(done.stdout)
    assert scores.keys() >= KEYS
    assert (scores["n"], scores["found"], scores["unread"]["the file cannot be read"]) == (5, 3, 2)
    assert scores["groups"]["age"].keys() == {"old", "young"}
    assert scores["groups"]["age"]["young"].keys() >= KEYS - {"groups"}
    assert (scores["data"], scores["crops"], scores["detector"]) == ("faces", False, "blazeface")
    assert "d.jpg: expected a photo" in done.stderr
    assert "e.jpg cannot be read" in done.stderr


def test_without_json_people_get_tables(command, folder):
    crop = read_portrait()[60:186, 93:219]
    for name in ("a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg"):
        cv2.imwrite(str(folder / name), crop)
    done = command("evaluate-photos", folder, "--crops")
    assert done.returncode == 0
    first, *lines = done.stdout.splitlines()
    assert first.startswith("tiny on faces (crops): 5 photos, 5 found, 5 read, ")
    tables = [line.split() for line in lines]
    assert ["label", "photos", "found", "read", "recall", "F1", "said", "said", "right"] in tables
    assert ["age", "photos", "found", "read", "said", "accuracy"] in tables
    assert lines[-1].endswith("(Fisher's exact test, corrected by Holm's method, 5%).")


def test_saved_scores_lie_beside_the_model_and_in_its_page_without_a_name_of_a_photo(
    command, folder, tiny_product, tmp_path
):
    product = tmp_path / "product"
    shutil.copytree(tiny_product, product)
    model = product / "models" / "tiny"
    shutil.copy(SHIPPED_MODELS.path_of("plain") / "evaluation.json", model)
    text = (folder / "labels.csv").read_text().replace("file,label,age", "file,label,subject")
    (folder / "labels.csv").write_text(text)
    done = command("evaluate-photos", folder, "--crops", "--save", product=product)
    assert done.stderr.splitlines()[-1] == f"Written: {model}/photos/faces-crops.json."
    stored = (model / "photos" / "faces-crops.json").read_text()
    assert len(stored) < 50_000
    assert ".jpg" not in stored
    assert json.loads(stored)["groups"] == {}  # subjects are persons
    page = (model / "README.md").read_text()
    assert "## Other faces" in page
    assert "| faces (crops) | 5 | 60.0 " in page


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "Expected a file"),
        ("", "is empty"),
        ("name\na.jpg\n", "expected a column file"),
        ("file\n../a.jpg\n", "line 2: expected a file in the folder"),
        ("file,label\na.jpg,bored\n", "line 2: expected a label"),
    ],
)
def test_a_list_that_cannot_be_used_gets_one_sentence(command, tmp_path, text, message):
    if text is not None:
        (tmp_path / "labels.csv").write_text(text)
    done = command("evaluate-photos", tmp_path, "--json", "-")
    assert (done.returncode, done.stdout) == (1, "")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_unknown_model_or_detector_is_wrong_usage(command, folder):
    assert command("evaluate-photos", folder, "--model", "none").returncode == 2
    assert command("evaluate-photos", folder, "--detector", "none").returncode == 2
