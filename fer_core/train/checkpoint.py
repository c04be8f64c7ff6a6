"""Weights on which a training starts: those of a killed run, or those of a finished model."""

import csv
import io
import json
from dataclasses import asdict, dataclass
from itertools import takewhile
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import keras
import numpy as np

from fer_core.errors import ModelError
from fer_core.evaluate.report import HISTORY_FILE
from fer_core.expression.card import KERAS_FILE, LeftOut
from fer_core.expression.model_folder import SHIPPED_MODELS, ModelFolder
from fer_core.files import parse_json, recover_folder, replacing_folder, write_file
from fer_core.train.targets import Targets

STUDENT_FILE: Final = "student.npz"  # of scripts/train_on_gpu.py
_STATE: Final = "state.json"
_N_SHOWN: Final = 12  # digits of a digest that tell two files apart
_WEIGHTS: Final = "training.keras"
_AVERAGE: Final = "average.npz"
_ANSWERS: Final = "answers.npz"
# what json, zipfile, numpy and h5py raise for files that are cut off or altered
_DAMAGE: Final = (OSError, ValueError, LookupError, TypeError, EOFError, RuntimeError, BadZipFile)


@dataclass(slots=True)
class Progress:
    """State of a run: everything that changes from step to step."""

    model: keras.Model
    average: list[np.ndarray]  # running average of `model.get_weights()`
    history: list[dict[str, float]]  # one entry per finished epoch
    answers: Targets | None = None  # its own for the training faces; see `Recipe.own_share`

    @property
    def epoch(self) -> int:
        """Number of finished epochs."""
        return len(self.history)


@dataclass(frozen=True, slots=True)
class RunIdentity:
    """What a checkpoint must share with the run that continues it.

    Attributes:
        recipe: Name of the recipe, with the size if it is not the usual one.
        seed: Seed of everything random.
        left_out: Rows that are not trained on; None if there was no selection.
    """

    recipe: str
    seed: int
    left_out: LeftOut | None = None

    def in_words(self) -> str:
        """Return the identity as the end of a sentence."""
        words = f"recipe {self.recipe}, seed {self.seed}"
        if self.left_out is None:
            return words
        n = self.left_out.n
        rows = f"{n:,} {'row' if n == 1 else 'rows'}"
        return f"{words}, {rows} left out by a file with sha256 {self.left_out.sha256[:_N_SHOWN]}…"


def save_checkpoint(folder: Path, progress: Progress, identity: RunIdentity) -> None:
    """Write a checkpoint. A kill at any moment leaves the old one or the new one whole."""
    with replacing_folder(folder) as fresh:
        progress.model.save(fresh / _WEIGHTS)
        np.savez(fresh / _AVERAGE, *progress.average)
        if progress.answers is not None:
            answers = progress.answers
            np.savez(fresh / _ANSWERS, label=answers.labels, votes=answers.votes)
        write_history(fresh / HISTORY_FILE, progress.history)
        state = {**asdict(identity), "epoch": progress.epoch}
        write_file(fresh / _STATE, json.dumps(state))


def load_checkpoint(folder: Path, model: keras.Model, identity: RunIdentity) -> Progress | None:
    """Return the progress saved in `folder`, or None if nothing was saved.

    Args:
        folder: Folder that `save_checkpoint` wrote.
        model: The recipe's network, compiled. It receives the saved weights and optimiser state.
            (A model loaded whole would lose which of its weights do not decay.)
        identity: Run that the checkpoint must belong to.

    Raises:
        ModelError: It belongs to another run, or cannot be read.
    """
    recover_folder(folder)
    if not folder.exists():
        return None
    try:
        found = parse_json((folder / _STATE).read_text(encoding="utf-8"), RunIdentity)
        if found == identity:
            return _load_progress(folder, model)
    except _DAMAGE as error:
        raise ModelError(
            f"The checkpoint in {folder} cannot be read ({error}); delete it to train from the "
            "start."
        ) from error
    raise ModelError(
        f"The checkpoint in {folder} is of {found.in_words()}; expected {identity.in_words()}. "
        "Choose another --out, or train from the start without --resume."
    )


def load_student(folder: Path, *, n_epochs: int) -> list[np.ndarray]:
    """Return the weights of a student from a GPU.

    Args:
        folder: Folder that `scripts/train_on_gpu.py` wrote.
        n_epochs: Epochs of a finished student.

    Raises:
        ModelError: It is not finished, it is missing, or it cannot be read.
    """
    try:
        found = n_finished_epochs(folder)
        weights = list(_read_arrays(folder / STUDENT_FILE).values())
    except _DAMAGE as error:
        raise ModelError(
            f"Expected a student in {folder}, which scripts/train_on_gpu.py writes; got {error}. "
            "Copy the folder again from where it was trained."
        ) from error
    if found != n_epochs:
        raise ModelError(
            f"The student in {folder} has {found} epochs; expected {n_epochs}. Run "
            "scripts/train_on_gpu.py on it again, which goes on where it was stopped."
        )
    return weights


def n_finished_epochs(folder: Path) -> int:
    """Return the number of finished epochs in a checkpoint folder; 0 if there is none."""
    history = folder / HISTORY_FILE
    return len(history.read_text(encoding="utf-8").splitlines()) - 1 if history.exists() else 0


def warm_start(
    model_id: str, network: keras.Model, *, models: ModelFolder = SHIPPED_MODELS
) -> None:
    """Give a network the weights of a finished model, in place.

    The network may have more blocks before its heads; their weights stay as they are. A new
    residual block is the identity, so the network starts with the same output as the model.

    Args:
        model_id: The model; its Keras file is loaded if its digest is that of the card.
        network: A network of the same layers, or a deeper one; its input size may differ.
        models: Where the model lies.

    Raises:
        ModelNotFoundError: There is no such model.
        ModelError: Its weights are missing, altered, or of another network.

    Source: network growing that keeps the function, Chen et al. 2016, arXiv 1511.05641.
    """
    card = models.card(model_id)
    models.weights(card, KERAS_FILE)  # verifies the digest
    path = models.path_of(card.model_id) / KERAS_FILE
    weights = keras.models.load_model(path, compile=False, safe_mode=True).get_weights()
    fresh = network.get_weights()
    n_trunk = _n_equal_shapes(weights, fresh)
    n_heads = len(weights) - n_trunk
    heads = fresh[len(fresh) - n_heads :]
    if len(fresh) < len(weights) or _n_equal_shapes(weights[n_trunk:], heads) < n_heads:
        raise ModelError(
            f"The recipe starts from {model_id}, which has another network; expected weights of "
            f"the shapes {[weight.shape for weight in fresh[:3]]} and so on. Name a model with the "
            "recipe's network, or with the same network without its last blocks."
        )
    network.set_weights(
        [*weights[:n_trunk], *fresh[n_trunk : len(fresh) - n_heads], *weights[n_trunk:]]
    )


def write_history(path: Path, history: list[dict[str, float]]) -> None:
    """Write one line per epoch as CSV."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(history[0]))
    writer.writeheader()
    writer.writerows(history)
    write_file(path, text.getvalue())


def read_history(path: Path) -> list[dict[str, float]]:
    """Return the lines of a history file as numbers by column name."""
    with path.open(newline="", encoding="utf-8") as stream:
        return [
            {name: float(value) for name, value in row.items()} for row in csv.DictReader(stream)
        ]


def _load_progress(folder: Path, model: keras.Model) -> Progress:
    model.optimizer.build(model.trainable_variables)
    model.load_weights(folder / _WEIGHTS)
    average = list(_read_arrays(folder / _AVERAGE).values())
    answers = None
    if (folder / _ANSWERS).exists():
        arrays = _read_arrays(folder / _ANSWERS)
        answers = Targets(arrays["label"], arrays["votes"])
    return Progress(model, average, read_history(folder / HISTORY_FILE), answers)


def _read_arrays(path: Path) -> dict[str, np.ndarray]:
    # opened here: numpy leaves the file of a damaged archive open
    with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def _n_equal_shapes(weights: list[np.ndarray], others: list[np.ndarray]) -> int:
    """Return how many weights, counted from the first one on, have the shapes of the others."""
    pairs = zip(weights, others, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0].shape == pair[1].shape, pairs))
