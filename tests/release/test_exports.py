import numpy as np
import pytest

from fer_core.errors import ModelError
from fer_core.expression.model_folder import ModelFolder
from fer_core.release.exports import BATCHES, Export, ExportScores, choose_export, run_exports
from tests.synthetic import noise_faces


@pytest.mark.parametrize(
    ("small", "chosen"),
    [
        ((0.7, 0.6), "model_int8.tflite"),
        ((0.71, 0.599), "model_int8.tflite"),
        ((0.7, 0.597), "model.tflite"),
        ((0.697, 0.61), "model.tflite"),
    ],
)
def test_the_small_twin_runs_unless_it_costs_accuracy_or_f1(small, chosen):
    exact, other = (ExportScores(*scores, 0.0, 1, {}) for scores in ((0.7, 0.6), small))
    assert choose_export({"model.tflite": exact, "model_int8.tflite": other}) == chosen


def test_both_files_are_run_and_timed_at_every_batch(tiny_models):
    card = tiny_models.card("tiny")
    exact, small = run_exports(card, noise_faces(9), models=tiny_models)
    assert (exact.file_name, small.file_name) == ("model.tflite", "model_int8.tflite")
    for twin in (exact, small):
        assert twin.logits.shape == (9, 7)
        assert twin.ms_per_face.keys() == set(map(str, BATCHES))
        assert twin.n_bytes == (tiny_models.path_of("tiny") / twin.file_name).stat().st_size
    assert small.n_bytes < exact.n_bytes


def test_a_file_that_was_changed_is_not_measured(tiny_models, tmp_path):
    card = tiny_models.card("tiny")
    with pytest.raises(ModelError, match=r"Cannot read the weights .*tiny/model\.tflite"):
        run_exports(card, noise_faces(1), models=ModelFolder(tmp_path))


def test_the_temperature_changes_the_calibration_error_and_no_answer():
    logits = np.zeros((4, 7))
    logits[:, 0] = 2.0
    twin = Export("model.tflite", logits, 10, {"1": 0.5})
    sure, calm = (twin.scores(np.zeros(4, int), temperature=t) for t in (1.0, 0.2))
    assert sure.accuracy == calm.accuracy == 1.0
    assert calm.ece < sure.ece
    assert sure.bytes == 10
