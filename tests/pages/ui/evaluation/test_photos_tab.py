"""The tabs Other faces and Groups."""

import pytest

from fer_core.evaluate.report import save_photos
from fer_core.expression.model_folder import ModelFolder
from tests.evaluate.outcomes import evaluation_of, read, unread
from tests.pages.shown import words_of

PHOTOS = (
    *[read("happy", "happy")] * 3,
    read("sad", "neutral", is_sure=False),
    read("contempt", "happy"),
    unread("sad", "turned away"),
)
PEOPLE = (
    *(read(None, "happy", age="3-9", race="A") for _ in range(30)),
    *(unread(age="70+", race=race) for race in "AB" for _ in range(15)),
)


@pytest.fixture
def page(open_page, models_folder):
    return open_page("evaluation.py")


@pytest.fixture
def save(models_folder):
    """Return a function that stores the scores of a set of photos beside a model."""
    models = ModelFolder(models_folder)
    return lambda outcomes, **words: save_photos(evaluation_of(outcomes, **words), models=models)


def open_tab(page, part, **query):
    for key, value in {"part": part, **query}.items():
        page.query_params[key] = value
    return page.run()


@pytest.mark.parametrize(("part", "column"), [("Other faces", "label"), ("Groups", "a column per")])
def test_what_was_not_measured_is_said_with_the_command_that_measures_it(page, part, column):
    open_tab(page, part)
    assert not page.exception
    assert "`python -m fer_core evaluate-photos DIR --save`" in page.info[0].value
    assert column in page.info[0].value
    assert not page.get("plotly_chart")


def test_a_set_shows_its_way_to_the_word_its_expressions_and_its_reasons(page, save):
    save(PHOTOS)
    open_tab(page, "Other faces")
    assert not page.exception
    assert len(page.get("plotly_chart")) == 3
    sets, steps, recall, reasons = (table.value for table in page.table)
    assert list(sets["Photos"]) == ["faces"]
    assert sets["Accuracy"][0].startswith("75.0% (")
    assert list(steps["Step"])[:2] == ["Face found", "Face read"]
    assert steps["Share"][1].endswith("), 5 of 6")
    assert list(recall["Expression"]) == ["happy", "sad"]
    assert list(reasons["Reason"]) == ["turned away"]
    assert "Photos labelled contempt \\(1\\) count as found" in words_of(page)


def test_one_of_several_sets_is_chosen_and_two_models_share_each_chart(page, save, add_model):
    add_model("another")
    save(PHOTOS, detector=None)
    save(PHOTOS[:3])
    save(PHOTOS, model="another", detector=None)
    open_tab(page, "Other faces", compare="another")
    assert list(page.table[0].value["Photos"]) == ["faces (crops)", "faces", "faces (crops)"]
    assert list(page.table[1].value) == ["Step", "small", "another"]
    page.button_group[0].set_value("faces").run()
    assert not page.exception
    assert list(page.table[1].value) == ["Step", "Share"]
    assert len(page.table) == 3  # every photo of that set is read


def test_groups_show_who_is_read_less_often_and_what_is_said(page, save):
    save(PEOPLE, data="people")
    save(PHOTOS)  # has no groups
    open_tab(page, "Groups")
    assert not page.exception
    differences, read_table, words = (table.value for table in page.table)
    assert next(iter(differences["Group"])) == "age 3-9"
    assert list(read_table["Group"]) == ["3-9", "70+"]
    assert list(read_table["Unread, times all"]) == ["0.00", "2.00"]
    assert list(read_table["Why unread"]) == ["–", "no face found 30"]
    assert list(words["not sure"]) == ["0.0% (0.0\u2060–\u206011.4)", "–"]
    assert "- age 3\\-9\\: face " in words_of(page)
    page.button_group[0].set_value("race").run()
    assert list(page.table[1].value["Group"]) == ["A", "B"]


def test_a_damaged_file_gets_one_sentence(page, save):
    save(PHOTOS).write_text("{")
    for part in ("Other faces", "Groups", "Curves"):
        open_tab(page, part)
        (error,) = page.error
        assert "faces\\.json is damaged" in error.value
        assert not page.exception
