"""The same training with several seeds: how much of a difference between recipes is chance."""

from pathlib import Path

import numpy as np

from fer_core.data.cleaning import CleanData
from fer_core.evaluate.seeds import Epoch, SeedTraining, SeedTrainings
from fer_core.progress import OnMessage, OnProgress, ignore, within
from fer_core.train.loop import Run, train
from fer_core.train.recipes import Recipe


def train_seeds(
    name: str,
    recipe: Recipe,
    data: CleanData,
    votes: np.ndarray | None,
    *,
    n_seeds: int,
    folder: Path,
    on_progress: OnProgress = ignore,
    on_message: OnMessage = ignore,
) -> SeedTrainings:
    """Train a recipe once per seed, from 0 on, and return the learning curves.

    Args:
        name: Name of the recipe.
        recipe: The recipe.
        data: Cleaned faces.
        votes: FER+ votes `(n_rows, 8)` of the whole file, or None.
        n_seeds: Number of trainings, at least 1.
        folder: Holds a checkpoint per training. A training goes on after its last finished epoch.
        on_progress: Called with the share of all trainings that is done.
        on_message: Called after every epoch.

    Raises:
        ModelError: A checkpoint belongs to another run or is damaged.
    """
    trainings = []
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(n_seeds):
        run = Run(
            recipe_name=f"{name}, {recipe.epochs} epochs",  # a changed recipe is another run
            recipe=recipe,
            checkpoint=folder / f"{name}-{seed}",
            n_epochs=recipe.epochs,
            seed=seed,
            on_progress=within(on_progress, seed / n_seeds, (seed + 1) / n_seeds),
            on_message=_with_seed(on_message, seed),
        )
        history = train(run, data, votes, resume=True).history
        trainings.append(SeedTraining(seed, tuple(_epoch(entry) for entry in history)))
    return SeedTrainings(tuple(trainings))


def _with_seed(on_message: OnMessage, seed: int) -> OnMessage:
    return lambda sentence: on_message(f"Seed {seed}. {sentence}")


def _epoch(entry: dict[str, float]) -> Epoch:
    return Epoch(
        epoch=round(entry["epoch"]),
        loss=entry["loss"],
        val_loss=entry["val_loss"],
        val_accuracy=entry["val_accuracy"],
        val_macro_f1=entry["val_macro_f1"],
    )
