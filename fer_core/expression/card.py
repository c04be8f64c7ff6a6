"""`card.json`: everything the weights need to be used rightly, and is read from nowhere else."""

import json
import logging
import math
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from fer_core.errors import ModelError, ModelNotFoundError
from fer_core.expression.preprocess import NORMALISATIONS
from fer_core.weights import MODELS_FOLDER, read_verified

logger = logging.getLogger(__name__)

CARD_FILE: Final = "card.json"
FLOAT_FILE: Final = "model.tflite"  # float32
INT8_FILE: Final = "model_int8.tflite"  # dynamic-range int8 weights
KERAS_FILE: Final = "model.keras"
DEFAULT_ID: Final = "default"


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What one model reads, answers, was trained on, and is good for.

    Attributes:
        model_id: Name of its folder.
        summary: One sentence for people.
        input_size: Side of a crop in pixels.
        normalisation: Name in `preprocess.NORMALISATIONS`.
        heads: Labels of each output, by the head's name, in the order of its classes.
        reading_head: Head that the app shows; `label` is the one compared with the literature.
        runtime_file: Weights that the app runs, `FLOAT_FILE` or `INT8_FILE`.
        min_confidence: Share the leading label needs to be said, in `[0, 1]`.
        digests: sha256 of each weights file, by file name.
        n_parameters: Trained numbers.
        temperature: What a head's logits are divided by, by the head's name; 1 if not given.
        is_default: Whether the app uses this model unless told otherwise.
        details: How it was made: recipe, data, cleaning, epochs, scores, licence.
    """

    model_id: str
    summary: str
    input_size: int
    normalisation: str
    heads: dict[str, tuple[str, ...]]
    reading_head: str
    runtime_file: str
    min_confidence: float
    digests: dict[str, str]
    n_parameters: int
    temperature: dict[str, float] = field(default_factory=dict)
    is_default: bool = False
    details: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.input_size < 1 or not 0 <= self.min_confidence <= 1:
            raise ValueError(f"Out of range: {self.input_size=}, {self.min_confidence=}.")
        if self.normalisation not in NORMALISATIONS:
            raise ValueError(
                f"Expected a normalisation of {', '.join(NORMALISATIONS)}, "
                f"got {self.normalisation!r}."
            )
        if self.runtime_file not in (FLOAT_FILE, INT8_FILE):
            raise ValueError(f"Expected {FLOAT_FILE} or {INT8_FILE}, got {self.runtime_file!r}.")
        if self.reading_head not in self.heads:
            raise ValueError(f"No head {self.reading_head!r} among {', '.join(self.heads)}.")
        for head, temperature in self.temperature.items():
            if head not in self.heads or not 0 < temperature < math.inf:
                raise ValueError(
                    f"Expected temperatures above 0 of heads, got {head}={temperature}."
                )


def save_card(folder: Path, card: ModelCard) -> None:
    """Write `card.json` into a model's folder."""
    text = json.dumps(asdict(card), indent=2, ensure_ascii=False)
    (folder / CARD_FILE).write_text(text + "\n", encoding="utf-8")


def load_card(model_id: str, *, models_folder: Path = MODELS_FOLDER) -> ModelCard:
    """Return the card of one model; the ID `default` means the default one.

    Raises:
        ModelNotFoundError: There is no such model.
        ModelError: Its card cannot be read.
    """
    for path in _card_paths(models_folder):
        if path.parent.name == model_id:
            return _read_card(path)
    cards = list_cards(models_folder=models_folder)
    if model_id == DEFAULT_ID and cards and cards[0].is_default:
        return cards[0]
    raise ModelNotFoundError(
        f"No model {model_id!r}. Available: {', '.join(c.model_id for c in cards) or 'none'}. "
        "Train one: python -m fer_core train RECIPE --data FILE --out models/ID."
    )


def list_cards(*, models_folder: Path = MODELS_FOLDER) -> tuple[ModelCard, ...]:
    """Return the cards of all models, the default one first.

    A card that cannot be read is left out and logged: one broken model must not stop the others.
    """
    cards = []
    for path in _card_paths(models_folder):
        try:
            cards.append(_read_card(path))
        except ModelError as error:
            logger.warning("%s", error)
    return tuple(sorted(cards, key=lambda card: not card.is_default))


def make_default(model_id: str, *, models_folder: Path = MODELS_FOLDER) -> None:
    """Make one model the one that the app uses.

    Raises:
        ModelNotFoundError: There is no such model.
    """
    chosen = load_card(model_id, models_folder=models_folder)
    for card in list_cards(models_folder=models_folder):
        is_chosen = card.model_id == chosen.model_id
        if card.is_default != is_chosen:
            save_card(models_folder / card.model_id, replace(card, is_default=is_chosen))


def read_weights(card: ModelCard, file_name: str, *, models_folder: Path = MODELS_FOLDER) -> bytes:
    """Return the content of a weights file whose digest is the card's.

    Raises:
        ModelError: The file is missing or is not the one the card describes.
    """
    return read_verified(
        models_folder / card.model_id / file_name,
        card.digests.get(file_name),
        advice="Restore the folder, or train the model again.",
    )


def _card_paths(models_folder: Path) -> list[Path]:
    return sorted(models_folder.glob(f"*/{CARD_FILE}"))


def _read_card(path: Path) -> ModelCard:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        values["heads"] = {name: tuple(labels) for name, labels in values["heads"].items()}
        card = ModelCard(**values)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ModelError(
            f"models/{path.parent.name}/{CARD_FILE} is not a model card ({error}). "
            "Restore the folder, or train the model again."
        ) from error
    if card.model_id != path.parent.name:
        raise ModelError(
            f"models/{path.parent.name}/{CARD_FILE} describes {card.model_id!r}; expected "
            f"{path.parent.name!r}. A model's folder must keep its name."
        )
    return card
