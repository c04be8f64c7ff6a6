"""A model's learning curves, read back from its folder: `history.csv`."""

import csv
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fer_core.evaluate.report import load_stored
from fer_core.weights import MODELS_FOLDER

HISTORY_FILE: Final = "history.csv"
_CURVES: Final = ("loss", "val_loss", "val_accuracy", "val_macro_f1")


@dataclass(frozen=True, slots=True)
class History:
    """Learning curves: one entry an epoch, from the first to the last.

    Attributes:
        epochs: Numbers of the epochs, from 1.
        loss: On the altered training faces.
        val_loss: On the validation faces.
        val_accuracy: In `[0, 1]`.
        val_macro_f1: In `[0, 1]`.
    """

    epochs: tuple[int, ...]
    loss: tuple[float, ...]
    val_loss: tuple[float, ...]
    val_accuracy: tuple[float, ...]
    val_macro_f1: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.epochs:
            raise ValueError("expected at least one epoch")
        for name in _CURVES:
            values = getattr(self, name)
            if len(values) != len(self.epochs) or not all(map(math.isfinite, values)):
                raise ValueError(f"expected {len(self.epochs)} finite values of {name}")


def load_history(model_id: str, *, models_folder: Path = MODELS_FOLDER) -> History:
    """Return the stored learning curves of one model.

    Raises:
        ModelError: The file is missing or damaged.
    """

    def parse(text: str) -> History:
        rows = list(csv.DictReader(text.splitlines()))
        curves = {name: tuple(float(row[name]) for row in rows) for name in _CURVES}
        return History(epochs=tuple(int(float(row["epoch"])) for row in rows), **curves)

    return load_stored(models_folder / model_id / HISTORY_FILE, parse)
