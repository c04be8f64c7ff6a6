"""Learning curves of trainings that differ in their seed alone, as `seeds.json` holds them."""

import json
import math
from dataclasses import asdict, dataclass
from typing import Final

from fer_core.errors import ModelError
from fer_core.evaluate.report import History, load_history
from fer_core.expression.model_folder import SHIPPED_MODELS, ModelFolder
from fer_core.files import parse_json, write_file

SEEDS_FILE: Final = "seeds.json"  # in a model's folder


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch of a training; the fields are those of `History`."""

    epoch: int
    loss: float
    val_loss: float
    val_accuracy: float
    val_macro_f1: float

    def __post_init__(self) -> None:
        values = (self.loss, self.val_loss, self.val_accuracy, self.val_macro_f1)
        if not all(map(math.isfinite, values)):
            raise ValueError(f"expected finite values in epoch {self.epoch}")


@dataclass(frozen=True, slots=True)
class SeedTraining:
    """One training: its seed and its epochs in order."""

    seed: int
    history: tuple[Epoch, ...]

    def __post_init__(self) -> None:
        epochs = [each.epoch for each in self.history]
        if not epochs or epochs != sorted(set(epochs)):
            raise ValueError(f"expected epochs in order, at least one, got {epochs}")


@dataclass(frozen=True, slots=True)
class SeedTrainings:
    """What `seeds.json` holds."""

    seeds: tuple[SeedTraining, ...]

    def __post_init__(self) -> None:
        numbers = [each.seed for each in self.seeds]
        if not numbers or len(set(numbers)) != len(numbers):
            raise ValueError(f"expected different seeds, at least one, got {numbers}")


def load_seeds(model_id: str, *, models: ModelFolder = SHIPPED_MODELS) -> dict[int | None, History]:
    """Return the learning curves of one model's trainings by seed, in the order of the file.

    Without `seeds.json` it is the one training of `history.csv`, by the seed in the model's card.

    Raises:
        ModelError: There are no curves, or a file is damaged.
    """
    path = models.path_of(model_id) / SEEDS_FILE
    try:
        trainings = parse_json(path.read_text(encoding="utf-8"), SeedTrainings)
    except FileNotFoundError:
        training = models.card(model_id).details.training
        return {training.seed if training else None: load_history(model_id, models=models)}
    except (OSError, ValueError) as error:  # ValueError: damaged, or not UTF-8
        raise ModelError(
            f"models/{model_id}/{SEEDS_FILE} is damaged ({error}). Restore the folder, or train "
            "the model again."
        ) from error
    return {each.seed: _history(each.history) for each in trainings.seeds}


def save_seeds(
    model_id: str, trainings: SeedTrainings, *, models: ModelFolder = SHIPPED_MODELS
) -> None:
    """Write `seeds.json` into the model's folder, which exists."""
    text = json.dumps(asdict(trainings), indent=1, allow_nan=False)
    write_file(models.path_of(model_id) / SEEDS_FILE, text + "\n")


def _history(epochs: tuple[Epoch, ...]) -> History:
    return History(
        epochs=tuple(each.epoch for each in epochs),
        loss=tuple(each.loss for each in epochs),
        val_loss=tuple(each.val_loss for each in epochs),
        val_accuracy=tuple(each.val_accuracy for each in epochs),
        val_macro_f1=tuple(each.val_macro_f1 for each in epochs),
    )
