"""The Dataset page: without a file, with a good one and with a bad one. The faces are noise."""

import numpy as np
import pytest

from fer_core.drawing.sprites import glyph_uri
from tests.pages.shown import words_of

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
    assert list(page.table[0].value["Training"]) == ["2", "0", "0", "30", "0", "0", "0", "32"]
    assert r"Blank images dropped\: 1\." in words_of(page)
    assert not page.button


def test_without_a_file_and_a_model_it_only_says_how_to_get_the_file(page, models_folder):
    (models_folder / "small" / "card.json").unlink()
    page.run()
    assert len(page.info) == 1
    assert not page.table
    assert not page.exception


def test_an_upload_is_read_counted_and_shown(page_with_worker):
    page = page_with_worker
    upload(page.run(), "mine.csv", csv_of(8))
    assert r"8 faces from mine\.csv" in words_of(page)
    assert list(page.table[0].value["Training"])[3] == "6"
    assert list(page.table[0].value["PublicTest"])[3] == "2"
    assert f"![]({glyph_uri('happy')}) **happy**" in words_of(page)
    assert not page.info


def test_the_button_shows_other_faces_without_reading_the_file_again(page):
    upload(page.run(), "mine.csv", csv_of(40))
    before = page.session_state["sample_seed"]
    held = page.session_state["dataset_held"].inspection
    page.button[0].click().run()
    assert page.session_state["sample_seed"] == before + 1
    assert page.session_state["dataset_held"].inspection is held


def test_a_bad_upload_gets_one_sentence_and_the_page_keeps_what_it_showed(page):
    upload(page.run(), "good.csv", csv_of(8))
    upload(page, "bad.csv", "emotion,pixels\n3,1 2 3\n")
    assert page.error[0].value.startswith(r"bad\.csv, row 2\: expected 2,304 pixels, got 3")
    assert r"from good\.csv" in words_of(page)


def test_after_a_bad_first_upload_the_counts_of_the_card_stay(page):
    upload(page.run(), "bad.csv", "a,b\n1,2\n")
    assert "expected a column emotion or label" in page.error[0].value
    assert "saved when the model small was trained" in words_of(page)


def test_text_from_a_file_is_never_markdown(page):
    upload(page.run(), "![x](y.png).csv", "emotion,pixels\n3,![](z)\n")
    assert r"\!\[x\]\(y\.png\)\.csv, row 2" in page.error[0].value
    assert r"\!\[\]\(z\)" in page.error[0].value


def test_another_upload_replaces_the_first(page):
    upload(page.run(), "first.csv", csv_of(8))
    upload(page, "second.csv", csv_of(12, seed=1))
    assert r"12 faces from second\.csv" in words_of(page)
    assert "first" not in words_of(page)


def test_the_local_file_is_read_without_a_click_once_until_it_changes(page, monkeypatch, tmp_path):
    path = tmp_path / "fer.csv"
    path.write_text(csv_of(8))
    monkeypatch.setenv("FER2013_CSV", str(path))
    page.run()
    assert r"8 faces from fer\.csv" in words_of(page)
    held = page.session_state["dataset_held"].inspection
    assert page.run().session_state["dataset_held"].inspection is held
    path.write_text(csv_of(12))
    assert r"12 faces from fer\.csv" in words_of(page.run())


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
    page.button[0].click().run()
    assert r"8 faces from fer\.csv" in words_of(page)
