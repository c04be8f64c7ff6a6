"""A tiny network on made-up faces: quick, and every moving part of a real training is in it."""

import json
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import keras
import numpy as np
import pytest

from fer_core.data.cleaning import CleanData, clean
from fer_core.data.dataset import IMAGE_SIZE, FaceDataset
from fer_core.errors import ModelError
from fer_core.train.augment import Augmentation
from fer_core.train.checkpoint import STUDENT_FILE, load_checkpoint, write_history
from fer_core.train.loop import Run, Trained, cross_entropy, predict_logits, train
from fer_core.train.networks import mini_xception, plain, residual_se, vgg
from fer_core.train.recipes import RECIPES, Recipe
from tests.synthetic import joined, noise_faces

ROOT = Path(__file__).parents[2]
TINY = Recipe(
    summary="A tiny one.",
    build=partial(plain, widths=(8,), dropout=0.2),
    cycles=(6,),
    batch_size=7,
    learning_rate=0.01,
    average_decay=0.5,
    augmentation=Augmentation(mixup_share=0.3),
)


def easy_faces(n: int, *, split: str = "Training", seed: int = 0) -> FaceDataset:
    """Return faces whose label shows in where they are bright."""
    faces = noise_faces(n, split=split, seed=seed)
    pixels = faces.pixels // 8
    for face, label_id in zip(pixels, faces.label_ids, strict=True):
        face[label_id * 6 : label_id * 6 + 6] += 200
    return FaceDataset(pixels, faces.label_ids, faces.split_ids, faces.rows)


@pytest.fixture(scope="module")
def data() -> CleanData:
    return clean(joined(easy_faces(70), easy_faces(35, split="PublicTest", seed=1)))


def run_in(folder: Path, *, n_epochs: int, **callbacks: object) -> Run:
    return Run("tiny", TINY, folder / "checkpoint", n_epochs, seed=3, **callbacks)


@pytest.fixture(scope="module")
def unbroken(data, tmp_path_factory) -> Trained:
    return train(run_in(tmp_path_factory.mktemp("run"), n_epochs=3), data, None, resume=False)


@pytest.fixture(scope="module")
def finished(data, tmp_path_factory) -> Run:
    """A run of one epoch that has ended; take a copy with `copy_of` before you change its files."""
    run = run_in(tmp_path_factory.mktemp("run"), n_epochs=1)
    train(run, data, None, resume=True)  # nothing is there yet: it begins
    return run


def copy_of(run: Run, folder: Path) -> Run:
    shutil.copytree(run.checkpoint, folder / "checkpoint")
    return replace(run, checkpoint=folder / "checkpoint")


def test_the_loss_falls_and_each_epoch_has_its_entry(unbroken):
    _, history = unbroken
    assert [entry["epoch"] for entry in history] == [1, 2, 3]
    assert history[2]["loss"] < history[0]["loss"]
    assert history[0].keys() == {
        *("epoch", "learning_rate", "loss", "val_loss", "val_accuracy", "val_macro_f1")
    }


def test_a_stopped_and_resumed_run_equals_an_unbroken_one(data, unbroken, tmp_path):
    def stop_in_the_second_epoch(share: float) -> None:
        if share > 1.5 / 3:
            raise KeyboardInterrupt

    stopped = run_in(tmp_path, n_epochs=3, on_progress=stop_in_the_second_epoch)
    with pytest.raises(KeyboardInterrupt):
        train(stopped, data, None, resume=False)
    model, history = train(run_in(tmp_path, n_epochs=3), data, None, resume=True)

    whole_model, whole_history = unbroken
    for weights, whole_weights in zip(model.get_weights(), whole_model.get_weights(), strict=True):
        assert weights == pytest.approx(whole_weights, abs=1e-3)  # bfloat16 rounds at 4e-3
    assert history[1]["loss"] == pytest.approx(whole_history[1]["loss"], rel=1e-3)
    assert [entry["epoch"] for entry in history] == [1, 2, 3]


def test_a_resumed_run_keeps_the_networks_own_answers(data, tmp_path):
    recipe = replace(TINY, own_share=0.8, cycles=(8,))
    votes = np.tile([1, 0, 0, 0, 0, 0, 0, 9], (105, 1))

    def run(folder: str, n_epochs: int) -> Run:
        return Run("tiny", recipe, tmp_path / folder, n_epochs, seed=3)

    whole, history = train(run("whole", 5), data, votes, resume=False)
    train(run("parts", 3), data, votes, resume=False)
    assert (tmp_path / "parts" / "answers.npz").is_file()
    resumed, resumed_history = train(run("parts", 5), data, votes, resume=True)
    assert resumed_history[4]["loss"] == pytest.approx(history[4]["loss"], rel=1e-3)
    without, _ = train(
        Run("tiny", replace(recipe, own_share=0.0), tmp_path / "without", 5, seed=3),
        data,
        votes,
        resume=False,
    )
    pairs = zip(whole.get_weights(), resumed.get_weights(), without.get_weights(), strict=True)
    gaps = [(np.abs(a - b).max(), np.abs(a - c).max()) for a, b, c in pairs]
    assert max(gap for gap, _ in gaps) < max(gap for _, gap in gaps)


def test_a_finished_run_that_is_resumed_trains_no_further(data, finished, tmp_path):
    messages: list[str] = []
    run = copy_of(finished, tmp_path)
    train(replace(run, on_message=messages.append), data, None, resume=True)
    assert messages == []


def test_each_step_and_each_epoch_is_reported(data, tmp_path):
    shares, messages = [], []
    run = run_in(tmp_path, n_epochs=2, on_progress=shares.append, on_message=messages.append)
    _, history = train(run, data, None, resume=False)
    assert shares == sorted(shares)
    assert (shares[len(shares) // 2 - 1], shares[-1]) == (0.5, 1.0)
    assert [message.split(":")[0] for message in messages] == ["Epoch 1", "Epoch 2"]
    assert f"validation accuracy {history[1]['val_accuracy']:.3f}" in messages[1]


def student_run(folder: Path, weights: list[np.ndarray], *, n_epochs: int) -> Run:
    """Return a run that finishes a student of `n_epochs` epochs; it should have 2."""
    student = folder / "student"
    student.mkdir()
    np.savez(student / STUDENT_FILE, *weights)
    write_history(student / "history.csv", [{"epoch": e + 1.0} for e in range(n_epochs)])
    recipe = replace(TINY, student_epochs=2, learning_rate=1e-6, average_decay=0.0)
    return replace(run_in(folder, n_epochs=1), recipe=recipe, student=student)


def test_a_student_from_a_gpu_is_where_its_last_epochs_start(data, unbroken, tmp_path):
    weights = unbroken.model.get_weights()
    trained = train(student_run(tmp_path, weights, n_epochs=2), data, None, resume=False)
    given = unbroken.model.trainable_weights
    for own, weight in zip(trained.model.trainable_weights, given, strict=True):
        assert np.asarray(own) == pytest.approx(np.asarray(weight), abs=1e-3)


def test_the_last_epochs_learn_half_from_the_answers_of_the_student(data, unbroken, tmp_path):
    weights = [np.zeros_like(weight) for weight in unbroken.model.get_weights()]
    run = student_run(tmp_path, weights, n_epochs=2)
    run = replace(run, recipe=replace(run.recipe, teacher_share=1.0, label_smoothing=0.0))
    trained = train(run, data, None, resume=False)
    # a student of zeros answers 1 of 7 for each label, and 1 of 8 for each vote
    assert trained.history[0]["loss"] == pytest.approx(np.log(7) + np.log(8), abs=1e-3)


def test_an_unfinished_missing_or_damaged_student_is_refused(data, tmp_path):
    run = student_run(tmp_path, TINY.build().get_weights(), n_epochs=1)
    with pytest.raises(ModelError, match="has 1 epochs; expected 2"):
        train(run, data, None, resume=False)
    (run.student / STUDENT_FILE).write_bytes(b"PK cut off")
    with pytest.raises(ModelError, match="Expected a student"):
        train(run, data, None, resume=False)
    (run.student / STUDENT_FILE).unlink()
    with pytest.raises(ModelError, match="Expected a student"):
        train(run, data, None, resume=False)


def test_a_checkpoint_of_another_recipe_or_seed_is_refused(data, finished):
    for other in (replace(finished, recipe_name="best"), replace(finished, seed=4)):
        with pytest.raises(ModelError, match="is of recipe tiny, seed 3; expected"):
            train(other, data, None, resume=True)


@pytest.mark.parametrize("name", ["training.keras", "average.npz", "state.json", "history.csv"])
def test_a_damaged_checkpoint_is_refused(data, finished, tmp_path, name):
    run = copy_of(finished, tmp_path)
    path = run.checkpoint / name
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(ModelError, match=r"cannot be read .* delete it to train from the start"):
        train(run, data, None, resume=True)


def test_a_kill_between_the_two_renames_leaves_the_previous_checkpoint(finished, tmp_path):
    run = copy_of(finished, tmp_path)
    (tmp_path / ".checkpoint.unfinished" / "new" / "checkpoint").mkdir(parents=True)
    run.checkpoint.rename(tmp_path / ".checkpoint.unfinished" / "old")
    model = TINY.build()
    model.compile(keras.optimizers.SGD(momentum=0.9))
    progress = load_checkpoint(run.checkpoint, model, run.identity)
    assert progress.epoch == 1
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]


@pytest.mark.parametrize(
    "build",
    [
        partial(plain, widths=(4, 8), dropout=0.1),
        partial(residual_se, stem=4, widths=(8, 8), blocks=(1, 2), dropout=0.1),
        partial(vgg, widths=(4, 8), dropout=0.1),
        partial(mini_xception, widths=(4, 8)),
    ],
)
def test_a_network_classifies_each_face_independently_of_the_others(build):
    model = build()
    crops = noise_faces(6).pixels
    together = predict_logits(model, crops)
    assert {name: logits.shape for name, logits in together.items()} == {
        "label": (6, 7),
        "votes": (6, 8),
    }
    alone = predict_logits(model, crops[4:5])
    for name, logits in alone.items():
        assert logits[0] == pytest.approx(together[name][4], abs=1e-5)


SHIPPED = {
    **{name: name for name in ("plain", "dropout", "mini_xception", "vgg")},
    "best": "cue-5",
    "general": "cue-6",
}


def test_every_recipe_has_a_shipped_model():
    assert SHIPPED.keys() == RECIPES.keys()


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_builds_the_network_of_its_shipped_model(name):
    network, card = RECIPES[name].build(), shipped_card(name)
    assert network.input_shape == (None, IMAGE_SIZE, IMAGE_SIZE, 1)
    assert network.count_params() == card["n_parameters"]


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_has_as_many_epochs_as_its_shipped_model_was_trained_for(name):
    recipe = RECIPES[name].finish or RECIPES[name]
    assert recipe.epochs == shipped_card(name)["details"]["training"]["epochs"]


def shipped_card(recipe: str) -> dict:
    path = ROOT / "models" / SHIPPED[recipe] / "card.json"
    return json.loads(path.read_text("utf-8"))


def test_mini_xception_has_the_published_size():
    second_head = 3 * 3 * 128 * 8 + 8
    assert mini_xception().count_params() - second_head == 58_423  # Arriaga's, at seven classes


def test_a_face_without_votes_has_no_loss():
    logits = keras.ops.array([[2.0, 0.0], [0.0, 0.0]])
    losses = np.asarray(cross_entropy(np.array([[0.0, 0.0], [0.5, 0.5]], np.float32), logits))
    assert losses == pytest.approx([0.0, np.log(2)])
