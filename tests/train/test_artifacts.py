"""What training leaves behind: the model that the session's `tiny_models` fixture trained."""

import json

import keras
import numpy as np
import pytest

from fer_core.errors import ModelError
from fer_core.evaluate.evaluation import evaluate
from fer_core.evaluate.stored import load_evaluation, load_history
from fer_core.expression.card import digest, load_card, read_weights
from fer_core.expression.preprocess import standardise
from fer_core.expression.recognizer import load_recognizer
from fer_core.labels import FER2013_LABELS, VOTE_LABELS
from fer_core.train.artifacts import choose_twin
from fer_core.train.loop import cross_entropy, predict_logits
from fer_core.train.twin import MAX_DIFFERENCE, convert, largest_difference
from tests.synthetic import noise_faces

FILES = {
    *("model.keras", "model.tflite", "model_int8.tflite", "card.json"),
    *("evaluation.json", "history.csv"),
}


@pytest.fixture(scope="module")
def card(tiny_models):
    return load_card("tiny", models_folder=tiny_models)


def test_the_folder_holds_the_model_and_the_checkpoint_and_nothing_unfinished(tiny_models):
    assert {path.name for path in (tiny_models / "tiny").iterdir()} == FILES | {"checkpoint"}


def test_the_card_describes_each_weights_file(tiny_models, card):
    assert card.digests.keys() == {"model.keras", "model.tflite", "model_int8.tflite"}
    for name in card.digests:
        content = read_weights(card, name, models_folder=tiny_models)
        assert card.digests[name] == digest(content)


def test_the_card_says_what_was_trained_on_what(card):
    assert card.is_default  # the only model
    assert card.heads == {"label": FER2013_LABELS, "votes": VOTE_LABELS}
    assert card.reading_head == "votes"
    training = card.details["training"]
    assert (training["recipe"], training["epochs"], training["seed"]) == ("plain", 1, 0)
    assert training["cleaning"]["n_also_in_test"] == 1
    assert training["class_counts"]["Training"]["happy"] == 9
    assert card.details["twins"]["model_int8.tflite"]["bytes"] > 0


def test_the_float_twin_answers_as_keras_does_and_the_small_one_nearly(tiny_models):
    folder = tiny_models / "tiny"
    model = keras.models.load_model(folder / "model.keras", compile=False)
    crops = noise_faces(20, seed=9).pixels
    pixels, logits = standardise(crops), predict_logits(model, crops)
    assert largest_difference(folder / "model.tflite", pixels, logits) < MAX_DIFFERENCE
    assert largest_difference(folder / "model_int8.tflite", pixels, logits) < 0.05
    logits["label"][0, 0] += 20
    assert largest_difference(folder / "model.tflite", pixels, logits) > MAX_DIFFERENCE


def test_the_stored_evaluation_can_be_measured_again(tiny_models, card):
    stored = json.loads((tiny_models / "tiny" / "evaluation.json").read_text())
    assert stored["split"] == "PublicTest"
    assert stored["deduplicated"]["n"] == stored["n"] - 1 == 20
    tests = noise_faces(21, split="PublicTest", seed=1)
    tests.pixels[0] = noise_faces(1).pixels[0]
    recognizer = load_recognizer("tiny", models_folder=tiny_models)
    again = evaluate(recognizer, tests, split="PublicTest")
    assert [list(row) for row in again["confusion"]] == stored["confusion"]
    for name in ("n", "accuracy", "macro_f1", "ece"):
        assert again[name] == pytest.approx(stored[name], abs=1e-6), name


def test_the_app_reads_what_training_wrote(tiny_models):
    assert load_evaluation("tiny", models_folder=tiny_models).scores.n == 21
    assert load_history("tiny", models_folder=tiny_models).epochs == (1,)


def test_a_file_that_is_no_model_cannot_be_converted(tmp_path):
    path = tmp_path / "model.keras"
    path.write_bytes(b"not a model")
    with pytest.raises(ModelError, match=r"model\.keras could not be converted to LiteRT: "):
        convert(path, float_path=tmp_path / "a.tflite", int8_path=tmp_path / "b.tflite")


@pytest.mark.parametrize(
    ("small", "chosen"),
    [
        ({"accuracy": 0.7, "macro_f1": 0.6}, "model_int8.tflite"),
        ({"accuracy": 0.71, "macro_f1": 0.599}, "model_int8.tflite"),
        ({"accuracy": 0.7, "macro_f1": 0.597}, "model.tflite"),
        ({"accuracy": 0.697, "macro_f1": 0.61}, "model.tflite"),
    ],
)
def test_the_small_twin_runs_unless_it_costs_accuracy_or_f1(small, chosen):
    exact = {"accuracy": 0.7, "macro_f1": 0.6}
    assert choose_twin({"model.tflite": exact, "model_int8.tflite": small}) == chosen


def test_a_face_without_votes_teaches_nothing():
    logits = keras.ops.array([[2.0, 0.0], [0.0, 0.0]])
    losses = np.asarray(cross_entropy(np.array([[0.0, 0.0], [0.5, 0.5]], np.float32), logits))
    assert losses == pytest.approx([0.0, np.log(2)])
