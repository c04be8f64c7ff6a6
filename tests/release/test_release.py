import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from fer_core.errors import DataError, ModelError
from fer_core.evaluate.report import load_evaluation
from fer_core.expression.model_folder import ModelFolder
from fer_core.files import write_file
from fer_core.labels import FER2013_LABELS
from fer_core.release.exports import Predict
from fer_core.release.release import write_release
from tests.synthetic import joined, noise_faces

VOTES = np.tile([0, 0, 0, 7, 0, 0, 0, 3], (84, 1))
WRITTEN = {"card.json", "evaluation.json", "README.md"}


@pytest.fixture(scope="module")
def dataset():
    training, tests = noise_faces(63), noise_faces(21, split="PublicTest", seed=1)
    tests.pixels[0] = training.pixels[0]
    return joined(training, tests)


@pytest.fixture
def models(tiny_models, tmp_path) -> ModelFolder:
    """Return a models folder of the test's own, with the model `tiny`."""
    models = ModelFolder(tmp_path)
    shutil.copytree(tiny_models.path_of("tiny"), models.path_of("tiny"))
    return models


def contents(models: ModelFolder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in models.path_of("tiny").iterdir()}


@pytest.mark.slow
def test_a_release_measures_the_model_and_writes_card_scores_and_page(models, dataset):
    old_card, before = models.card("tiny"), contents(models)
    uncalibrated = replace(old_card, temperature={"label": 9.0}, min_confidence=0.1)
    models.save_card(uncalibrated)
    messages, shares = [], []
    scores = write_release(
        "tiny",
        dataset,
        VOTES,
        models=models,
        on_message=messages.append,
        on_progress=shares.append,
    )
    card, after = models.card("tiny"), contents(models)
    assert {name for name in after if after[name] != before[name]} == WRITTEN
    assert load_evaluation("tiny", models=models) == scores
    assert (scores.n, scores.deduplicated.n, scores.fer_plus.n) == (21, 20, 21)
    assert scores.robustness["tilt"].faces == 21
    assert card.temperature.keys() == {"label", "votes"}
    assert card.temperature["label"] not in (9.0, old_card.temperature["label"])
    exports = card.details.exports
    assert exports["model.keras"] == old_card.details.exports["model.keras"]  # not run again
    assert scores.ece == pytest.approx(exports[card.runtime_file].ece, abs=1e-6)
    assert scores.accuracy == exports[card.runtime_file].accuracy
    assert (card.details.mflops, card.digests) == (old_card.details.mflops, old_card.digests)
    assert f"| Accuracy (%) | {100 * scores.accuracy:.1f} (" in after["README.md"].decode()
    assert messages == ["Comparing the files of tiny.", "Calibrating it.", "Evaluating it."]
    assert shares == sorted(shares)
    assert shares[-1] == 1


@pytest.mark.slow
def test_the_keras_file_is_measured_if_it_can_be_loaded(models, dataset):
    def load_keras(path) -> Predict:
        assert path == models.path_of("tiny") / "model.keras"
        return lambda crops: {"label": np.eye(len(FER2013_LABELS))[np.full(len(crops), 3)]}

    write_release("tiny", dataset, VOTES, models=models, load_keras=load_keras)
    exports = models.card("tiny").details.exports
    assert tuple(exports) == ("model.keras", "model.tflite", "model_int8.tflite")
    assert exports["model.keras"].accuracy == 1 / 7


def test_a_model_with_a_votes_head_is_not_measured_without_votes(models, dataset):
    before = contents(models)
    with pytest.raises(DataError, match=r"give FER\+'s fer2013new\.csv with --votes"):
        write_release("tiny", dataset, None, models=models)
    assert contents(models) == before


def test_a_weights_file_that_was_changed_is_not_measured(models, dataset):
    write_file(models.path_of("tiny") / "model_int8.tflite", b"other")
    before = contents(models)
    with pytest.raises(ModelError, match="was changed: expected sha256"):
        write_release("tiny", dataset, VOTES, models=models)
    assert contents(models) == before


def test_a_stopped_release_leaves_the_old_files(models, dataset):
    def stop(_share: float) -> None:
        raise KeyboardInterrupt

    before = contents(models)
    with pytest.raises(KeyboardInterrupt):
        write_release("tiny", dataset, VOTES, models=models, on_progress=stop)
    assert contents(models) == before
    assert json.loads(before["card.json"])["model_id"] == "tiny"
