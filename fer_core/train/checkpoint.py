"""What a killed training goes on from: weights, optimiser, running average, finished epochs."""

import csv
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import keras
import numpy as np

from fer_core.errors import ModelError

_STATE: Final = "state.json"
_WEIGHTS: Final = "training.keras"
_AVERAGE: Final = "average.npz"
HISTORY: Final = "history.csv"


@dataclass(slots=True)
class Progress:
    """How far a run is: everything that changes from step to step."""

    model: keras.Model
    average: list[np.ndarray]  # running average of `model.get_weights()`
    history: list[dict[str, float]]  # one entry a finished epoch

    @property
    def epoch(self) -> int:
        """Finished epochs."""
        return len(self.history)


def save_checkpoint(folder: Path, progress: Progress, *, recipe_name: str, seed: int) -> None:
    """Write a checkpoint so that a kill at any moment leaves the old one or the new one whole."""
    fresh = folder.with_suffix(".partial")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    progress.model.save(fresh / _WEIGHTS)
    np.savez(fresh / _AVERAGE, *progress.average)
    write_history(fresh / HISTORY, progress.history)
    state = {"recipe": recipe_name, "seed": seed, "epoch": progress.epoch}
    (fresh / _STATE).write_text(json.dumps(state), encoding="utf-8")
    old = folder.with_suffix(".old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.replace(old)
    fresh.replace(folder)
    shutil.rmtree(old, ignore_errors=True)


def load_checkpoint(folder: Path, *, recipe_name: str, seed: int) -> Progress | None:
    """Return the progress saved in `folder`, or None where nothing was saved.

    Raises:
        ModelError: It belongs to another recipe or seed, or cannot be read.
    """
    old = folder.with_suffix(".old")
    if not folder.exists() and old.exists():  # killed between the two renames
        old.replace(folder)
    if not folder.exists():
        return None
    try:
        state = json.loads((folder / _STATE).read_text(encoding="utf-8"))
        if (state["recipe"], state["seed"]) != (recipe_name, seed):
            raise ModelError(
                f"The checkpoint in {folder} is of recipe {state['recipe']}, seed {state['seed']}; "
                f"expected {recipe_name}, seed {seed}. Choose another --out or train anew."
            )
        model = keras.models.load_model(folder / _WEIGHTS, safe_mode=True)
        with np.load(folder / _AVERAGE, allow_pickle=False) as arrays:
            average = [arrays[name] for name in arrays.files]
        return Progress(model, average, read_history(folder / HISTORY))
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(
            f"The checkpoint in {folder} cannot be read ({error}); delete it to train anew."
        ) from error


def write_history(path: Path, history: list[dict[str, float]]) -> None:
    """Write one line an epoch as CSV."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(history[0]))
        writer.writeheader()
        writer.writerows(history)


def read_history(path: Path) -> list[dict[str, float]]:
    """Return the lines of a history file as numbers by column name."""
    with path.open(newline="", encoding="utf-8") as stream:
        return [
            {name: float(value) for name, value in row.items()} for row in csv.DictReader(stream)
        ]
