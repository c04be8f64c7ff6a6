"""What training leaves behind: the model that the session's `tiny_models` fixture trained."""

import json
import shutil
import zlib
from dataclasses import replace

import keras
import numpy as np
import pytest

from fer_core.errors import DataError, ModelError
from fer_core.evaluate.classification import evaluate
from fer_core.evaluate.report import load_evaluation, load_history
from fer_core.expression.model_folder import ModelFolder
from fer_core.expression.preprocess import standardise
from fer_core.expression.recognizer import load_recognizer
from fer_core.labels import FER2013_LABELS, VOTE_LABELS
from fer_core.release.calibrate import THRESHOLDS
from fer_core.release.release import write_release
from fer_core.train.export import (
    MAX_DIFFERENCE,
    MAX_STORED_DIFFERENCE,
    convert,
    largest_difference,
)
from fer_core.train.float16 import round_to_float16
from fer_core.train.loop import cross_entropy, predict_logits
from fer_core.weights import sha256_of
from tests.synthetic import joined, noise_faces

FILES = {
    *("model.keras", "model.tflite", "model_int8.tflite", "card.json"),
    *("evaluation.json", "history.csv", "README.md"),
}


@pytest.fixture(scope="module")
def card(tiny_models):
    return tiny_models.card("tiny")


def test_the_folder_holds_the_model_and_the_checkpoint_and_nothing_unfinished(tiny_models):
    assert {path.name for path in (tiny_models.path_of("tiny")).iterdir()} == FILES | {"checkpoint"}


def test_the_card_describes_each_weights_file(tiny_models, card):
    assert card.digests.keys() == {"model.keras", "model.tflite", "model_int8.tflite"}
    for name in card.digests:
        content = tiny_models.weights(card, name)
        assert card.digests[name] == sha256_of(content)


def test_the_card_says_what_was_trained_on_what(card):
    assert card.is_default  # the only model
    assert card.heads == {"label": FER2013_LABELS, "votes": VOTE_LABELS}
    assert card.reading_head == "votes"
    training = card.details.training
    assert (training.recipe, training.epochs, training.seed) == ("plain", 1, 0)
    assert training.cleaning["n_also_in_test"] == 1
    assert training.class_counts["Training"]["happy"] == 9
    twins = card.details.exports
    assert twins.keys() == {"model.keras", "model.tflite", "model_int8.tflite"}
    for row in twins.values():
        assert 0 <= row.accuracy <= 1
        assert row.bytes > 0
        assert row.ms_per_face.keys() == {"1", "4", "8"}
        assert min(row.ms_per_face.values()) > 0


def test_the_card_says_how_it_was_calibrated_and_what_it_is_for(card):
    assert card.temperature.keys() == {"label", "votes"}
    calibration = card.details.calibration
    assert calibration.fitted_on == "11 faces, one half of PublicTest, each label in proportion"
    assert calibration.judged_on == "10 faces, the other half"
    assert calibration.ece_after.keys() == card.temperature.keys()
    assert card.min_confidence in THRESHOLDS
    assert "90%" in card.details.min_confidence_reason
    for name in ("intended_use", "not_for", "limits"):
        assert all(sentence.endswith(".") for sentence in getattr(card.details, name)), name
    assert card.details.reproduce == (
        "python -m fer_core train plain --data fer2013.csv --votes fer2013new.csv "
        "--out models/tiny --seed 0 --epochs 1"
    )
    assert card.details.mflops > 1


def test_the_folder_has_a_page_for_people(tiny_models, card):
    page = (tiny_models.path_of("tiny") / "README.md").read_text(encoding="utf-8")
    assert page.startswith(f"# tiny\n\n{card.summary}")
    for title in ("for", "not for"):
        assert f"## What it is {title}\n" in page
    assert card.details.reproduce in page


def test_kernels_fit_into_16_bits_and_the_file_packs_smaller(tiny_models, card):
    weights = keras.models.load_model(tiny_models.path_of("tiny") / "model.keras", compile=False)
    kernels = [each for each in weights.get_weights() if each.ndim > 1]
    assert len(kernels) > 5
    for kernel in kernels:
        assert np.array_equal(kernel, kernel.astype(np.float16).astype(np.float32))
    packed = zlib.compress(b"".join(kernel.tobytes() for kernel in kernels))
    assert len(packed) < 0.7 * sum(kernel.nbytes for kernel in kernels)
    assert card.details.weights.startswith("Kernels hold values that 16-bit floats can hold")


def test_rounding_leaves_biases_and_statistics_alone():
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    model.set_weights([np.array([[0.1], [2.0]], np.float32), np.array([0.1], np.float32)])
    round_to_float16(model)
    kernel, bias = model.get_weights()
    assert kernel.ravel().tolist() == [float(np.float16(0.1)), 2.0]
    assert bias.tolist() == [float(np.float32(0.1))]


def test_the_float_twin_answers_as_keras_does_and_the_small_one_nearly(tiny_models):
    folder = tiny_models.path_of("tiny")
    model = keras.models.load_model(folder / "model.keras", compile=False)
    crops = noise_faces(20, seed=9).pixels
    pixels, logits = standardise(crops), predict_logits(model, crops)
    assert largest_difference(folder / "model.tflite", pixels, logits) < MAX_STORED_DIFFERENCE
    assert largest_difference(folder / "model_int8.tflite", pixels, logits) < 0.05
    logits["label"][0, 0] += 20
    assert largest_difference(folder / "model.tflite", pixels, logits) > MAX_STORED_DIFFERENCE


def test_conversion_itself_changes_nothing(card):
    assert card.details.training.export_largest_difference < MAX_DIFFERENCE


def test_the_same_dossier_comes_of_a_model_measured_anew(tiny_models, tmp_path):
    models = ModelFolder(tmp_path)
    folder = models.path_of("tiny")
    shutil.copytree(
        tiny_models.path_of("tiny"), folder, ignore=shutil.ignore_patterns("checkpoint")
    )
    before = {name: (folder / name).read_bytes() for name in ("model.keras", "model.tflite")}
    old_card = models.card("tiny")
    models.save_card(replace(old_card, temperature={"label": 9.0}, min_confidence=0.1))
    training, tests = noise_faces(63), noise_faces(21, split="PublicTest", seed=1)
    tests.pixels[0] = training.pixels[0]
    votes = np.tile([0, 0, 0, 7, 0, 0, 0, 3], (84, 1))
    scores = write_release("tiny", joined(training, tests), votes, models=models)
    card = models.card("tiny")
    assert card.temperature == pytest.approx(old_card.temperature, rel=1e-3)
    assert card.min_confidence == old_card.min_confidence
    twins = card.details.exports
    assert twins["model.keras"] == old_card.details.exports["model.keras"]  # not run again
    assert scores.ece == pytest.approx(twins[card.runtime_file].ece, abs=1e-6)
    assert load_evaluation("tiny", models=models).robustness["tilt"].faces == 21
    assert {name: (folder / name).read_bytes() for name in before} == before


def test_a_model_of_votes_is_not_measured_without_votes(tiny_models):
    with pytest.raises(DataError, match=r"give FER\+'s fer2013new\.csv with --votes"):
        write_release("tiny", noise_faces(7, split="PublicTest"), None, models=tiny_models)


def test_the_stored_evaluation_can_be_measured_again(tiny_models, card):
    stored = json.loads((tiny_models.path_of("tiny") / "evaluation.json").read_text())
    assert stored["split"] == "PublicTest"
    assert stored["deduplicated"]["n"] == stored["n"] - 1 == 20
    tests = noise_faces(21, split="PublicTest", seed=1)
    tests.pixels[0] = noise_faces(1).pixels[0]
    recognizer = load_recognizer("tiny", models=tiny_models)
    again = evaluate(recognizer, tests, split="PublicTest")
    assert [list(row) for row in again.confusion] == stored["confusion"]
    for name in ("n", "accuracy", "macro_f1", "ece"):
        assert getattr(again, name) == pytest.approx(stored[name], abs=1e-6), name


def test_the_app_reads_what_training_wrote(tiny_models):
    assert load_evaluation("tiny", models=tiny_models).n == 21
    assert load_history("tiny", models=tiny_models).epochs == (1,)


def test_a_file_that_is_no_model_cannot_be_converted(tmp_path):
    path = tmp_path / "model.keras"
    path.write_bytes(b"not a model")
    with pytest.raises(ModelError, match=r"model\.keras could not be converted to LiteRT: "):
        convert(
            path,
            exact_path=tmp_path / "a.tflite",
            float_path=tmp_path / "b.tflite",
            int8_path=tmp_path / "c.tflite",
        )


def test_a_face_without_votes_teaches_nothing():
    logits = keras.ops.array([[2.0, 0.0], [0.0, 0.0]])
    losses = np.asarray(cross_entropy(np.array([[0.0, 0.0], [0.5, 0.5]], np.float32), logits))
    assert losses == pytest.approx([0.0, np.log(2)])
