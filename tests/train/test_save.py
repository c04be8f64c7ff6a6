"""Files that a training leaves: the model `tiny` was trained by the command in this test run."""

import numpy as np
import pytest

from fer_core.data.cleaning import clean
from fer_core.evaluate.classification import evaluate
from fer_core.evaluate.report import load_evaluation, load_history
from fer_core.explain.keras_file import load_keras
from fer_core.expression.model_folder import ModelFolder
from fer_core.expression.recognizer import load_recognizer
from fer_core.labels import FER2013_LABELS, VOTE_LABELS
from fer_core.release.thresholds import THRESHOLDS
from fer_core.train.export import MAX_DIFFERENCE
from fer_core.train.loop import Run, Trained
from fer_core.train.networks import plain
from fer_core.train.recipes import RECIPES
from fer_core.train.save import load_keras_predictor, save_model
from fer_core.weights import sha256_of
from tests.synthetic import joined, noise_faces

pytestmark = pytest.mark.slow
WEIGHTS = {"model.keras", "model.tflite", "model_int8.tflite"}
FILES = WEIGHTS | {"card.json", "evaluation.json", "history.csv", "README.md"}


@pytest.fixture(scope="module")
def card(tiny_models):
    return tiny_models.card("tiny")


def test_the_folder_holds_the_model_and_the_checkpoint_and_nothing_unfinished(tiny_models):
    assert {path.name for path in tiny_models.path_of("tiny").iterdir()} == FILES | {"checkpoint"}
    assert not list(tiny_models.path.glob(".*"))


def test_the_card_holds_the_digest_of_each_weights_file(tiny_models, card):
    assert card.digests.keys() == WEIGHTS
    for name in card.digests:
        assert card.digests[name] == sha256_of(tiny_models.weights(card, name))


def test_the_card_describes_the_training(card):
    assert card.is_default  # the only model
    assert card.heads == {"label": FER2013_LABELS, "votes": VOTE_LABELS}
    assert card.reading_head == "votes"
    training = card.details.training
    assert (training.recipe, training.epochs, training.seed) == ("plain", 1, 0)
    assert training.cleaning["n_also_in_test"] == 1
    assert training.class_counts["Training"]["happy"] == 9
    assert card.details.weights.startswith("The kernels are rounded to values that 16-bit floats")


def test_the_release_added_what_it_measured(card):
    assert card.temperature.keys() == {"label", "votes"}
    assert set(card.min_confidences) <= set(THRESHOLDS)
    assert card.details.calibration.fitted_on.startswith("11 faces, one half of PublicTest")
    assert card.details.mflops > 1
    assert card.details.exports.keys() == WEIGHTS
    for row in card.details.exports.values():
        assert 0 <= row.accuracy <= 1
        assert row.bytes > 0
        assert row.ms_per_face.keys() == {"1", "4", "8"}
        assert min(row.ms_per_face.values()) > 0
    assert card.details.reproduce == (
        "python -m fer_core train plain --data DATA --votes fer2013new.csv "
        "--out models/tiny --seed 0 --epochs 1"
    )


def test_the_folder_has_a_page(tiny_models, card):
    page = (tiny_models.path_of("tiny") / "README.md").read_text(encoding="utf-8")
    assert page.startswith(f"# tiny\n\n{card.summary}")
    assert card.details.reproduce in page


def test_the_scores_can_be_measured_again(tiny_models):
    stored = load_evaluation("tiny", models=tiny_models)
    assert stored.split == "PublicTest"
    assert stored.deduplicated.n == stored.n - 1 == 20
    tests = noise_faces(21, split="PublicTest", seed=1)
    tests.pixels[0] = noise_faces(1).pixels[0]
    again = evaluate(load_recognizer("tiny", models=tiny_models), tests, split="PublicTest")
    assert again.confusion == stored.confusion
    for name in ("n", "accuracy", "macro_f1", "ece"):
        assert getattr(again, name) == pytest.approx(getattr(stored, name), abs=1e-6), name


def test_the_learning_curves_can_be_loaded(tiny_models):
    assert load_history("tiny", models=tiny_models).epochs == (1,)


def test_the_keras_file_predicts_the_same_as_its_export(tiny_models, card):
    crops = noise_faces(20, seed=9).pixels
    predict = load_keras_predictor(tiny_models.path_of("tiny") / "model.keras")
    export = load_recognizer("tiny", models=tiny_models, weights_file="model.tflite")
    logits, expected = predict(crops), export.predict_logits(crops)
    assert logits.keys() == expected.keys() == card.heads.keys()
    for head, values in logits.items():
        assert np.asarray(values) == pytest.approx(expected[head], abs=0.05)


def test_a_network_whose_answers_change_in_16_bits_is_stored_in_32(tmp_path, monkeypatch):
    monkeypatch.setattr("fer_core.train.save.MAX_STORED_DIFFERENCE", 0.0)
    faces = joined(noise_faces(63), noise_faces(21, split="PublicTest", seed=1))
    run = Run("plain", RECIPES["plain"], tmp_path / "checkpoint", n_epochs=1)
    history = [{"epoch": 1.0, "loss": 0.0, "val_loss": 9.0}]
    folder = tmp_path / "models" / "steep"
    folder.mkdir(parents=True)
    save_model(
        folder,
        Trained(plain(widths=(4,)), history),
        run,
        dataset=faces,
        data=clean(faces),
        has_votes=False,
        is_default=True,
    )
    card = ModelFolder(folder.parent).card("steep")
    assert card.details.weights.endswith("`model.tflite` stores its weights in 32 bits.")
    assert card.details.training.stored_export_largest_difference < MAX_DIFFERENCE
    assert not (folder / "exact.tflite").exists()
    assert card.details.licence.startswith("The terms of the images")  # not FER2013
    # the network has a head for votes too, which was not trained
    assert list(load_keras(card, ModelFolder(folder.parent)).output) == ["label"]


def test_a_usual_network_is_stored_in_16_bits(card):
    assert card.details.weights.endswith("`model.tflite` stores its weights in 16 bits.")
