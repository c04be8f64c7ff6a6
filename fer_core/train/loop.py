"""The training loop: the same few lines for every recipe, on any Keras backend.

A kill loses at most the epoch it fell in; `resume=True` goes on exactly to the schedule.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Final

import keras
import numpy as np
from sklearn.metrics import accuracy_score, f1_score

from fer_core.data.cleaning import CleanData
from fer_core.data.dataset import FaceDataset
from fer_core.expression.preprocess import standardise
from fer_core.labels import FER2013_LABELS
from fer_core.train.batches import epoch_batches, targets_of
from fer_core.train.checkpoint import Progress, load_checkpoint, save_checkpoint
from fer_core.train.recipes import Recipe
from fer_core.train.schedule import learning_rate_at

logger = logging.getLogger(__name__)

AVERAGE_EVERY: Final = 8  # steps between two updates of the running average of the weights
_PREDICT_BATCH: Final = 256
_TRAINING_DTYPE: Final = "mixed_bfloat16"  # 1.6 to 2 times as fast as float32, on CPU and GPU

OnStep = Callable[[int, int, int], None]
OnEpoch = Callable[[dict[str, float]], None]


@dataclass(frozen=True, slots=True)
class Run:
    """One training run: which recipe, where its checkpoint lies, who is told about progress."""

    recipe_name: str
    recipe: Recipe
    checkpoint: Path
    n_epochs: int
    seed: int = 0
    on_step: OnStep = lambda _epoch, _step, _n_steps: None
    on_epoch: OnEpoch = lambda _entry: None


def train(
    run: Run, data: CleanData, votes: np.ndarray | None, *, resume: bool
) -> tuple[keras.Model, list[dict[str, float]]]:
    """Return the averaged network in float32, and the history with one entry an epoch.

    Args:
        run: Recipe and place of the checkpoint.
        data: Cleaned faces.
        votes: FER+ votes `(n_rows, 8)` of the whole file, or None to learn labels only.
        resume: Go on from the checkpoint where there is one.

    Raises:
        ModelError: The checkpoint belongs to another run or is damaged.
    """
    keras.utils.set_random_seed(run.seed)
    progress = _start(run, resume=resume)
    evaluated = build_float32(run.recipe)
    targets = targets_of(data.train, votes, smoothing=run.recipe.label_smoothing)
    while progress.epoch < run.n_epochs:
        batches = epoch_batches(
            data.train, targets, run.recipe, seed=run.seed, epoch=progress.epoch
        )
        n_steps = len(data.train) // run.recipe.batch_size
        losses = []
        for step, (pixels, wanted) in enumerate(batches):
            rate = learning_rate_at(
                progress.epoch + step / n_steps,
                peak=run.recipe.learning_rate,
                cycles=run.recipe.cycles,
            )
            progress.model.optimizer.learning_rate = rate
            losses.append(float(progress.model.train_on_batch(pixels, wanted.as_dict())[0]))
            if step % AVERAGE_EVERY == 0:
                n_updates = (progress.epoch * n_steps + step) // AVERAGE_EVERY
                _update_average(progress, n_updates, decay=run.recipe.average_decay)
            run.on_step(progress.epoch, step + 1, n_steps)
        evaluated.set_weights(progress.average)
        entry = {"epoch": progress.epoch + 1.0, "learning_rate": rate, "loss": fmean(losses)}
        progress.history.append(entry | validation_scores(evaluated, data.validation))
        save_checkpoint(run.checkpoint, progress, recipe_name=run.recipe_name, seed=run.seed)
        run.on_epoch(progress.history[-1])
    evaluated.set_weights(progress.average)
    return evaluated, progress.history


def build_float32(recipe: Recipe) -> keras.Model:
    """Return the recipe's network in plain float32, as it is evaluated, saved and converted."""
    before = keras.mixed_precision.dtype_policy()
    keras.mixed_precision.set_dtype_policy("float32")
    try:
        return recipe.build()
    finally:
        keras.mixed_precision.set_dtype_policy(before)


def validation_scores(model: keras.Model, faces: FaceDataset) -> dict[str, float]:
    """Return loss, accuracy and macro-F1 of the label head on faces."""
    logits = predict_logits(model, faces.pixels)["label"]
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    predicted = logits.argmax(axis=1)
    all_labels = range(len(FER2013_LABELS))
    return {
        "val_loss": float(-log_probs[np.arange(len(faces)), faces.label_ids].mean()),
        "val_accuracy": float(accuracy_score(faces.label_ids, predicted)),
        "val_macro_f1": float(
            f1_score(faces.label_ids, predicted, average="macro", labels=all_labels)
        ),
    }


def predict_logits(model: keras.Model, crops: np.ndarray) -> dict[str, np.ndarray]:
    """Return the logits `(n, n_classes)` of each head for crops `(n, 48, 48)` uint8."""
    parts = [
        model.predict_on_batch(standardise(crops[start : start + _PREDICT_BATCH]))
        for start in range(0, len(crops), _PREDICT_BATCH)
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _start(run: Run, *, resume: bool) -> Progress:
    saved = (
        load_checkpoint(run.checkpoint, recipe_name=run.recipe_name, seed=run.seed)
        if resume
        else None
    )
    if saved:
        logger.info("Going on after epoch %d.", saved.epoch)
        return saved
    keras.mixed_precision.set_dtype_policy(_TRAINING_DTYPE)
    model = run.recipe.build()
    keras.mixed_precision.set_dtype_policy("float32")
    optimizer = keras.optimizers.SGD(
        run.recipe.learning_rate,
        momentum=0.9,
        nesterov=True,
        weight_decay=run.recipe.weight_decay,
        global_clipnorm=5.0,
    )
    optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss={"label": loss, "votes": loss}, jit_compile=False)
    return Progress(model, model.get_weights(), [])


def _update_average(progress: Progress, n_updates: int, *, decay: float) -> None:
    """Move the running average towards the weights; it is the network that is evaluated.

    Source: weight averaging, Polyak and Juditsky 1992; Izmailov et al. 2018, arXiv 1803.05407.
    """
    # the first updates count more, or the start at random weights would linger
    keep = min(decay, (1 + n_updates) / (10 + n_updates))
    for average, weight in zip(progress.average, progress.model.get_weights(), strict=True):
        np.add(keep * average, (1 - keep) * weight, out=average)
