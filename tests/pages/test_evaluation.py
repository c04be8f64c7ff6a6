"""The Evaluation page: with no, one, two and several models; with old, damaged and full scores."""

import json
from dataclasses import replace

import pytest

from fer_core.evaluate.report import save_photos
from fer_core.expression.model_folder import ModelFolder
from tests.evaluate.outcomes import evaluation_of, read
from tests.pages.shown import words_of

N_FURTHER_TABLES = {"Curves": 2}  # what the thresholds give, and the thresholds


def open_tab(page, part, **address):
    """Show one tab of the page, as its address names it."""
    page.query_params.update({"part": part} | address)
    return page.run()


def figure_of(page, index=0):
    return json.loads(page.get("plotly_chart")[index].proto.spec)


def cell_texts_of(page):
    return figure_of(page)["data"][1]["text"]


def line_names_of(page, index=0):
    return [line.get("name") for line in figure_of(page, index)["data"] if line.get("name")]


def tiles_of(page):
    return {tile.label: tile.value for tile in page.metric}


@pytest.fixture
def page(open_page, models_folder):
    return open_page("evaluation.py")


@pytest.fixture
def two_models(page, add_model):
    """Return the page with two more models, `plain` and `dropout`, that have all scores."""
    add_model("plain", has_newer_scores=True, macro_f1=0.4)
    add_model("dropout", has_newer_scores=True, macro_f1=0.6)
    return page


def test_without_a_model_it_says_how_to_train_one(page, models_folder):
    (models_folder / "small" / "card.json").unlink()
    page.run()
    assert "python -m fer_core train" in page.info[0].value
    assert not page.table
    assert not page.exception


def test_the_first_tab_shows_all_models_with_intervals_and_the_best_first(two_models):
    two_models.run()
    board = two_models.table[0].value
    assert list(board["Model"]) == ["dropout", "small", "plain"]
    assert board["Accuracy"][0] == "50.0% (40.0\u2060–\u206060.0)"
    assert board["Macro-F1"][0] == "0.600 (0.350\u2060–\u20600.650)"
    assert board["FER+"][0] == "75.0% (60.0\u2060–\u206090.0)"
    assert list(figure_of(two_models)["layout"]["yaxis"]["ticktext"]) == [
        *("dropout", "small", "plain")
    ]
    assert "The difference to small and plain is within chance" in words_of(two_models)
    assert len(two_models.get("plotly_chart")) == 1  # the other tabs wait until they are opened


def test_each_row_leads_to_the_inside_view_of_its_model(page, add_model):
    add_model("a b)[x](y)", macro_f1=0.9)
    page.run()
    assert list(page.table[0].value["Inside"]) == [
        "[Look inside](inside?model=a+b%29%5Bx%5D%28y%29)",
        "[Look inside](inside?model=small)",
    ]


def test_scores_that_an_older_file_lacks_are_dashes(page):
    page.run()
    row = page.table[0].value
    assert list(row["Top 2"]) == list(row["FER+"]) == list(row["MFLOPs"]) == ["–"]
    assert list(row["Accuracy"]) == ["50.0%"]
    assert not page.exception


def test_six_models_are_compared(page, add_model):
    for number in range(5):
        add_model(f"model-{number}", has_newer_scores=number % 2 == 0)
    page.run()
    assert len(page.table[0].value["Model"]) == 6
    assert not page.exception


def test_the_tiles_show_scores_with_and_without_duplicates(page):
    open_tab(page, "Scores")
    assert tiles_of(page) == {
        "Accuracy": "50.0%",
        "Macro-F1": "0.500",
        "Calibration error": "4.0%",
        "Time per face": "0.9\u00a0ms",
    }
    captions = [caption.value for caption in page.caption]
    assert "Without duplicates:  \n25.0%  \n&nbsp;" in captions  # nothing is known about people
    assert "The 95% interval of the accuracy is ±26.2 points." in captions[-1]


def test_newer_scores_add_intervals_people_and_the_mirror_image(two_models):
    open_tab(two_models, "Scores", model="plain")
    assert tiles_of(two_models)["Agrees with the majority"] == "75.0%"
    captions = [caption.value for caption in two_models.caption]
    assert "40.0 to 60.0  \nOne person: 59%  \nWithout duplicates:  \n25.0%" in captions
    assert "and of its mirror image are averaged, accuracy is 55.0%" in captions[-1]


@pytest.mark.parametrize(
    ("part", "n_charts"), [("Scores", 2), ("Curves", 3), ("Learning", 2), ("Robustness", 1)]
)
def test_every_chart_has_a_caption_and_a_table(two_models, part, n_charts):
    open_tab(two_models, part, model="plain")
    charts = two_models.get("plotly_chart")
    assert len(charts) == n_charts
    assert len(two_models.table) == n_charts + N_FURTHER_TABLES.get(part, 0)
    assert all(len(chart.proto.alt) > 40 for chart in charts)
    assert not two_models.exception
    assert not two_models.info


@pytest.mark.parametrize(
    ("part", "n_charts"), [("Scores", 4), ("Curves", 3), ("Learning", 2), ("Robustness", 1)]
)
def test_two_models_are_shown_side_by_side_or_in_one_chart(two_models, part, n_charts):
    open_tab(two_models, part, model="plain", compare="dropout")
    assert len(two_models.get("plotly_chart")) == n_charts
    assert len(two_models.table) == n_charts + N_FURTHER_TABLES.get(part, 0)
    assert len(two_models.metric) == (10 if part == "Scores" else 0)
    assert not two_models.exception


def test_the_learning_curves_of_two_models_share_a_chart(two_models):
    open_tab(two_models, "Learning", model="plain", compare="dropout")
    assert line_names_of(two_models) == [
        *("plain, validation", "plain, training"),
        *("dropout, validation", "dropout, training"),
    ]
    assert list(two_models.table[0].value) == [
        "Epoch",
        *("plain: training loss", "plain: validation loss"),
        *("dropout: training loss", "dropout: validation loss"),
    ]


def test_two_models_share_the_chart_of_every_curve(two_models):
    open_tab(two_models, "Curves", model="plain", compare="dropout")
    for index in range(3):
        assert {"plain", "dropout"} <= set(line_names_of(two_models, index))


def test_the_matrix_switches_between_percent_and_counts(page):
    open_tab(page, "Scores")
    assert "calls 50% of the angry faces disgusted" in page.get("plotly_chart")[0].proto.alt
    assert cell_texts_of(page)[:3] == ["50%", "50%", "0%"]
    page.segmented_control[0].set_value("Counts").run()
    assert cell_texts_of(page)[:3] == ["1", "1", "0"]


def test_an_address_about_one_label_tells_how_its_faces_are_read(page):
    words = words_of(open_tab(page, "Scores", faces="fear"))
    assert "**How faces labelled afraid are read**" in words
    assert "of 2 faces labelled afraid, it calls 50% afraid, 50% happy" in words


def test_an_address_about_no_label_changes_nothing(page):
    assert "are read**" not in words_of(open_tab(page, "Scores", faces="<b>joy</b>"))


def test_the_default_model_is_chosen_and_another_one_can_be(page, add_model):
    add_model("another", accuracy=0.75)
    open_tab(page, "Scores")
    assert page.selectbox[0].options == ["small (default)", "another"]
    assert page.selectbox[1].options == ["none", "another"]
    assert tiles_of(page)["Accuracy"] == "50.0%"
    page.selectbox[0].select("another").run()
    assert tiles_of(page)["Accuracy"] == "75.0%"


def test_a_single_model_cannot_be_compared(page):
    open_tab(page, "Scores")
    assert len(page.selectbox) == 1


def test_the_weakest_expression_is_shown_first_and_another_can_be(two_models):
    open_tab(two_models, "Curves", model="plain")
    assert "more neutral faces" in words_of(two_models)
    two_models.button_group[0].set_value("happy").run()
    assert "more happy faces" in words_of(two_models)


def test_the_thresholds_of_the_words_and_what_they_give_are_shown_for_each_set(
    page, add_model, models_folder
):
    shown = {"n": 10, "shown": 8, "judged": 8, "right": 6}
    add_model("plain", has_newer_scores=True, shown=shown)
    models = ModelFolder(models_folder)
    thresholds = {"happy": 0.4, "fear": 0.7}
    models.save_card(replace(models.card("plain"), min_confidence_by_label=thresholds))
    photos = [read("happy", "happy")] * 3 + [read("sad", "happy", is_sure=False)]
    save_photos(evaluation_of(photos, model="plain", data="stills"), models=models)
    open_tab(page, "Curves", model="plain")
    assert "from 40% to 70% confidence, depending on the word" in words_of(page)
    assert "It names 80% of the faces and is right on 75% of them" in words_of(page)
    of_sets, needed = (table.value for table in page.table[-2:])
    assert list(of_sets["Faces"]) == ["PublicTest", "stills"]
    assert list(of_sets["Word shown"]) == ["80.0%", "75.0%"]
    assert list(of_sets["Word right"]) == ["75.0%", "100.0%"]
    assert (needed["Happy"][0], needed["Afraid"][0], needed["Sad"][0]) == ("40%", "70%", "50%")
    page.button_group(key="coverage_set").set_value("stills").run()
    assert "It names 75% of the faces and is right on 100% of them" in words_of(page)
    assert not page.exception


def test_one_corruption_is_shown_and_another_can_be(two_models):
    open_tab(two_models, "Robustness", model="plain")
    assert "tilt costs the model the most accuracy" in words_of(two_models)
    assert list(two_models.table[0].value["Level"]) == ["0 degrees", "90 degrees"]
    two_models.button_group[0].set_value("darkness").run()
    assert list(two_models.table[0].value["Level"]) == ["100% of the light", "10% of the light"]


@pytest.mark.parametrize(("part", "n_missing"), [("Curves", 3), ("Robustness", 1)])
def test_curves_that_an_older_file_lacks_get_one_sentence_with_the_command(page, part, n_missing):
    open_tab(page, part)
    assert len(page.info) == n_missing
    for info in page.info:
        assert info.value.startswith("`small` has no ")
        assert "python -m fer_core evaluate small --data" in info.value
    assert not page.exception


def test_a_model_is_shown_even_if_it_is_compared_with_one_that_has_no_curves(two_models):
    open_tab(two_models, "Curves", model="small", compare="plain")
    assert len(two_models.get("plotly_chart")) == 3
    assert len(two_models.info) == 3


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"deduplicated": null}'], ids=["cut off", "a list", "almost empty"]
)
def test_a_damaged_evaluation_gets_one_sentence_and_the_others_are_shown(
    page, models_folder, add_model, content
):
    add_model("another")
    (models_folder / "small" / "evaluation.json").write_text(content, encoding="utf-8")
    page.run()
    assert r"evaluation\.json is damaged" in page.error[0].value
    assert list(page.table[0].value["Model"]) == ["another"]
    assert not page.exception


def test_scores_out_of_range_count_as_damage(page, add_model):
    add_model("another", has_newer_scores=True, coverage=[{"min_confidence": 2, "coverage": 1}])
    page.run()
    assert r"another/evaluation\.json is damaged" in page.error[0].value
    assert list(page.table[0].value["Model"]) == ["small"]


def test_a_damaged_card_detail_gets_one_sentence(page, models_folder, add_model):
    add_model("another")
    path = models_folder / "small" / "card.json"
    card = json.loads(path.read_text(encoding="utf-8"))
    card["details"]["twins"] = ["model.tflite"]
    path.write_text(json.dumps(card), encoding="utf-8")
    page.run()
    assert "card.json is not a model card (details.exports: " in page.error[0].value.replace(
        "\\", ""
    )
    assert list(page.table[0].value["Model"]) == ["another"]


def test_a_model_with_a_damaged_card_does_not_hide_the_others(page, models_folder, add_model):
    add_model("another")
    (models_folder / "small" / "card.json").write_text("{", encoding="utf-8")
    open_tab(page, "Scores")
    assert page.selectbox[0].options == ["another"]
    assert len(page.metric) == 4


def test_without_learning_curves_it_says_what_is_missing(page, models_folder):
    (models_folder / "small" / "history.csv").unlink()
    open_tab(page, "Learning")
    assert r"history\.csv is missing" in page.error[0].value
    assert not page.exception


def test_an_evaluation_without_a_second_count_does_not_mention_duplicates(page, models_folder):
    path = models_folder / "small" / "evaluation.json"
    text = path.read_text(encoding="utf-8")
    start = text.index('"deduplicated"')
    path.write_text(text[:start] + '"deduplicated": null, "fer_plus": null}', encoding="utf-8")
    open_tab(page, "Scores")
    assert not page.error
    assert not any("duplicates" in caption.value for caption in page.caption)


def test_unknown_names_in_the_address_are_ignored(page):
    open_tab(page, "Nowhere", model="none", compare="![x](y)")
    assert not page.exception
    assert page.table


def test_the_name_of_a_model_is_never_markdown(page, add_model):
    add_model("*bold* [x](y)", has_newer_scores=True, macro_f1=0.9)
    page.run()
    assert r"\*bold\* \[x\]\(y\) leads" in words_of(page)
