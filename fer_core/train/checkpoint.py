"""What a killed training goes on from: weights, optimiser, running average, finished epochs."""

import csv
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import keras
import numpy as np

from fer_core.errors import ModelError
from fer_core.evaluate.report import HISTORY_FILE

_STATE: Final = "state.json"
_WEIGHTS: Final = "training.keras"
_AVERAGE: Final = "average.npz"
# all that json, zipfile, numpy and h5py raise at files that were cut off or altered
_DAMAGE: Final = (OSError, ValueError, LookupError, TypeError, EOFError, RuntimeError, BadZipFile)


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
    fresh = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    progress.model.save(fresh / _WEIGHTS)
    np.savez(fresh / _AVERAGE, *progress.average)
    write_history(fresh / HISTORY_FILE, progress.history)
    state = {"recipe": recipe_name, "seed": seed, "epoch": progress.epoch}
    (fresh / _STATE).write_text(json.dumps(state), encoding="utf-8")
    old = _replaced(folder)
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.replace(old)
    fresh.replace(folder)
    shutil.rmtree(old, ignore_errors=True)


def load_checkpoint(
    folder: Path, model: keras.Model, *, recipe_name: str, seed: int
) -> Progress | None:
    """Return the progress saved in `folder`, or None where nothing was saved.

    Args:
        folder: What `save_checkpoint` wrote.
        model: The recipe's network, compiled; it takes over the saved weights and optimiser state.
            (Loading a whole model would lose which weights do not decay.)
        recipe_name: Recipe that the checkpoint must be of.
        seed: Seed that the checkpoint must be of.

    Raises:
        ModelError: It belongs to another recipe or seed, or cannot be read.
    """
    old = _replaced(folder)
    if not folder.exists() and old.exists():  # killed between the two renames
        old.replace(folder)
    if not folder.exists():
        return None
    try:
        state = json.loads((folder / _STATE).read_text(encoding="utf-8"))
        found = (state["recipe"], state["seed"])
        if found == (recipe_name, seed):
            return _load_progress(folder, model)
    except _DAMAGE as error:
        raise ModelError(
            f"The checkpoint in {folder} cannot be read ({error}); delete it to train anew."
        ) from error
    raise ModelError(
        f"The checkpoint in {folder} is of recipe {found[0]}, seed {found[1]}; expected "
        f"{recipe_name}, seed {seed}. Choose another --out, or leave --resume out to train anew."
    )


def _load_progress(folder: Path, model: keras.Model) -> Progress:
    model.optimizer.build(model.trainable_variables)
    model.load_weights(folder / _WEIGHTS)
    # opened here: numpy leaves the file of a damaged archive open
    with (folder / _AVERAGE).open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        average = [arrays[name] for name in arrays.files]
    return Progress(model, average, read_history(folder / HISTORY_FILE))


def _replaced(folder: Path) -> Path:
    """Return where the previous checkpoint waits until the next one has its name."""
    return folder.with_name(f"{folder.name}.old")


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
