"""Library, command line, exported files, Live and Photos say the same of the same face."""

import csv
import io
import json
import shutil
from dataclasses import replace

import pytest
from typer.testing import CliRunner

import fer_core
from fer_core.batch import _default_pipeline
from fer_core.cli.main import commands
from fer_core.export import to_csv
from fer_core.expression.model_folder import SHIPPED_MODELS, ModelFolder
from fer_core.pipeline import load_pipeline
from pages.ui import resources
from pages.ui.photos import readings
from tests.pages.shown import words_of

pytestmark = pytest.mark.model


@pytest.fixture(params=[0.2, 1.0], ids=["said", "not sure"])
def needed(request, tmp_path, monkeypatch):
    """Return the threshold of "happy" in the model that everything reads with.

    The common threshold would decide otherwise, so a reader of that one is found out.
    """
    card = SHIPPED_MODELS.card()
    models = ModelFolder(tmp_path)
    models.path_of(card.model_id).mkdir()
    weights = SHIPPED_MODELS.path_of(card.model_id) / card.runtime_file
    shutil.copy(weights, models.path_of(card.model_id))
    by_label = {"happy": request.param}
    models.save_card(
        replace(card, min_confidence=1.2 - request.param, min_confidence_by_label=by_label)
    )
    monkeypatch.setenv("CUE_MODELS", str(tmp_path))
    caches = (
        _default_pipeline.cache_clear,
        resources.shared_recognizer.clear,
        resources.photo_pipeline.clear,
    )
    for clear in caches:
        clear()
    yield request.param
    for clear in caches:
        clear()


def written(capture):
    """Return what `analyze` writes to standard output for the portrait."""
    words = ["analyze", str(fer_core.PORTRAIT_PATH), f"--{capture}", "-"]
    done = CliRunner().invoke(commands, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_one_face_has_one_reading_everywhere(needed, open_page):
    expression = fer_core.read(fer_core.PORTRAIT_PATH).faces[0].expression
    said = expression.label if expression.confidence >= needed else None
    assert (expression.label, expression.shown_label) == ("happy", said)
    assert expression.min_confidence == needed

    (record,) = json.loads(written("json"))
    of_command = record["faces"][0]["expression"]
    assert of_command == expression.to_dict()
    assert (of_command["said"], of_command["min_confidence"]) == (said, needed)

    (row,) = csv.DictReader(io.StringIO(written("csv")))
    cells = (row["label"], row["confidence"], row["said"], row["min_confidence"])
    assert cells == ("happy", str(of_command["confidence"]), said or "", str(needed))

    page = open_page("photos.py").run()
    page.toggle(key="photo-example").set_value(True).run()
    assert not page.exception
    (of_page,) = page.session_state[readings._READINGS].values()
    assert of_page.result.faces[0].expression.to_dict() == of_command
    (exported,) = csv.DictReader(io.StringIO(to_csv([of_page.to_dict()])))
    assert {**exported, "source": ""} == {**row, "source": ""}
    assert ("not sure" in words_of(page)) == (said is None)


def test_live_asks_the_leading_word_for_the_same_share(needed):
    frame_bgr = fer_core.read_image(fer_core.PORTRAIT_PATH)
    video = load_pipeline(mode="video")
    expression = video.analyze(frame_bgr, time_s=0.0).faces[0].expression
    said = expression.label if expression.confidence >= needed else None
    assert (expression.label, expression.shown_label) == ("happy", said)
    assert expression.min_confidence == needed
