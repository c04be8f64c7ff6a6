"""The Dataset page with other images than FER2013's: in colour, of other sizes and classes."""

import cv2
import pytest

from fer_core.data import read_portrait
from tests.pages.shown import words_of


@pytest.fixture
def tab(open_page, without_worker):
    """Return a function that opens one tab of the page."""

    def open_tab(name):
        page = open_page("dataset.py")
        page.query_params["tab"] = name
        page.run()
        assert not page.exception
        return page

    return open_tab


@pytest.fixture
def folder(tmp_path, models_folder, monkeypatch):
    """Set up a folder of colour photos of two classes, one of them not FER2013's."""
    portrait_bgr = read_portrait()
    for split, n in (("train", 6), ("test", 3)):
        for label in ("happy", "<b>bored"):
            place = tmp_path / "photos" / split / label
            place.mkdir(parents=True)
            for number in range(n):
                image = cv2.add(portrait_bgr[number : number + 200, :260], 9 * number)
                (place / f"{number}.png").write_bytes(cv2.imencode(".png", image)[1].tobytes())
    monkeypatch.setenv("FER2013_CSV", str(tmp_path / "photos"))
    return tmp_path / "photos"


def test_the_question_about_fear_is_not_asked_of_other_images(folder, tab):
    assert "Why is fear read worse" not in words_of(tab("Balance"))


@pytest.mark.parametrize("name", ["Balance", "Cleaning", "People", "Faces", "Label errors", "Map"])
def test_every_tab_can_show_a_folder_of_other_images(folder, tab, name):
    assert "18 images from photos" in words_of(tab(name))


def test_further_classes_sizes_and_colour_are_counted_and_what_models_cannot_use_is_said(
    folder, tab
):
    page = tab("Balance")
    words = words_of(page)
    assert "18 images, all in colour, of 260x200 pixels" in words
    assert r"\<b\>bored" in words
    table = page.table[0].value
    counts = dict(zip(table["Expression"], table["Training"], strict=True))
    assert counts["happy"] == r"6 (50.0%)"
    assert counts[r"\<b\>bored"] == "6 (50.0%)"


def test_nothing_about_fer2013_is_shown_as_if_it_were_about_other_images(folder, tab):
    balance, people, errors = (
        words_of(tab(name)) for name in ("Balance", "People", "Label errors")
    )
    assert "fer2013new.csv" not in balance + people
    assert "there are none for these images" in balance
    assert "there are none for these images" in people
    assert "Measured on" not in people
    assert "about the rows of FER2013 only" in errors


def test_every_image_of_a_folder_is_counted_and_what_is_about_some_says_so(folder, tab):
    (folder / "train" / "happy" / "broken.jpg").write_bytes(b"no photo")
    words = words_of(tab("Balance")).replace("\\", "")
    assert "18 images, all in colour" in words
    assert "All 9 images with FER2013's expressions have colours" in words
    cleaning = words_of(tab("Cleaning")).replace("\\", "")
    assert "Images dropped whose class training does not use: 9." in cleaning
    assert "Unreadable rows or files dropped: 1." in cleaning
    assert "happy/broken.jpg: expected a photo" in cleaning


def test_data_without_splits_says_how_cue_splits_it(tab, folder):
    for number in range(3):
        (folder / "test" / "happy" / f"{number}.png").unlink()
        (folder / "test" / "<b>bored" / f"{number}.png").unlink()
    cleaning = words_of(tab("Cleaning")).replace("\\", "")
    assert "No validation split in the data: 1 of 6 training images was kept for" in cleaning


def test_labels_that_a_picture_cannot_spell_are_spelled_beside_it(folder, tab):
    (folder / "train" / "<b>bored").rename(folder / "train" / "überrascht")
    words = words_of(tab("Faces")).replace("\\", "")
    assert "uberrascht: überrascht" in words


def test_it_says_why_a_folder_may_show_nothing(folder, tab):
    page = tab("Balance")
    page.segmented_control[0].set_value("A folder").run()
    assert "it holds no image and no CSV" in words_of(page)


def test_the_wall_shows_further_classes_and_names_the_file_of_a_face(folder, tab):
    page = tab("Faces")
    next(box for box in page.selectbox if box.label == "Label").set_value("<b>bored")
    page.run()
    words = words_of(page)
    assert "9 faces, page 1 of 1" in words
    assert r"\<b\>bored/0\.png" in words
    assert "/inside" not in words.split("Label of")[1]


def test_the_map_and_the_label_errors_name_the_commands_for_ones_own_csv(folder, tab):
    assert "map-features default --data FILE" in tab("Map").info[0].value
    errors = tab("Label errors")
    assert "find-label-errors --data FILE" in errors.info[0].value
    assert "Five networks" not in words_of(errors)


def test_without_duplicates_there_is_no_list_to_choose_from(open_page, without_worker, folder):
    for path in sorted(folder.rglob("*.png"))[1:]:
        path.unlink()
    page = open_page("dataset.py")
    page.query_params["tab"] = "Cleaning"
    page.run()
    assert r"There are none\." in words_of(page)
    assert "Show" not in [box.label for box in page.selectbox]
