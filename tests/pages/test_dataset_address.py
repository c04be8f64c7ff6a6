"""The wall of faces keeps its filters and its page in the address, where a reload finds them."""

import pytest

from tests.pages.shown import words_of
from tests.small_dataset import write_small_dataset


@pytest.fixture
def wall(open_page, models_folder, tmp_path, monkeypatch, without_worker):
    """Return a function that opens the wall of a small data set at an address."""
    dataset = write_small_dataset(tmp_path, models=models_folder)
    monkeypatch.setenv("FER2013_CSV", str(dataset.csv_path))
    monkeypatch.setenv("FERPLUS_CSV", str(dataset.votes_path))

    def open_at(**address):
        page = open_page("dataset.py")
        page.query_params.update({"tab": "Faces"} | address)
        page.run()
        assert not page.exception
        return page

    return open_at


def chosen(page):
    return {each.label: each.value for each in page.selectbox}


def test_an_address_opens_the_wall_with_its_filters(wall):
    page = wall(split="Training", label="afraid", agreement=["5", "10"], answer="wrong")
    assert chosen(page)["Split"] == "Training"
    assert chosen(page)["Label"] == "fear"
    assert chosen(page)["The model is"] == "wrong"
    assert page.slider[0].value == (5, 10)


def test_an_address_opens_the_wall_on_its_page_and_turning_writes_it_there(wall):
    page = wall(page="2")
    assert "84 faces, page 2 of 2" in words_of(page)
    page.button(key="wall_previous").click().run()
    assert "84 faces, page 1 of 2" in words_of(page)
    assert "page" not in page.query_params
    page.button(key="wall_next").click().run()
    assert page.query_params["page"] in ("2", ["2"])


def test_another_filter_takes_the_page_out_of_the_address(wall):
    page = wall(page="2")
    page.selectbox(key="split").select("Training").run()
    assert "70 faces, page 1 of 1" in words_of(page)
    assert "page" not in page.query_params


@pytest.mark.parametrize("number", ["", "x", "-3", "0", "1.5", "9" * 5_000])
def test_a_page_that_is_none_opens_the_first_or_the_last_one(wall, number):
    assert "84 faces, page " in words_of(wall(page=number))


def test_choices_that_the_data_does_not_have_are_left_out(wall):
    page = wall(split="Moon", label="<b>", votes="7", answer="maybe", order="x", agreement="joe")
    assert set(chosen(page).values()) == {"*", "row"}
    assert "84 faces, page 1 of 2" in words_of(page)
