"""The models that a page can compare, and why others are not among them."""

from dataclasses import dataclass

from fer_core.errors import ModelError
from fer_core.evaluate.ceiling import HUMAN_AGREEMENT
from fer_core.evaluate.leaderboard import Entry, entry_of
from fer_core.evaluate.stored import load_evaluation
from fer_core.expression.card import list_cards


@dataclass(frozen=True, slots=True)
class Lineup:
    """All models with stored scores, the highest macro-F1 first.

    Attributes:
        entries: Those that can be shown.
        failures: One sentence for each whose scores cannot be read.
    """

    entries: tuple[Entry, ...]
    failures: tuple[str, ...] = ()

    @property
    def human_agreement(self) -> float:
        """How often one person says what most others say: on these faces where it was counted."""
        people = (entry.evaluation.human for entry in self.entries)
        return next((human.agreement for human in people if human), HUMAN_AGREEMENT)

    @property
    def human_accuracy(self) -> float | None:
        """One person's accuracy against the data set's labels; None where not measured."""
        people = (entry.evaluation.person for entry in self.entries)
        return next((person.accuracy for person in people if person), None)


def load_lineup() -> Lineup:
    """Return every model, sorted into those that can be shown and those that cannot."""
    entries, failures = [], []
    for card in list_cards():
        try:
            entries.append(entry_of(card, load_evaluation(card.model_id)))
        except ModelError as error:
            failures.append(str(error))
        except (AttributeError, TypeError) as error:  # details are written by hand too
            failures.append(
                f"The card of {card.model_id} has damaged details ({error}). Restore the folder, "
                "or train the model again."
            )
    entries.sort(key=lambda entry: -entry.evaluation.scores.macro_f1)
    return Lineup(tuple(entries), tuple(failures))
