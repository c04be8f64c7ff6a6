"""The models of the leaderboard, and the reasons why others are missing from it."""

from dataclasses import dataclass

from fer_core.errors import ModelError
from fer_core.evaluate.report import Evaluation, load_evaluation
from fer_core.expression.card import ModelCard, Training
from fer_core.expression.model_folder import SHIPPED_MODELS, ModelFolder
from fer_core.metrics.curves import CoveragePoint, ShownWords
from fer_core.metrics.human import HUMAN_AGREEMENT


@dataclass(frozen=True, slots=True)
class Entry:
    """One model of the leaderboard: its card and its stored scores."""

    card: ModelCard
    evaluation: Evaluation

    @property
    def megabytes(self) -> float | None:
        """Size of the file that the app runs, 10^6 bytes; None if not measured."""
        export = self.card.details.exports.get(self.card.runtime_file)
        return None if export is None else export.bytes / 1e6

    @property
    def shown(self) -> CoveragePoint | ShownWords | None:
        """What the app's thresholds give on the model's split; None if not measured.

        Older files have no counts. With one threshold for all words, the nearest point of the curve
        stands in for them.
        """
        measured, needed = self.evaluation.shown, self.card.min_confidence
        if measured is not None or self.card.min_confidence_by_label:
            return measured
        points = self.evaluation.coverage
        return min(points, key=lambda point: abs(point.min_confidence - needed), default=None)


@dataclass(frozen=True, slots=True)
class Lineup:
    """All models with stored scores, the highest macro-F1 first.

    Attributes:
        entries: Models that can be shown.
        failures: One sentence for each model whose card or scores cannot be read.
    """

    entries: tuple[Entry, ...]
    failures: tuple[str, ...] = ()

    @property
    def comparable(self) -> tuple[Entry, ...]:
        """The models that were scored on the faces of the default one, or of the best one."""
        first = next((each for each in self.entries if each.card.is_default), None)
        first = first or next(iter(self.entries), None)
        return tuple(each for each in self.entries if first and _faces_of(each) == _faces_of(first))

    @property
    def others(self) -> tuple[Entry, ...]:
        """The models that were scored on other faces, so that their scores cannot be compared."""
        comparable = self.comparable
        return tuple(each for each in self.entries if each not in comparable)

    @property
    def human_agreement(self) -> float:
        """Share of faces on which one person agrees with most others.

        It is that of the models' split if it was measured there, else that of all of FER+.
        """
        people = (entry.evaluation.human for entry in self.entries)
        return next((human.agreement for human in people if human), HUMAN_AGREEMENT)

    @property
    def human_accuracy(self) -> float | None:
        """One person's accuracy against the data set's labels; None if not measured."""
        people = (entry.evaluation.person for entry in self.entries)
        return next((person.accuracy for person in people if person), None)


def _faces_of(entry: Entry) -> tuple[str, int, bool]:
    training = entry.card.details.training or Training()
    return (entry.evaluation.split, entry.evaluation.n, training.is_on_fer2013)


def load_lineup(*, models: ModelFolder = SHIPPED_MODELS) -> Lineup:
    """Return all models, split into those that can be shown and those that cannot."""
    entries, failures = [], list(models.failures())
    for card in models.cards():
        try:
            entries.append(Entry(card, load_evaluation(card.model_id, models=models)))
        except ModelError as error:
            failures.append(str(error))
    entries.sort(key=lambda entry: -entry.evaluation.macro_f1)
    return Lineup(tuple(entries), tuple(failures))
