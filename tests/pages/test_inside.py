"""The Inside page, with shipped models and a worker that invents its maps."""

import json
import shutil
from dataclasses import replace

import cv2
import numpy as np
import pytest
from streamlit.runtime.scriptrunner import StopException

from fer_core.data.row_numbers import RowNumbers, row_digests, save_row_numbers
from fer_core.errors import ModelError, SettingsError
from fer_core.expression.model_folder import SHIPPED_MODELS, ModelFolder
from fer_core.expression.recognizer import load_recognizer
from fer_core.labels import FER2013_LABELS
from pages.ui.inside import faces, file_faces, networks, work
from tests.pages.fake_worker import FakeWorker
from tests.pages.shown import words_of
from tests.synthetic import csv_of, noise_faces

pytestmark = pytest.mark.model

FACES = noise_faces(30)
CANCEL = "cancel-maps-plain-"
PROBES = {
    "n_train": 100,
    "n_test": 50,
    "stages": [
        {"layer": "conv_1", "n_features": 32, "accuracy": 0.4, "macro_f1": 0.2},
        {"layer": "conv_2", "n_features": 64, "accuracy": 0.5, "macro_f1": 0.5},
    ],
}


@pytest.fixture
def worker(monkeypatch):
    worker = FakeWorker()
    monkeypatch.setattr(work, "explain_worker", lambda: worker)
    return worker


@pytest.fixture
def page(open_page, worker, without_worker, monkeypatch, tmp_path):
    """Return the page on a machine without the data; it opens with the model `plain`."""
    monkeypatch.delenv("FER2013_CSV", raising=False)
    monkeypatch.chdir(tmp_path)  # no data/ here
    page = open_page("inside.py")
    page.query_params["model"] = "plain"
    return page


@pytest.fixture
def faces_csv(tmp_path, monkeypatch):
    path = tmp_path / "fer.csv"
    path.write_text(csv_of(FACES))
    monkeypatch.setenv("FER2013_CSV", str(path))
    return path


@pytest.fixture
def models(tmp_path, monkeypatch):
    """Return a folder with the models `plain` and `dropout`; tests add files to it."""
    models = ModelFolder(tmp_path / "models")
    for name in ("plain", "dropout"):
        path = models.path_of(name)
        shutil.copytree(
            SHIPPED_MODELS.path_of(name), path, ignore=shutil.ignore_patterns("seeds*", "layers*")
        )
    models.save_card(replace(models.card("plain"), is_default=True))
    monkeypatch.setenv("CUE_MODELS", str(models.path))
    return models


def open_tab(page, part, **address):
    page.query_params.update({"part": part} | address)
    page.run()
    assert not page.exception
    return page


def upload(page, content, *, name="photo.png"):
    page.query_params["face"] = "Your photo"
    page.run()
    page.file_uploader[0].set_value([(name, content, "image/png")])
    return page.run()


def png(image):
    return cv2.imencode(".png", image)[1].tobytes()


def captions_of(page):
    images = (image for each in page.get("image") for image in each.proto.imgs)
    return [image.caption for image in images if image.caption]


def labels_of_downloads(page):
    return [button.proto.label for button in page.get("download_button")]


def test_the_example_portrait_shows_crop_heads_and_layers(page):
    page.run()
    assert not page.exception
    words = words_of(page)
    assert "The face: example portrait." in words
    assert "48 × 48 grey pixels" in words
    assert "All put happy first" in words.replace("\\", "")
    assert "**first** · ReLU · 48 × 48 · 20 channels" in words
    assert "the 16 most active of 20" in words
    assert list(page.table[0].value)[1:] == ["Label head", "Votes head"]


def test_between_the_first_layer_and_the_last_of_a_size_the_others_wait_to_be_opened(page):
    page.run()
    words = words_of(page)
    assert [
        name for name in ("first", "second", "third", "fourth", "last") if f"**{name}" in words
    ] == [*("first", "third", "fourth", "last")]
    assert any(more.label == "1 layer before it, at this size" for more in page.expander)


def test_the_model_with_a_rule_shows_what_cue_says_of_both_heads(page):
    open_tab(page, "Changes", model="cue-6")
    assert list(page.table[0].value)[1:] == ["Label head", "Votes head", "Cue's reading"]
    assert "Nearly all people would say happy." in words_of(page)


@pytest.mark.parametrize("part", ["Layers", "Heat maps", "Changes", "Dropout", "Export"])
def test_two_models_stand_side_by_side(page, worker, part):
    open_tab(page, part, compare="dropout")
    words = words_of(page)
    assert "**plain**" in words
    assert "**dropout**" in words
    assert len(page.table) >= 2
    assert {what.split()[0] for what in worker.asked} in (set(), {"plain", "dropout"})


def test_a_second_run_asks_the_worker_for_nothing_new(page, worker):
    page.run()
    page.run()
    assert worker.asked == ["plain maps"]


def test_heat_maps_of_both_methods_are_compared_for_any_expression_and_head(page, worker):
    open_tab(page, "Heat maps")
    words = words_of(page)
    assert "Which places speak for “happy”?" in words
    assert "**Occlusion map**" in words
    assert "**Grad-CAM**" in words
    assert "Rank correlation of the two maps: " in words
    page.button_group(key="heat-label").set_value("contempt").run()
    assert worker.asked[-1] == "plain votes contempt"
    page.button_group(key="heat-head").set_value("label").run()
    assert not page.exception
    assert worker.asked[-1] == "plain label happy"  # the label head does not know contempt


def test_without_tensorflow_one_sentence_says_so_and_the_rest_works(page, worker):
    worker.failure = SettingsError("TensorFlow is missing. Install cue[train].")
    open_tab(page, "Heat maps")
    assert "TensorFlow is missing" in words_of(page).replace("\\", "")
    assert "**Occlusion map**" in words_of(page)
    assert not page.error


@pytest.mark.parametrize("part", ["Layers", "Dropout", "Export"])
def test_a_worker_that_fails_gets_one_sentence(page, worker, part):
    worker.failure = ModelError("The worker ended early.")
    open_tab(page, part)
    assert page.error[0].value == r"The worker ended early\."


def test_cancel_ends_the_work_until_it_is_asked_for_again(page, worker):
    worker.failure = StopException()  # as Streamlit ends a run, in the middle of the work
    page.run()
    (cancel,) = (button for button in page.button if button.label == "Cancel")
    worker.failure = None
    cancel.click().run()
    assert "Cancelled." in words_of(page)
    assert worker.asked == ["plain maps"]
    (again,) = (button for button in page.button if button.label == "Compute it")
    again.click().run()
    assert "**first**" in words_of(page)


def test_a_changed_face_is_read_at_once_and_reset_brings_it_back(page):
    open_tab(page, "Changes")
    assert "The reading of the face as it is: happy" in words_of(page).replace("\\", "")
    page.slider(key="change-tilt").set_value(-90)
    page.slider(key="change-mouth").set_value(100).run()
    assert not page.exception
    words = words_of(page).replace("\\", "")
    assert "The change: tilted by 90 degrees to the left, mouth 100% covered." in words
    assert "Happy falls by" in words
    (reset,) = (button for button in page.button if button.label == "Reset")
    reset.click().run()
    assert page.slider(key="change-tilt").value == 0
    assert "The face as it is." in words_of(page)


def test_the_number_of_pixels_is_chosen_up_to_what_the_model_takes(page):
    open_tab(page, "Changes")
    side = page.select_slider(key="change-side")
    assert side.options[0] == "8 px"
    assert side.options[-2:] == ["44 px", "all"]
    side.set_value("16").run()
    assert "The face shrunk to 16 px." in words_of(page)
    (reset,) = (button for button in page.button if button.label == "Reset")
    reset.click().run()
    assert page.select_slider(key="change-side").value == "all"


class Shrinking:
    """A network for 96 pixels: `plain`, which gets the face at half that size."""

    def __init__(self, card):
        self.card = card
        self._inner = load_recognizer("plain")

    def recognize(self, crops):
        return self._inner.recognize(half_size(crops))

    def predict_heads(self, crops):
        return self._inner.predict_heads(half_size(crops))

    def predict_probs(self, crops, *, head):
        return self._inner.predict_probs(half_size(crops), head=head)


def half_size(crops):
    assert crops.shape[1:] == (96, 96)
    return np.stack([cv2.resize(crop, (48, 48), interpolation=cv2.INTER_AREA) for crop in crops])


@pytest.fixture
def large(models, monkeypatch):
    """Add the model `large`, which takes 96 pixels."""
    path = models.path_of("large")
    shutil.copytree(models.path_of("plain"), path)
    card = replace(models.card("plain"), model_id="large", input_size=96, is_default=False)
    models.save_card(card)
    usual = networks.any_recognizer
    monkeypatch.setattr(
        networks,
        "any_recognizer",
        lambda card: Shrinking(card) if card.model_id == "large" else usual(card),
    )


def test_a_choice_that_only_a_larger_model_has_ends_with_it(page, large):
    open_tab(page, "Changes", model="large")
    side = page.select_slider(key="change-side")
    assert side.options[-4:] == ["48 px", "64 px", "80 px", "all"]
    side.set_value("64").run()
    assert "The face shrunk to 64 px." in words_of(page)
    page.selectbox(key="model").select("plain").run()
    assert not page.exception
    assert page.select_slider(key="change-side").value == "all"
    assert "The face as it is." in words_of(page)


def test_two_models_of_different_sizes_get_one_change_and_keep_their_names_when_swapped(
    page, large
):
    def captions():
        assert not page.exception
        titles = [each.label for each in page.expander if "Reading of" in each.label]
        return [title.split()[2] for title in titles]

    open_tab(page, "Changes", compare="large")
    page.slider(key="change-blur").set_value(3.0)
    page.select_slider(key="change-side").set_value("16").run()
    assert captions() == ["plain", "large"]
    before = changed_shares(page)
    page.selectbox(key="compare").select("none").run()
    page.selectbox(key="model").select("large").run()
    page.selectbox(key="compare").select("plain").run()
    assert captions() == ["large", "plain"]
    assert changed_shares(page) == before[::-1]
    assert page.slider(key="change-blur").value == 3.0
    change = "shrunk to 16 px, a blur of 3.0% of its width"
    assert words_of(page).count(f"The face {change}.") == 2


def changed_shares(page):
    tables = [table.value for table in page.table if "Changed" in table.value]
    return [list(table["Changed"]) for table in tables]


def test_every_slider_can_go_to_both_ends(page):
    open_tab(page, "Changes")
    for slider in page.slider:
        for value in (slider.min, slider.max):
            slider.set_value(value).run()
            assert not page.exception


def test_of_several_faces_the_visitor_chooses_one(page, astronaut_bgr):
    upload(page, png(np.hstack([astronaut_bgr, astronaut_bgr])))
    assert "2 faces, from left to right" in words_of(page)
    assert "photo.png, face 1" in words_of(page).replace("\\", "")
    page.button_group[1].set_value(2).run()
    assert "photo.png, face 2" in words_of(page).replace("\\", "")


def test_a_photo_without_a_face_says_so_and_can_be_a_crop_already(page, astronaut_bgr):
    upload(page, png(np.full((200, 200, 3), 90, np.uint8)))
    assert "No face found" in words_of(page)
    assert "Choose a face above first." in words_of(page)
    crop = cv2.resize(astronaut_bgr[70:190, 165:275], (48, 48), interpolation=cv2.INTER_AREA)
    upload(page, png(crop), name="crop.png")
    page.toggle(key="inside-crop").set_value(True).run()
    assert not page.exception
    assert "The face: crop.png." in words_of(page).replace("\\", "")


def test_a_face_that_cue_does_not_read_is_shown_with_the_reason(page, astronaut_bgr):
    upload(page, png(astronaut_bgr[100:]))  # the edge lies on the eyes
    assert "Cue does not read this face: cut off" in page.warning[0].value


def test_a_file_that_is_no_photo_gets_one_sentence(page):
    upload(page, b"%PDF-1.7", name="![x](y).pdf")
    assert "got a PDF document" in page.error[0].value
    assert "![x]" not in page.error[0].value
    assert not page.exception


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ModelError("The detector's weights are missing."), "weights are missing"),
        (RuntimeError("boom"), "the program failed on it"),
    ],
)
def test_a_search_that_fails_gets_one_sentence(page, astronaut_bgr, monkeypatch, error, words):
    def fail(_detector):
        raise error

    monkeypatch.setattr(faces, "photo_pipeline", fail)
    upload(page, png(astronaut_bgr))
    assert words in page.error[0].value
    assert not page.exception


def test_without_the_file_the_data_set_says_where_to_put_it(page):
    open_tab(page, "Layers", face="Data set")
    assert "FER2013_CSV" in page.info[0].value
    assert "Choose a face above first." in words_of(page)


def test_an_address_with_a_row_shows_that_face(page, faces_csv):
    open_tab(page, "Layers", row="10")
    assert page.number_input(key="row").value == 10
    assert "row 10 of the data set, labelled happy" in words_of(page).replace("\\", "")


def test_a_face_of_an_expression_is_drawn_and_another_one(page, faces_csv):
    open_tab(page, "Layers", face="Data set")
    page.selectbox(key="inside-label").select("fear").run()
    rows = set()
    for _ in range(6):
        rows.add(page.number_input(key="row").value)
        assert "labelled afraid" in words_of(page)
        next(button for button in page.button if button.label == "Another face").click().run()
    assert len(rows) > 1
    assert {FER2013_LABELS[row % 7] for row in rows} == {"fear"}


def test_a_row_that_the_file_lacks_says_so(page, faces_csv, monkeypatch):
    without_5 = FACES.select(FACES.rows != 5)
    monkeypatch.setattr(file_faces, "_read", lambda _source: without_5)
    open_tab(page, "Layers", row="5")
    assert "The file has no face in row 5." in page.info[0].value


def test_reading_the_file_can_be_cancelled_and_taken_up_again(page, faces_csv, monkeypatch):
    inspect = file_faces.inspect_in_process

    def interrupted(_source, *, on_progress):
        on_progress(0.5)
        raise StopException

    monkeypatch.setattr(file_faces, "inspect_in_process", interrupted)
    page.query_params["row"] = "3"
    page.run()
    page.button(key="inside-cancel-reading").click().run()
    monkeypatch.setattr(file_faces, "inspect_in_process", inspect)
    (read,) = (button for button in page.button if button.label == "Read the FER2013 file")
    read.click().run()
    assert "row 3 of the data set" in words_of(page)


def test_the_faces_that_excite_a_channel_come_from_the_visitor_s_file(page, models, faces_csv):
    rows = np.array([[3, 1], [8, 29]], dtype=np.int32)
    digests = row_digests(FACES.pixels[[1, 3, 8, 29]])
    digests[3] += 1  # row 29 was another face when the rows were stored
    numbers = RowNumbers(np.array([1, 3, 8, 29]), digests, {"conv/rows": rows})
    save_row_numbers(models.path_of("plain") / "layers.npz", numbers)
    open_tab(page, "Channels", row="0")
    assert captions_of(page) == ["1: row 3", "2: row 1"]
    page.number_input(key="exciting-channel-plain-conv").set_value(1).run()
    assert captions_of(page) == ["1: row 8"]
    assert "1 face left out" in words_of(page)


def test_a_face_that_the_data_set_has_twice_is_shown_once_among_the_exciting_ones(
    page, models, faces_csv
):
    pixels = FACES.pixels.copy()
    pixels[8] = pixels[3]
    faces_csv.write_text(csv_of(replace(FACES, pixels=pixels)))
    rows = np.array([[3, 8, 1]], dtype=np.int32)
    numbers = RowNumbers(np.array([1, 3, 8]), row_digests(pixels[[1, 3, 8]]), {"conv/rows": rows})
    save_row_numbers(models.path_of("plain") / "layers.npz", numbers)
    open_tab(page, "Channels", row="0")
    assert captions_of(page) == ["1: row 3", "2: row 1"]
    assert "1 face left out: of photos that the data set has more than once" in words_of(page)


def test_without_stored_channels_or_probes_a_sentence_says_how_to_get_them(page, models):
    assert "`plain` has no stored faces per channel yet" in words_of(
        open_tab(page, "Channels", face="Data set")
    )


def test_the_probes_of_all_models_share_a_chart_and_the_missing_ones_are_named(page, models):
    path = models.path_of("plain") / "layers.json"
    path.write_text(json.dumps({"model": "plain"} | PROBES))
    open_tab(page, "Probes", face="Data set")
    assert len(page.get("plotly_chart")) == 1
    words = words_of(page).replace("\\", "")
    assert "plain: from 0.20 to 0.50, half of it by stage 2 of 2." in words
    assert "dropout has no linear probes yet" in words
    assert list(page.table[0].value["Layer"]) == [r"conv\_1", r"conv\_2"]
    path.write_text("{")
    open_tab(page, "Probes")
    assert "layers.json is damaged" in words_of(page).replace("\\", "")


def test_the_story_of_dropout_has_three_pictures(page, models, worker):
    epochs = [
        {"epoch": n, "loss": 1.0, "val_loss": 1.0, "val_accuracy": 0.5, "val_macro_f1": 0.4}
        for n in (1, 2)
    ]
    seeds = {"seeds": [{"seed": seed, "history": epochs} for seed in range(3)]}
    for name in ("plain", "dropout"):
        (models.path_of(name) / "seeds.json").write_text(json.dumps(seeds))
    open_tab(page, "Dropout")
    assert [each.value[:2] for each in page.header][1:] == ["1.", "2.", "3."]
    assert list(page.table[-1].value)[1:3] == ["plain, seed 0", "plain, seed 1"]
    assert "average of 3 seeds" in words_of(page)
    assert worker.asked == ["plain maps", "dropout maps"]
    page.selectbox(key="dropout-layer").select("last").run()
    assert words_of(page).count("**last** · ReLU") == 2


def test_without_a_face_the_curves_of_dropout_are_shown(page):
    open_tab(page, "Dropout", face="Data set")
    assert len(page.get("plotly_chart")) == 2
    assert "Choose a face above to see the same layer" in words_of(page)


def test_the_report_and_each_picture_can_be_downloaded(page):
    open_tab(page, "Export")
    assert labels_of_downloads(page) == ["Download the report", "Download this picture"]
    pictures = page.selectbox(key="export-picture-plain")
    assert "Grad-CAM" in pictures.options
    pictures.select("Grad-CAM").run()
    assert not page.exception


def test_without_a_model_it_says_how_to_train_one(page, monkeypatch, tmp_path):
    monkeypatch.setenv("CUE_MODELS", str(tmp_path / "nothing"))
    open_tab(page, "Layers", face="Data set")
    assert "python -m fer_core train" in page.info[-1].value
