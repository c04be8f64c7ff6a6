"""How well a model tells positive, neutral and negative: an easier question than seven words."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from fer_core.data.dataset import FaceDataset
from fer_core.evaluate.classification import Predictions, classify_labels, classify_votes
from fer_core.expression.recognizer import ExpressionRecognizer
from fer_core.labels import VALENCE_OF, VALENCES
from fer_core.metrics.scores import Scores, score_with_intervals
from fer_core.metrics.valence import SURPRISE_AS_NEUTRAL, valence_ids, valence_shares


@dataclass(frozen=True, slots=True)
class ValenceScores:
    """Scores of the sides, and of the single words for the same faces.

    Attributes:
        truth: What was taken as true: `labels` of the data set, or `votes`, the word that most of
            ten people say.
        surprise: How surprise was counted: `left out` or `neutral`.
        sides: Scores of `labels.VALENCES`.
        words: Scores of the expressions. Their number is the model's.
    """

    truth: str
    surprise: str
    sides: Scores
    words: Scores

    def as_dict(self) -> dict[str, Any]:
        """Return the scores as plain lists and dictionaries, for JSON."""
        return asdict(self)


def evaluate_valence(
    recognizer: ExpressionRecognizer, faces: FaceDataset, votes: np.ndarray | None
) -> tuple[ValenceScores, ...]:
    """Return the scores of each head's probabilities, summed to sides, on what it learned to say.

    The label head is compared with the labels, the votes head with what most people say.

    Args:
        recognizer: The model.
        faces: Labelled faces.
        votes: FER+ votes `(n_rows, 8)` of the whole file, or None.

    Raises:
        DataError: The votes are not of this file.
    """
    on_votes = None if votes is None else classify_votes(recognizer, faces, votes)
    return (
        *_scores("labels", classify_labels(recognizer, faces)),
        *(_scores("votes", on_votes) if on_votes is not None else ()),
    )


def _scores(truth: str, shown: Predictions) -> Iterator[ValenceScores]:
    for surprise, sides in (("left out", VALENCE_OF), ("neutral", SURPRISE_AS_NEUTRAL)):
        has_side = valence_ids(shown.y_true, shown.labels, sides=sides) >= 0
        if has_side.any():
            yield _scores_of(truth, surprise, shown.select(has_side), sides)


def _scores_of(
    truth: str, surprise: str, shown: Predictions, sides: Mapping[str, str]
) -> ValenceScores:
    return ValenceScores(
        truth,
        surprise,
        score_with_intervals(
            valence_ids(shown.y_true, shown.labels, sides=sides),
            valence_shares(shown.probs, shown.labels, sides=sides).astype(np.float32),
            labels=VALENCES,
        ),
        score_with_intervals(shown.y_true, shown.probs, labels=shown.labels),
    )
