"""What one head of a model says of faces, beside what is true of them."""

from dataclasses import dataclass

import numpy as np

from fer_core.data.dataset import FaceDataset
from fer_core.data.votes import votes_at
from fer_core.expression.recognizer import ExpressionRecognizer
from fer_core.labels import FER2013_LABELS, VOTE_LABELS
from fer_core.metrics.human import majority_ids


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """Answers and truth, one entry a face; there may be none.

    Attributes:
        labels: Of the head.
        y_true: `(n,)` int, index into `labels`.
        probs: `(n, n_classes)` float32.
    """

    labels: tuple[str, ...]
    y_true: np.ndarray
    probs: np.ndarray

    def __len__(self) -> int:
        return len(self.y_true)

    def select(self, keep: np.ndarray) -> "Readings":
        """Return the faces where `keep`, a boolean mask or indices, says so."""
        return Readings(self.labels, self.y_true[keep], self.probs[keep])


def read_labels(recognizer: ExpressionRecognizer, faces: FaceDataset) -> Readings:
    """Return the label head's answers beside FER2013's labels."""
    probs = recognizer.predict_probs(faces.pixels, head="label")
    return Readings(FER2013_LABELS, faces.label_ids, probs)


def read_votes_head(
    recognizer: ExpressionRecognizer, faces: FaceDataset, votes: np.ndarray
) -> Readings | None:
    """Return the votes head's answers beside the majority, of faces on which people had one.

    Args:
        recognizer: The model.
        faces: Any faces of the file that was voted on.
        votes: FER+ votes `(n_rows, 8)` of the whole file.

    Returns:
        None where the model has no head for votes.

    Raises:
        DataError: The votes are not of this file.
    """
    if "votes" not in recognizer.card.heads:
        return None
    majority = majority_ids(votes_at(votes, faces.rows))
    has_majority = majority >= 0
    probs = recognizer.predict_probs(faces.pixels[has_majority], head="votes")
    return Readings(VOTE_LABELS, majority[has_majority], probs)
