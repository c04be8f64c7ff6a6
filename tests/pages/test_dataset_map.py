"""The map of features on the Dataset page: whose it is, and what becomes of it when it changes."""

import base64
import json

import numpy as np
import pytest

from fer_core.data.row_numbers import RowNumbers, load_row_numbers, save_row_numbers
from tests.pages.shown import words_of


@pytest.fixture
def page(open_page, small, without_worker):
    page = open_page("dataset.py")
    page.query_params["tab"] = "Map"
    return page


def test_the_map_says_which_model_it_is_of_and_a_new_map_is_seen(page, small, models_folder):
    path = models_folder / "feature_map.npz"
    page.run()
    assert "The model small turns each face" in words_of(page)
    assert len(rows_on_map(page)) == len(small.faces)
    stored = load_row_numbers(path)
    values = {"xy": stored.values["xy"][:-5], "model": np.array(["a*b"])}
    save_row_numbers(path, RowNumbers(stored.rows[:-5], stored.digests[:-5], values))
    page.run()
    assert r"The model a\*b turns each face" in words_of(page)
    assert sorted(rows_on_map(page)) == sorted(stored.rows[:-5].tolist())


def rows_on_map(page):
    arrays = [
        trace["customdata"] for trace in json.loads(page.get("plotly_chart")[0].proto.spec)["data"]
    ]
    return np.concatenate(
        [np.frombuffer(base64.b64decode(each["bdata"]), each["dtype"]) for each in arrays]
    ).tolist()


def test_a_map_without_the_name_of_its_model_is_shown(page, models_folder):
    path = models_folder / "feature_map.npz"
    stored = load_row_numbers(path)
    for name in (np.array([7]), np.array(["a", "b"])):
        values = {"xy": stored.values["xy"], "model": name}
        save_row_numbers(path, RowNumbers(stored.rows, stored.digests, values))
        assert "The model turns each face" in words_of(page.run())


@pytest.fixture
def page_without_file(page, monkeypatch, tmp_path):
    monkeypatch.delenv("FER2013_CSV")
    monkeypatch.chdir(tmp_path)  # no data/ here
    return page


def add_answers(models_folder, answers):
    path = models_folder / "feature_map.npz"
    stored = load_row_numbers(path)
    values = {**stored.values, "answers": answers}
    save_row_numbers(path, RowNumbers(stored.rows, stored.digests, values))


def test_without_the_file_the_map_shows_what_the_model_answers(
    page_without_file, small, models_folder
):
    add_answers(models_folder, small.faces.label_ids.astype(np.uint8))
    page = page_without_file.run()
    assert not page.exception
    words = words_of(page)
    assert "what the model answers for each face" in words
    assert "All classes lie apart" in words or "lies apart most clearly" in words
    spec = json.loads(page.get("plotly_chart")[0].proto.spec)
    assert [trace["name"] for trace in spec["data"]][:3] == ["angry", "disgusted", "afraid"]
    (table,) = (each.value for each in page.table if "Answer" in each.value)
    assert "Neighbours with the same answer" in table
    assert len(table) == 7


@pytest.mark.parametrize(
    "answers",
    [np.full(84, 7, np.uint8), np.zeros(3, np.uint8), np.zeros(84), np.zeros((84, 2), np.uint8)],
    ids=["no class", "too few", "no numbers of classes", "several each"],
)
def test_without_usable_answers_the_map_says_that_it_has_none(
    page_without_file, models_folder, answers
):
    add_answers(models_folder, answers)
    page = page_without_file.run()
    assert not page.exception
    assert "stored without the model's answers" in words_of(page)


def test_with_the_file_the_map_shows_labels_also_if_answers_are_stored(page, small, models_folder):
    add_answers(models_folder, np.zeros(len(small.faces), np.uint8))
    page.run()
    assert "what the model answers" not in words_of(page)
    assert any("Label" in each.value for each in page.table)


def test_a_map_of_ones_own_data_says_nothing_of_training(page, small, models_folder):
    page.run()
    assert "faces that trained the model" in words_of(page)
    for name in ("feature_map.npz", "label_errors.npz"):
        stored = load_row_numbers(models_folder / name)
        save_row_numbers(models_folder / name, stored.about(small.faces))
    page.run()
    words = words_of(page)
    assert "All classes lie apart alike" in words
    assert "trained the model" not in words
    assert "Why is fear read worse" not in words
