"""`ModelFolder`: the models on disk, each in a folder with its card, weights and scores."""

import logging
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from fer_core.errors import ModelError, ModelNotFoundError
from fer_core.expression.card import CARD_FILE, ModelCard
from fer_core.files import write_file
from fer_core.weights import MODELS_FOLDER, read_verified

logger = logging.getLogger(__name__)

DEFAULT_ID: Final = "default"
MODELS_VARIABLE: Final = "CUE_MODELS"


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A folder that holds one folder per model.

    Attributes:
        path: The folder. One that does not exist holds no models.
    """

    path: Path

    def path_of(self, model_id: str) -> Path:
        """Return the folder of this model, whether or not it exists."""
        return self.path / model_id

    def cards(self) -> tuple[ModelCard, ...]:
        """Return the cards of all models, the default one first; at most one is the default.

        A folder from elsewhere may bring a second default model, which is then like any other. A
        card that cannot be read is logged and left out: a broken model must not hide the others.
        """
        cards, failures = self._read_all()
        for failure in failures:
            logger.warning("%s", failure)
        return cards

    def failures(self) -> tuple[str, ...]:
        """Return one sentence for each model whose card cannot be read."""
        return self._read_all()[1]

    def card(self, model_id: str = DEFAULT_ID) -> ModelCard:
        """Return the card of one model; the ID `default` means the default one.

        Raises:
            ModelNotFoundError: There is no such model.
            ModelError: Its card cannot be read.
        """
        for path in self._card_paths():
            if path.parent.name == model_id:
                card = _read_card(path)
                is_other = card.is_default and self.cards()[0].model_id != model_id
                return replace(card, is_default=False) if is_other else card
        cards = self.cards()
        if model_id == DEFAULT_ID and cards and cards[0].is_default:
            return cards[0]
        raise ModelNotFoundError(
            f"No model {model_id!r}. Available: {', '.join(c.model_id for c in cards) or 'none'}. "
            "Train one: python -m fer_core train RECIPE --data FILE --out models/ID."
        )

    def weights(self, card: ModelCard, file_name: str) -> bytes:
        """Return the content of one of a model's weights files.

        Raises:
            ModelError: The file is missing, or its digest is not the one in the card.
        """
        return read_verified(
            self.path_of(card.model_id) / file_name,
            card.digests.get(file_name),
            advice="Restore the folder, or train the model again.",
        )

    def save_card(self, card: ModelCard) -> None:
        """Write `card.json` into the model's folder, which exists."""
        write_file(self.path_of(card.model_id) / CARD_FILE, card.to_json())

    def make_default(self, model_id: str) -> None:
        """Make one model the one that the app uses.

        Raises:
            ModelNotFoundError: There is no such model.
        """
        chosen = self.card(model_id)
        for card in self.cards():
            is_chosen = card.model_id == chosen.model_id
            stored = _read_card(self.path_of(card.model_id) / CARD_FILE)
            if stored.is_default != is_chosen:
                self.save_card(replace(stored, is_default=is_chosen))

    def _card_paths(self) -> list[Path]:
        return sorted(self.path.glob(f"*/{CARD_FILE}"))

    def _read_all(self) -> tuple[tuple[ModelCard, ...], tuple[str, ...]]:
        cards, failures = [], []
        for path in self._card_paths():
            try:
                cards.append(_read_card(path))
            except ModelError as error:
                failures.append(str(error))
        cards.sort(key=lambda card: not card.is_default)
        others = [replace(card, is_default=False) for card in cards[1:]]
        return (*cards[:1], *others), tuple(failures)


SHIPPED_MODELS: Final = ModelFolder(MODELS_FOLDER)


def find_models() -> ModelFolder:
    """Return the folder that the environment variable `CUE_MODELS` names, else the shipped one.

    The app and the command line both use it, so that an installed program finds models that its
    user trained.
    """
    name = os.environ.get(MODELS_VARIABLE)
    return ModelFolder(Path(name).expanduser()) if name else SHIPPED_MODELS


def _read_card(path: Path) -> ModelCard:
    name = f"models/{path.parent.name}/{CARD_FILE}"
    try:
        card = ModelCard.from_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(
            f"{name} is not a model card ({error}). Restore the folder, or train the model again."
        ) from error
    if card.model_id != path.parent.name:
        raise ModelError(
            f"{name} describes {card.model_id!r}; expected {path.parent.name!r}. A model's folder "
            "must keep its name."
        )
    return card
