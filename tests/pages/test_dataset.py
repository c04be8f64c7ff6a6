"""The Dataset page: without a file, with a good one and with a bad one. The faces are noise."""

import json

import cv2
import numpy as np
import pytest
import streamlit as st

from fer_core.data import read_portrait
from fer_core.data.inspection import inspect_source
from fer_core.evaluate.label_errors import rank_label_errors
from fer_core.labels import FER2013_LABELS, WORDS
from pages.ui.dataset import errors_tab, faces
from tests.pages.shown import words_of
from tests.small_dataset import BLANK_ROW, NOT_A_FACE_ROW, WRONG_ROWS

PIXELS_PER_FACE = 48 * 48


def csv_of(n_faces, *, seed=0, label_id=3):
    random = np.random.default_rng(seed)
    lines = ["emotion,pixels,Usage"]
    for index in range(n_faces):
        pixels = " ".join(map(str, random.integers(0, 256, PIXELS_PER_FACE)))
        lines.append(f"{label_id},{pixels},{'PublicTest' if index % 4 == 3 else 'Training'}")
    return "\n".join(lines) + "\n"


def upload(page, name, content):
    page.file_uploader[0].set_value((name, content.encode(), "text/csv"))
    return page.run()


@pytest.fixture
def page_with_worker(open_page, models_folder, monkeypatch, tmp_path):
    """Return the page as it opens on a machine without the file."""
    monkeypatch.delenv("FER2013_CSV", raising=False)
    monkeypatch.chdir(tmp_path)  # no data/ here
    return open_page("dataset.py")


@pytest.fixture
def page(page_with_worker, without_worker):
    """Return the same page; it reads files in this process."""
    return page_with_worker


def test_without_a_file_it_shows_the_counts_in_the_model_card_and_how_to_get_the_file(page):
    page.run()
    assert "saved when the model small was trained" in words_of(page)
    assert "icml_face_data.csv" in page.info[0].value
    assert "3% of the training faces are labelled afraid, 94% happy" in words_of(page)
    assert list(page.table[0].value["Training"])[3] == "30 (93.8%)"
    assert list(page.table[0].value["Training"])[-1] == "32"
    assert "for training: images `(28, 48, 48, 1)`, stored as uint8" in words_of(page)
    assert [button.label for button in page.button] == ["What people say"]


def test_without_a_file_and_a_model_it_only_says_how_to_get_the_file(page, models_folder):
    (models_folder / "small" / "card.json").unlink()
    page.run()
    assert len(page.info) == 1
    assert not page.table
    assert not page.exception


def test_an_upload_is_read_counted_and_shown(page_with_worker):
    page = page_with_worker
    upload(page.run(), "mine.csv", csv_of(8))
    assert r"8 images from mine\.csv" in words_of(page)
    assert list(page.table[0].value["Training"])[3] == "6 (100.0%)"
    assert list(page.table[0].value["PublicTest"])[3] == "2 (100.0%)"
    assert "8 images, all grey, of 48x48 pixels" in words_of(page)


def test_a_bad_upload_gets_one_sentence_and_the_page_keeps_what_it_showed(page):
    upload(page.run(), "good.csv", csv_of(8))
    upload(page, "bad.csv", "emotion,pixels\n3,1 2 3\n")
    assert page.error[0].value.startswith(r"bad\.csv, line 2\: expected 2,304 pixels, got 3")
    assert r"from good\.csv" in words_of(page)


def test_after_a_bad_first_upload_the_counts_of_the_card_stay(page):
    upload(page.run(), "bad.csv", "a,b\n1,2\n")
    assert "expected a column emotion or label" in page.error[0].value
    assert "saved when the model small was trained" in words_of(page)


def test_text_from_a_file_is_never_markdown(page):
    upload(page.run(), "![x](y.png).csv", "emotion,pixels\n3,![](z)\n")
    assert r"\!\[x\]\(y\.png\)\.csv, line 2" in page.error[0].value
    assert r"\!\[\]\(z\)" in page.error[0].value


def test_another_upload_replaces_the_first(page):
    upload(page.run(), "first.csv", csv_of(8))
    upload(page, "second.csv", csv_of(12, seed=1))
    assert r"12 images from second\.csv" in words_of(page)
    assert "first" not in words_of(page)


def test_the_local_file_is_read_without_a_click_once_until_it_changes(page, monkeypatch, tmp_path):
    path = tmp_path / "fer.csv"
    path.write_text(csv_of(8))
    monkeypatch.setenv("FER2013_CSV", str(path))
    page.run()
    assert r"8 images from fer\.csv" in words_of(page)
    held = page.session_state["dataset_held"].inspection
    assert page.run().session_state["dataset_held"].inspection is held
    path.write_text(csv_of(12))
    assert r"12 images from fer\.csv" in words_of(page.run())


def test_a_missing_local_file_gets_one_sentence(page, monkeypatch):
    monkeypatch.setenv("FER2013_CSV", "nowhere.csv")
    page.run()
    assert "Expected a data file" in page.error[0].value
    assert not page.exception


def test_after_an_upload_the_local_file_comes_back_only_on_a_click(page, monkeypatch, tmp_path):
    path = tmp_path / "fer.csv"
    path.write_text(csv_of(8))
    monkeypatch.setenv("FER2013_CSV", str(path))
    upload(page.run(), "mine.csv", csv_of(12))
    page.file_uploader[0].set_value(None)
    assert r"from mine\.csv" in words_of(page.run())
    click(page, r"Show fer\.csv instead")
    assert r"8 images from fer\.csv" in words_of(page)


# The tabs, with and without the file.


@pytest.fixture
def tab(open_page, without_worker, monkeypatch):
    """Return a function that opens one tab of the page."""
    monkeypatch.setattr(errors_tab, "rank_in_process", ranked_here)

    def open_tab(name):
        page = open_page("dataset.py")
        page.query_params["tab"] = name
        page.run()
        assert not page.exception
        return page

    return open_tab


def ranked_here(label_ids, probs, *, on_wait):
    on_wait()
    return rank_label_errors(label_ids, probs)


def click(page, label):
    next(button for button in page.button if button.label == label).click()
    return page.run()


def shown_row(page):
    """Return the row of the face that is shown in large."""
    (caption,) = (each.value for each in page.caption if each.value.startswith("Label of row"))
    return int(caption.removeprefix("Label of row ").split(r"\,")[0].split(",")[0])


@pytest.mark.parametrize("name", ["Balance", "Cleaning", "People", "Faces", "Label errors", "Map"])
def test_every_tab_says_something_without_the_file_and_how_to_see_more(page, tab, name):
    shown = tab(name)
    assert "icml_face_data.csv" in shown.info[0].value
    assert "a sample face](inside?part=Heat+maps)" in words_of(shown)
    assert len(words_of(shown)) > 600


def test_the_switch_shows_shares_instead_of_counts(small, tab):
    page = tab("Balance")
    assert figure_of(page, 0)["data"][0]["text"][0] == "10"
    switch = next(each for each in page.segmented_control if each.label == "Show")
    switch.set_value("Shares").run()
    assert figure_of(page, 0)["data"][0]["text"][0] == "14.3%"


def test_labels_stand_beside_the_words_that_lead_the_votes(small, tab):
    words = words_of(tab("Balance"))
    assert "12 faces are labelled disgusted, and that word has the most votes on 11 faces" in words
    assert "No word leads on 1 of 84 faces" in words


def test_the_question_has_the_numbers_of_this_data_set_and_three_links(small, tab):
    page = tab("Balance")
    words = words_of(page)
    assert "fewer examples" not in words  # as many are labelled happy
    assert "labelled afraid, 60% are “afraid”" in words
    assert "(evaluation?part=Scores&faces=fear)" in words
    assert "(inside?row=" in words
    assert "sample face" not in words
    assert "Confusion matrix of the models" not in words
    assert "Confusion matrix of the models" in words_of(click(page, "What people say"))


def test_cleaning_shows_the_pictures_that_people_called_no_face(small, tab):
    words = words_of(tab("Cleaning"))
    assert "called 1 picture no face" in words
    assert "Every row can be read." in words
    assert r"Blank images\: 1\." in words
    assert r"in 2 groups" in words


def test_blank_pictures_among_those_without_a_face_are_counted_apart(small, tab):
    lines = small.votes_path.read_text().splitlines()
    no_face = lines[NOT_A_FACE_ROW + 1].split(",")
    blank = lines[BLANK_ROW + 1].split(",")
    lines[BLANK_ROW + 1] = ",".join([*blank[:2], *no_face[2:]])
    small.votes_path.write_text("\n".join(lines))
    words = words_of(tab("Cleaning"))
    assert "called 2 pictures no face" in words
    assert "1 of the first is blank, which training drops." in words
    assert "Training does not drop the others for that" in words


def test_people_shows_their_agreement_and_the_words_that_share_a_face(small, tab):
    page = tab("People")
    assert page.table[0].value["Answers that equal the label"][2] == "60%"
    assert page.table[1].value["Most votes go to"].tolist()[0] == "angry"


def test_votes_of_other_rows_are_left_out_with_the_reason(small, tab):
    lines = small.votes_path.read_text().splitlines()
    small.votes_path.write_text("\n".join(lines[:-1]) + "\n")
    assert "left out" in tab("People").info[0].value


def test_the_wall_turns_its_pages_and_a_filter_starts_at_the_first_one(small, tab):
    page = tab("Faces")
    assert "84 faces, page 1 of 2" in words_of(page)
    click(page, "Next")
    assert "84 faces, page 2 of 2" in words_of(page)
    choose(page, "Label", "happy")
    assert "12 faces, page 1 of 1" in words_of(page)
    choose(page, "The model is", "wrong")
    assert "1 face, page 1 of 1" in words_of(page)
    choose(page, "Most votes go to", "contempt")
    assert "No face fits" in page.info[0].value


def test_the_face_of_a_row_is_shown_with_label_votes_and_the_model_s_answer(small, tab):
    page = tab("Faces")
    page.number_input[0].set_value(WRONG_ROWS[0]).run()
    words = words_of(page)
    assert f"Label of row {WRONG_ROWS[0]}" in words
    assert "9 sad, 1 happy" in words
    assert "**Networks that had not seen it:** sad 9" in words
    assert f"(inside?row={WRONG_ROWS[0]})" in words


def test_label_errors_come_one_by_one_and_each_decision_is_kept_and_can_be_undone(small, tab):
    page = tab("Label errors")
    assert "3 of 84 labels are probably wrong" in words_of(page)
    assert shown_row(page) == WRONG_ROWS[0]
    click(page, "Label is wrong")
    assert shown_row(page) == WRONG_ROWS[1]
    click(page, "Label is right")
    click(page, "Undo")
    assert shown_row(page) == WRONG_ROWS[1]
    assert "You decided on 1 of them: 1 wrong label" in words_of(page)
    click(page, "Label is wrong")
    click(page, "Label is wrong")
    assert "decided on all" in page.success[0].value


def test_saved_decisions_are_loaded_and_a_bad_file_gets_one_sentence(small, tab):
    page = tab("Label errors")
    decisions = f"row,decision\n{WRONG_ROWS[0]},wrong\n{WRONG_ROWS[1]},right\n"
    page.file_uploader[1].set_value(("mine.csv", decisions.encode(), "text/csv")).run()
    assert shown_row(page) == WRONG_ROWS[2]
    page.file_uploader[1].set_value(("bad.csv", b"a,b\n", "text/csv")).run()
    assert "expected a column row" in page.error[0].value
    assert shown_row(page) == WRONG_ROWS[2]


@pytest.mark.parametrize(
    ("line", "reason"),
    [("999999,sad,wrong", "has no such row"), ("0,contempt,wrong", "has the label")],
)
def test_decisions_about_other_data_are_refused(small, tab, line, reason):
    page = tab("Label errors")
    before = shown_row(page)
    content = f"row,label,decision\n{line}\n".encode()
    page.file_uploader[1].set_value(("other.csv", content, "text/csv")).run()
    assert "The decisions are about other data" in page.error[0].value.replace("\\", "")
    assert reason in page.error[0].value
    assert shown_row(page) == before
    assert not page.exception


def test_numbers_of_another_data_set_are_not_joined(small, tab, monkeypatch, tmp_path):
    path = tmp_path / "other.csv"
    path.write_text(csv_of(8))
    monkeypatch.setenv("FER2013_CSV", str(path))
    assert "rows of FER2013 only" in tab("Label errors").info[0].value
    assert "these images are others" in tab("Map").info[0].value


def test_damaged_numbers_get_one_sentence(small, tab, models_folder):
    for name in ("label_errors.npz", "feature_map.npz"):
        (models_folder / name).write_bytes(b"PK damaged")
    assert "damaged ones" in tab("Label errors").info[0].value
    assert "damaged ones" in tab("Map").info[0].value


def test_the_map_has_a_series_per_class_and_says_which_lie_apart(small, tab):
    page = tab("Map")
    series = {points["name"] for points in figure_of(page, 0)["data"]}
    assert series == {WORDS[label] for label in FER2013_LABELS}
    assert "All classes lie apart alike" in words_of(page)


def choose(page, title, option):
    next(box for box in page.selectbox if box.label == title).set_value(option)
    page.run()


def figure_of(page, index):
    return json.loads(page.get("plotly_chart")[index].proto.spec)


def interrupted(*args, **callbacks):
    """Stand in for long work during which the visitor clicks Stop: the run of the page ends."""
    st.stop()


def test_reading_that_was_stopped_starts_again_only_on_a_click(small, tab, monkeypatch):
    monkeypatch.setattr(faces, "inspect_in_process", interrupted)
    page = tab("Balance")
    monkeypatch.setattr(faces, "inspect_in_process", inspect_source)
    click(page, "Stop")
    assert "saved when the model small was trained" in words_of(page)
    click(page, r"Read faces\.csv")
    assert r"84 images from faces\.csv" in words_of(page)


def test_ranking_that_was_stopped_starts_again_only_on_a_click(small, tab, monkeypatch):
    monkeypatch.setattr(errors_tab, "rank_in_process", interrupted)
    page = tab("Label errors")
    monkeypatch.setattr(errors_tab, "rank_in_process", ranked_here)
    click(page, "Stop")
    assert "probably wrong (" not in words_of(page)
    click(page, "Rank the labels")
    assert "3 of 84 labels are probably wrong" in words_of(page)


def test_filters_that_other_data_does_not_have_are_dropped(small, tab, monkeypatch, tmp_path):
    page = tab("Faces")
    choose(page, "Split", "PublicTest")
    choose(page, "Label", "fear")
    other = tmp_path / "other" / "bored"
    other.mkdir(parents=True)
    (other / "a.png").write_bytes(cv2.imencode(".png", read_portrait())[1].tobytes())
    monkeypatch.setenv("FER2013_CSV", str(other.parent))
    page.run()
    assert not page.exception
    assert "1 face, page 1 of 1" in words_of(page)
