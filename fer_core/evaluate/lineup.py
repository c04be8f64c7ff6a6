"""The models that a page can compare, and why others are not among them."""

from dataclasses import dataclass
from pathlib import Path

from fer_core.errors import ModelError
from fer_core.evaluate.report import StoredEvaluation, load_evaluation
from fer_core.expression.card import ModelCard, list_cards
from fer_core.metrics.human import HUMAN_AGREEMENT
from fer_core.weights import MODELS_FOLDER


@dataclass(frozen=True, slots=True)
class Entry:
    """One model of the leaderboard; None stands for what was not measured.

    Attributes:
        card: Its card.
        evaluation: Its stored scores.
        mflops: Millions of operations a face.
        megabytes: Size of the file that the app runs, 10^6 bytes.
        ms_per_face: Median milliseconds to read one face on one core.
    """

    card: ModelCard
    evaluation: StoredEvaluation
    mflops: float | None
    megabytes: float | None
    ms_per_face: float


def list_entries(*, models_folder: Path = MODELS_FOLDER) -> tuple[Entry, ...]:
    """Return all models that have stored scores, the highest macro-F1 first."""
    entries = []
    for card in list_cards(models_folder=models_folder):
        try:
            evaluation = load_evaluation(card.model_id, models_folder=models_folder)
        except ModelError:  # its own page says what is wrong with it
            continue
        entries.append(entry_of(card, evaluation))
    return tuple(sorted(entries, key=lambda entry: -entry.evaluation.scores.macro_f1))


def entry_of(card: ModelCard, evaluation: StoredEvaluation) -> Entry:
    """Return the entry of one model."""
    n_bytes = card.details.get("twins", {}).get(card.runtime_file, {}).get("bytes")
    return Entry(
        card=card,
        evaluation=evaluation,
        mflops=card.details.get("mflops"),
        megabytes=None if n_bytes is None else n_bytes / 1e6,
        ms_per_face=evaluation.ms_per_face,
    )


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
