"""The Inside page, with shipped models and a worker that invents its maps."""

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from streamlit.runtime.scriptrunner import StopException

from fer_core.data import read_portrait
from fer_core.data.row_numbers import RowNumbers, row_digests, save_row_numbers
from fer_core.errors import ModelError, SettingsError
from fer_core.faces.registry import DEFAULT_DETECTOR
from fer_core.labels import FER2013_LABELS
from fer_core.pipeline import load_pipeline
from pages.ui.dataset.faces import FaceSource
from pages.ui.inside import export_tab, faces, file_faces
from tests.pages.inside.conftest import FACES
from tests.pages.shown import open_tab, words_of
from tests.synthetic import csv_of

pytestmark = pytest.mark.model

CANCEL = "cancel-maps-plain-"
PROBES = {
    "n_train": 100,
    "n_test": 50,
    "stages": [
        {"layer": "conv_1", "n_features": 32, "accuracy": 0.4, "macro_f1": 0.2},
        {"layer": "conv_2", "n_features": 64, "accuracy": 0.5, "macro_f1": 0.5},
    ],
}


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
    assert list(page.table[0].value)[1:] == ["Label head", "Votes head", "Cue's reading"]


def test_the_example_portrait_is_the_face_that_the_search_finds_there():
    found = load_pipeline(detector=DEFAULT_DETECTOR).find(read_portrait())
    (square,), (roll_deg,) = found.detections.squares, found.detections.roll_deg
    expected = faces.PORTRAIT_FACE
    assert square == pytest.approx([expected.x, expected.y, expected.side], abs=0.5)
    assert roll_deg == pytest.approx(expected.roll_deg, abs=0.5)
    assert found.reasons == ((),)


def test_the_page_opens_without_the_detector(page, monkeypatch):
    monkeypatch.setattr(faces, "photo_pipeline", None)
    page.run()
    assert "The face: example portrait." in words_of(page)


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


def test_a_face_that_cue_does_not_read_is_looked_into_on_request_and_gets_no_word(
    page, astronaut_bgr
):
    page.query_params["part"] = "Changes"
    upload(page, png(astronaut_bgr[100:]))  # the edge lies on the eyes
    assert "Cue does not read this face: cut off" in page.warning[0].value
    assert "switch on “Look inside all the same”" in words_of(page)
    assert not page.table
    (wanted,) = (each for each in page.toggle if each.label == "Look inside all the same")
    wanted.set_value(True).run()
    words = words_of(page)
    assert words.count("not what people would say") == 2  # the answers, and the changed face
    for said in ("people would say happy", "people would say sad", "###", "Now:"):
        assert said not in words
    assert list(page.table[0].value)[1:] == ["Label head", "Votes head"]


def test_the_report_of_a_face_that_cue_does_not_read_has_the_reason(
    page, astronaut_bgr, monkeypatch
):
    exported = []
    monkeypatch.setattr(export_tab, "_show_downloads", lambda found, source: exported.append(found))
    page.query_params["part"] = "Export"
    upload(page, png(astronaut_bgr[100:]))
    page.toggle[-1].set_value(True).run()
    assert not page.exception
    assert exported[0].reading is None
    assert exported[0].reasons


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


def test_row_0_is_a_row_as_any_other(page, faces_csv):
    open_tab(page, "Layers", row="0")
    assert "row 0 of the data set" in words_of(page).replace("\\", "")


def test_a_face_of_a_forgotten_file_is_not_replaced_by_another_one_in_silence(page, faces_csv):
    open_tab(page, "Layers", row="3", file="yours")
    assert "which Cue has forgotten" in page.info[0].value
    assert "Choose a face above first." in words_of(page)
    (instead,) = (each for each in page.button if each.label.startswith("Show the faces of"))
    instead.click().run()
    assert not page.exception
    assert "row 3 of the data set" in words_of(page)


def test_a_face_of_a_file_that_the_visitor_dropped_is_marked_in_the_address(page, monkeypatch):
    source = FaceSource(("upload", "1"), Path("mine.csv"), FACES)
    monkeypatch.setattr(file_faces, "known_source", lambda: source)
    open_tab(page, "Layers", row="3")
    assert "row 3 of the data set" in words_of(page)
    assert page.query_params["file"] in ("yours", ["yours"])


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
    assert "plain gains half of its score by stage 2 of 2." in words
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
