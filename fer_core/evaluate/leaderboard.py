"""All models side by side: what each costs and what it scores."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fer_core.errors import ModelError
from fer_core.evaluate.ceiling import HUMAN_AGREEMENT
from fer_core.evaluate.stored import StoredEvaluation, load_evaluation
from fer_core.expression.card import ModelCard, list_cards


@dataclass(frozen=True, slots=True)
class RatedModel:
    """One model with its scores."""

    card: ModelCard
    evaluation: StoredEvaluation

    @property
    def name(self) -> str:
        """The model's ID."""
        return self.card.model_id

    @property
    def n_bytes(self) -> int | None:
        """Size of the weights that the app runs; None where the card does not say."""
        size = _entry(self.card.details, "twins", self.card.runtime_file, "bytes")
        return None if size is None else int(size)

    @property
    def mflops(self) -> float | None:
        """Millions of multiplications and additions for one face; None where not counted."""
        return _entry(self.card.details, "mflops")


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """The models that have scores, the best macro-F1 first, and why others are not among them."""

    models: tuple[RatedModel, ...]
    failures: tuple[str, ...]

    @property
    def human_agreement(self) -> float:
        """How often one person says what most others say: on these faces where it was counted."""
        counted = (m.evaluation.human.agreement for m in self.models if m.evaluation.human)
        return next(counted, HUMAN_AGREEMENT)


def load_leaderboard() -> Leaderboard:
    """Return every model whose stored scores can be read."""
    models, failures = [], []
    for card in list_cards():
        try:
            models.append(RatedModel(card, load_evaluation(card.model_id)))
        except ModelError as error:
            failures.append(str(error))
    models.sort(key=lambda model: -model.evaluation.scores.macro_f1)
    return Leaderboard(tuple(models), tuple(failures))


def _entry(details: Mapping[str, Any], *path: str) -> float | None:
    """Return a number of a card's details, or None: they are written by hand too."""
    value: Any = details
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
