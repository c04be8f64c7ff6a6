"""The training loop: the same few lines for every recipe, on any Keras backend.

A kill loses at most one epoch; `resume=True` continues exactly on schedule.
"""

import logging
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Final, NamedTuple

import keras
import numpy as np
from scipy.special import softmax

from fer_core.data.cleaning import CleanData
from fer_core.data.dataset import IMAGE_SIZE, FaceDataset
from fer_core.data.selection import LeaveOut
from fer_core.expression.preprocess import standardise
from fer_core.labels import FER2013_LABELS
from fer_core.metrics.scores import score
from fer_core.progress import OnMessage, OnProgress, ignore
from fer_core.train.batches import epoch_batches, n_batches
from fer_core.train.checkpoint import (
    Progress,
    RunIdentity,
    load_checkpoint,
    load_student,
    save_checkpoint,
    warm_start,
)
from fer_core.train.networks import HEADS
from fer_core.train.optimizers import create_optimizer, learning_rate_at
from fer_core.train.recipes import Recipe
from fer_core.train.targets import Targets, mixed, training_targets, with_own_answers
from fer_core.train.torch_layers import training_copy, training_dtype

logger = logging.getLogger(__name__)

_ANSWER_EVERY: Final = 3  # epochs between two answers of the network for its own faces
_NEWEST_ANSWER: Final = 0.5  # its weight in the running average of the answers
AVERAGE_EVERY: Final = 8  # steps between two updates of the running average of the weights
_PREDICT_BATCH: Final = 256
_TINY: Final = 1e-12  # keeps the logarithm of a share of 0 finite


@dataclass(frozen=True, slots=True)
class Run:
    """One training run: its recipe, the place of its checkpoint, and the callbacks for progress.

    Attributes:
        recipe_name: Name that the checkpoint and the card keep.
        recipe: The recipe.
        checkpoint: Folder of the checkpoint; its parent exists.
        n_epochs: Epochs to train.
        seed: Seed of everything random.
        student: Folder of a student from a GPU whose last epochs this run is; None to start from
            random weights, or from those of the recipe's warm start.
        left_out: The selection without whose rows `data` is; None if there is none.
        on_progress: Called after every step.
        on_message: Called after every epoch with its scores.
    """

    recipe_name: str
    recipe: Recipe
    checkpoint: Path
    n_epochs: int
    seed: int = 0
    student: Path | None = None
    left_out: LeaveOut | None = None
    on_progress: OnProgress = ignore
    on_message: OnMessage = ignore

    @property
    def identity(self) -> RunIdentity:
        """The recipe and, if it is not the usual one, the size; the seed; what was left out."""
        size = self.recipe.size
        name = self.recipe_name if size == IMAGE_SIZE else f"{self.recipe_name} at {size} pixels"
        left_out = None if self.left_out is None else self.left_out.record
        return RunIdentity(name, self.seed, left_out)


class Trained(NamedTuple):
    """A finished network in float32, with averaged weights, and one entry per epoch."""

    model: keras.Model
    history: list[dict[str, float]]


def train(run: Run, data: CleanData, votes: np.ndarray | None, *, resume: bool) -> Trained:
    """Return the finished network and its history.

    Args:
        run: Recipe and place of the checkpoint.
        data: Cleaned faces.
        votes: FER+ votes `(n_rows, 8)` of the whole file, or None to train on labels alone.
        resume: Continue from the checkpoint if there is one.

    Raises:
        ModelError: The checkpoint belongs to another run or is damaged, the model of the warm
            start has another network, or the student is damaged or not finished.
    """
    keras.utils.set_random_seed(run.seed)
    trained = build_float32(run.recipe)
    progress = _start(run, resume=resume)
    if progress.epoch < run.n_epochs:  # otherwise spare the targets: with teachers, minutes
        _train_to_the_end(run, progress, training_copy(trained, side=run.recipe.size), data, votes)
    trained.set_weights(progress.average)
    return Trained(trained, progress.history)


def _train_to_the_end(
    run: Run,
    progress: Progress,
    validated: keras.Model,
    data: CleanData,
    votes: np.ndarray | None,
) -> None:
    """Train the remaining epochs; after each, measure the averaged weights and save."""
    targets = training_targets(run.recipe, data.train, votes)
    if run.student:
        validated.set_weights(_student_weights(run, run.student))
        answers = _answers(validated, data.train.pixels)
        targets = mixed(targets, answers, share=run.recipe.teacher_share)
    while progress.epoch < run.n_epochs:
        share = run.recipe.own_share_at(progress.epoch)
        wanted = targets
        if share and progress.answers is not None:
            wanted = with_own_answers(targets, progress.answers, share=share)
        entry = _train_epoch(run, progress, data.train, wanted)
        validated.set_weights(progress.average)
        if run.recipe.own_share and (progress.epoch + 1) % _ANSWER_EVERY == 0:
            _answer(progress, validated, data.train)
        progress.history.append(entry | validation_scores(validated, data.validation))
        save_checkpoint(run.checkpoint, progress, run.identity)
        run.on_message(_sentence(progress.history[-1]))


def _answer(progress: Progress, averaged: keras.Model, faces: FaceDataset) -> None:
    """Take the answers of the averaged network for its own training faces into their average."""
    logits = predict_logits(averaged, faces.pixels)
    labels, votes = (softmax(logits[head], axis=1) for head in HEADS)
    if progress.answers is not None:
        keep = 1 - _NEWEST_ANSWER
        labels = keep * progress.answers.labels + _NEWEST_ANSWER * labels
        votes = keep * progress.answers.votes + _NEWEST_ANSWER * votes
    progress.answers = Targets(labels.astype(np.float32), votes.astype(np.float32))


def _answers(network: keras.Model, crops: np.ndarray) -> Targets:
    """Return the mean answer of a network for faces and their mirror images."""
    views = (crops, np.ascontiguousarray(crops[:, :, ::-1]))
    logits = [predict_logits(network, view) for view in views]
    return Targets(*(np.mean([softmax(each[h], axis=1) for each in logits], axis=0) for h in HEADS))


def _student_weights(run: Run, folder: Path) -> list[np.ndarray]:
    return load_student(folder, n_epochs=run.recipe.student_epochs)


def build_float32(recipe: Recipe) -> keras.Model:
    """Return the recipe's network in float32, in which it is evaluated, saved and exported."""
    before = keras.mixed_precision.dtype_policy()
    keras.mixed_precision.set_dtype_policy("float32")
    try:
        return recipe.build()
    finally:
        keras.mixed_precision.set_dtype_policy(before)


def validation_scores(model: keras.Model, faces: FaceDataset) -> dict[str, float]:
    """Return loss (mean cross-entropy), accuracy and macro-F1 of the label head on faces."""
    probs = softmax(predict_logits(model, faces.pixels)["label"], axis=1)
    scores = score(faces.label_ids, probs, labels=FER2013_LABELS)
    probs_of_truth = probs[np.arange(len(faces)), faces.label_ids]
    return {
        "val_loss": float(-np.log(np.maximum(probs_of_truth, _TINY)).mean()),
        "val_accuracy": scores.accuracy,
        "val_macro_f1": scores.macro_f1,
    }


def predict_logits(model: keras.Model, crops: np.ndarray) -> dict[str, np.ndarray]:
    """Return each head's logits `(n, n_classes)` for crops `(n, side, side)` uint8, `n >= 1`."""
    parts = [
        model.predict_on_batch(standardise(crops[start : start + _PREDICT_BATCH]))
        for start in range(0, len(crops), _PREDICT_BATCH)
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _start(run: Run, *, resume: bool) -> Progress:
    model = _compiled_network(run.recipe)
    if run.student:
        model.set_weights(_student_weights(run, run.student))
    elif run.recipe.warm_start:
        warm_start(run.recipe.warm_start, model)
    fresh = Progress(model, model.get_weights(), [])
    if not resume:
        return fresh
    saved = load_checkpoint(run.checkpoint, model, run.identity)
    if saved is None:
        return fresh
    logger.info("Continuing after epoch %d.", saved.epoch)
    return saved


def _compiled_network(recipe: Recipe) -> keras.Model:
    keras.mixed_precision.set_dtype_policy(training_dtype())
    side = recipe.sides[0] if len(recipe.sides) == 1 else None
    model = training_copy(recipe.build(), side=side)
    keras.mixed_precision.set_dtype_policy("float32")
    optimizer = create_optimizer(
        recipe.optimizer, learning_rate=recipe.learning_rate, weight_decay=recipe.weight_decay
    )
    model.compile(optimizer, loss=dict.fromkeys(HEADS, cross_entropy), jit_compile=False)
    return model


def cross_entropy(targets: keras.KerasTensor, logits: keras.KerasTensor) -> keras.KerasTensor:
    """Return the cross-entropy `(n,)` of targets and logits `(n, n_classes)`.

    The loss of a row of zeros is 0. The fused loss of some backends assumes that rows sum to 1:
    rows of zeros would push all logits of a head in one direction until training diverges.
    """
    return -keras.ops.sum(targets * keras.ops.log_softmax(logits), axis=-1)


def _train_epoch(
    run: Run, progress: Progress, faces: FaceDataset, targets: Targets
) -> dict[str, float]:
    """Train for one epoch; return its number, last learning rate and mean loss."""
    recipe, model, epoch = run.recipe, progress.model, progress.epoch
    _seed_dropout(model, seed=run.seed, epoch=epoch)
    n_steps = n_batches(faces, recipe)
    batches = epoch_batches(faces, targets, recipe, seed=run.seed, epoch=epoch)
    losses = []
    for step, (pixels, wanted) in enumerate(batches):
        model.optimizer.learning_rate = learning_rate_at(
            epoch + step / n_steps, peak=recipe.learning_rate, cycles=recipe.cycles
        )
        losses.append(float(model.train_on_batch(pixels, wanted.as_dict())[0]))
        if step % AVERAGE_EVERY == 0:
            n_updates = (epoch * n_steps + step) // AVERAGE_EVERY
            _update_average(progress, n_updates, decay=recipe.average_decay)
        run.on_progress((epoch + (step + 1) / n_steps) / run.n_epochs)
    last_rate = float(model.optimizer.learning_rate)
    return {"epoch": epoch + 1.0, "learning_rate": last_rate, "loss": fmean(losses)}


def _sentence(entry: dict[str, float]) -> str:
    return (
        f"Epoch {entry['epoch']:.0f}: loss {entry['loss']:.3f}, validation accuracy "
        f"{entry['val_accuracy']:.3f}, macro-F1 {entry['val_macro_f1']:.3f}."
    )


def _seed_dropout(model: keras.Model, *, seed: int, epoch: int) -> None:
    """Draw the seeds of an epoch's dropout: Keras does not save them for a resumed run."""
    rng = np.random.default_rng([seed, epoch, 1])  # another stream than that of the batches
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dropout) and layer.rate > 0:
            layer.seed_generator.state.assign(rng.integers(2**31, size=2))


def _update_average(progress: Progress, n_updates: int, *, decay: float) -> None:
    """Move the running average towards the weights. The average is what is evaluated and saved.

    Source: weight averaging, Polyak and Juditsky 1992; Izmailov et al. 2018, arXiv 1803.05407.
    """
    # the first updates count more; otherwise the random initial weights would linger
    keep = min(decay, (1 + n_updates) / (10 + n_updates))
    for average, weight in zip(progress.average, progress.model.get_weights(), strict=True):
        np.add(keep * average, (1 - keep) * weight, out=average)
