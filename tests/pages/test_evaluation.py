"""The Evaluation page: no model, one, several, and damaged ones."""

import json

import pytest


def cell_texts_of(page):
    return json.loads(page.get("plotly_chart")[0].proto.spec)["data"][1]["text"]


@pytest.fixture
def page(open_page, models_folder):
    return open_page("evaluation.py")


def tiles_of(page):
    return {tile.label: tile.value for tile in page.metric}


def test_without_a_model_it_says_how_to_train_one(page, models_folder):
    (models_folder / "small" / "card.json").unlink()
    page.run()
    assert "python -m fer_core train" in page.info[0].value
    assert not page.metric
    assert not page.exception


def test_the_headline_stands_beside_what_one_person_reaches(page):
    page.run()
    assert tiles_of(page) == {
        "Accuracy": "50.0\u00a0%",
        "Macro-F1": "0.500",
        "Calibration error": "4.0\u00a0%",
        "Time a face": "0.9\u00a0ms",
        "Faces": "14",
    }
    captions = [caption.value for caption in page.caption]
    assert "One person: 70\u00a0%  \nNo repeats: 25.0\u00a0%" in captions


def test_every_chart_has_its_sentence_and_its_table(page):
    page.run()
    charts = page.get("plotly_chart")
    assert len(charts) == len(page.table) == 4
    assert [table.value.shape for table in page.table] == [(7, 8), (7, 6), (2, 3), (2, 3)]
    assert all(chart.proto.alt for chart in charts)
    assert "angry, read as disgusted on 50\u00a0%" in charts[0].proto.alt


def test_the_matrix_switches_between_shares_and_counts(page):
    page.run()
    assert cell_texts_of(page)[:3] == ["50\u00a0%", "50\u00a0%", "0\u00a0%"]
    page.segmented_control[0].set_value("Counts").run()
    assert cell_texts_of(page)[:3] == ["1", "1", "0"]


def test_the_default_model_is_chosen_and_another_one_can_be(page, add_model):
    add_model("another", accuracy=0.75)
    page.run()
    assert page.selectbox[0].options == ["small (default)", "another"]
    assert tiles_of(page)["Accuracy"] == "50.0\u00a0%"
    page.selectbox[0].select("another").run()
    assert tiles_of(page)["Accuracy"] == "75.0\u00a0%"


def test_a_damaged_evaluation_is_one_sentence(page, models_folder):
    (models_folder / "small" / "evaluation.json").write_text("{", encoding="utf-8")
    page.run()
    assert r"evaluation\.json is damaged" in page.error[0].value
    assert not page.metric
    assert not page.exception


def test_a_model_with_a_damaged_card_does_not_hide_the_others(page, models_folder, add_model):
    add_model("another")
    (models_folder / "small" / "card.json").write_text("{", encoding="utf-8")
    page.run()
    assert page.selectbox[0].options == ["another"]
    assert len(page.metric) == 5


def test_without_learning_curves_the_scores_are_shown_all_the_same(page, models_folder):
    (models_folder / "small" / "history.csv").unlink()
    page.run()
    assert len(page.metric) == 5
    assert r"history\.csv is missing" in page.error[0].value


def test_an_evaluation_without_repeats_left_out_says_nothing_of_them(page, models_folder):
    path = models_folder / "small" / "evaluation.json"
    text = path.read_text(encoding="utf-8")
    start = text.index('"deduplicated"')
    path.write_text(text[:start] + '"deduplicated": null, "fer_plus": null}', encoding="utf-8")
    page.run()
    assert not page.error
    assert not any("repeats" in caption.value for caption in page.caption)
