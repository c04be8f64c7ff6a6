"""The tab with the worst mistakes of a model. The faces are noise."""

import numpy as np
import pytest
import streamlit as st

from fer_core.drawing.sprites import glyph_uri
from fer_core.errors import ModelError
from fer_core.labels import FER2013_LABELS
from pages.ui import resources
from pages.ui.evaluation import mistakes_tab as mistakes
from tests.pages.shown import words_of
from tests.synthetic import csv_of, joined, noise_faces, usages_of, write_votes

N_TESTS = 20
FACES = joined(noise_faces(7), noise_faces(N_TESTS, split="PublicTest"))


class AlwaysHappy:
    """A recognizer that calls every face happy, more surely the lighter its first pixel is."""

    def predict_probs(self, crops: np.ndarray, *, head: str) -> np.ndarray:
        sure = 0.5 + crops[:, 0, :1] / 512
        happy = np.arange(len(FER2013_LABELS)) == FER2013_LABELS.index("happy")
        return np.where(happy, sure, (1 - sure) / (len(FER2013_LABELS) - 1))


def faces_of(page):
    return page.get("image")


def search(page):
    page.button[0].click()
    return page.run()


@pytest.fixture
def page(open_page, models_folder, without_worker, monkeypatch, tmp_path):
    """Return the page with that tab open, on a machine without the data."""
    for setting in ("FER2013_CSV", "FERPLUS_CSV"):
        monkeypatch.delenv(setting, raising=False)
    monkeypatch.chdir(tmp_path)  # no data/ here
    monkeypatch.setattr(resources, "load_recognizer", lambda model_id, **_: AlwaysHappy())
    st.cache_resource.clear()
    page = open_page("evaluation.py")
    page.query_params["part"] = "Mistakes"
    return page


@pytest.fixture
def faces_csv(tmp_path, monkeypatch):
    """Write 7 training and 20 test faces, three of these happy; return the path of the file."""
    path = tmp_path / "fer.csv"
    path.write_text(csv_of(FACES))
    monkeypatch.setenv("FER2013_CSV", str(path))
    return path


def test_without_the_file_it_says_where_to_put_it(page):
    page.run()
    assert "FER2013_CSV" in page.info[0].value
    assert not page.button


def test_the_search_waits_for_the_click(page, faces_csv):
    page.run()
    assert [button.label for button in page.button] == ["Show the worst mistakes"]
    assert not faces_of(page)


def test_the_worst_faces_are_shown_with_label_reading_and_votes(page, faces_csv):
    votes = [{"happiness": 8, "sadness": 1}] * (7 + N_TESTS)
    write_votes(faces_csv.with_name("fer2013new.csv"), votes, usages=usages_of(FACES))
    search(page.run())
    assert len(faces_of(page)) == 12
    words = words_of(page)
    assert "on 17 of 20 faces (85%)" in words
    assert "On 12 of 12 faces, the votes of ten people favour the model" in words
    assert words.count("People: 8 happy, 1 sad, 1 could not say") == 12
    assert f"![]({glyph_uri('happy')}) **happy** " in words
    assert words.count("[Look inside](inside?row=") == 12
    assert (
        "[Look inside](inside?row=8&model=small)" in words
    )  # face 8 of the file, not of the split
    assert "Label: angry (" in words
    assert not page.exception


def test_without_votes_it_says_how_to_get_them(page, faces_csv):
    search(page.run())
    assert len(faces_of(page)) == 12
    assert "FERPLUS_CSV" in words_of(page)
    assert "People:" not in words_of(page)


def test_votes_with_a_row_left_out_get_one_sentence_and_the_faces_are_shown_without_them(
    page, faces_csv, tmp_path, monkeypatch
):
    usages = usages_of(FACES)[1:]
    path = write_votes(tmp_path / "votes.csv", [{"happiness": 8}] * len(usages), usages=usages)
    monkeypatch.setenv("FERPLUS_CSV", str(path))
    search(page.run())
    assert len(faces_of(page)) == 12
    assert "has 26 rows and the faces' file 27" in page.error[0].value
    assert "People:" not in words_of(page)


def test_the_result_is_kept_until_the_file_changes(page, faces_csv, monkeypatch):
    search(page.run())
    monkeypatch.setattr(resources, "load_recognizer", pytest.fail)
    assert len(faces_of(page.run())) == 12
    faces_csv.write_text(csv_of(noise_faces(3, split="PublicTest")))
    assert not faces_of(page.run())
    assert page.button[0].label == "Show the worst mistakes"


def test_two_models_stand_side_by_side(page, faces_csv, add_model):
    add_model("another")
    page.query_params["compare"] = "another"
    search(page.run())
    assert len(faces_of(page)) == 24
    assert {"**small**", "**another**"} <= {markdown.value for markdown in page.markdown}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a,b\n1,2\n", "expected a column emotion or label"),
        (csv_of(noise_faces(3)), r"has no faces of PublicTest"),
    ],
    ids=["another file", "no such split"],
)
def test_a_file_without_these_faces_gets_one_sentence(page, faces_csv, content, message):
    faces_csv.write_text(content)
    search(page.run())
    assert message in page.error[0].value
    assert not faces_of(page)
    assert not page.exception


def test_a_model_without_weights_gets_one_sentence(page, faces_csv, monkeypatch):
    def missing(model_id, **_):
        raise ModelError(f"Expected weights at models/{model_id}/model.tflite.")

    monkeypatch.setattr(resources, "load_recognizer", missing)
    search(page.run())
    assert page.error[0].value.startswith("Expected weights at models/small")
    assert not page.exception


def test_the_faces_that_the_dataset_page_holds_are_not_read_again(
    page, faces_csv, open_page, monkeypatch
):
    dataset = open_page("dataset.py").run()
    page.session_state["dataset_held"] = dataset.session_state["dataset_held"]
    monkeypatch.setattr(mistakes, "inspect_in_process", pytest.fail)
    search(page.run())
    assert len(faces_of(page)) == 12
