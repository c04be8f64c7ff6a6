"""The faces that a model gets most wrong, each with the votes of people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from fer_core.data.dataset import FaceDataset
from fer_core.data.face_size import crops_at
from fer_core.data.votes import votes_at
from fer_core.expression.recognizer import ExpressionRecognizer
from fer_core.labels import FER2013_LABELS, VOTE_LABELS
from fer_core.progress import OnProgress, ignore

_HEAD: Final = "label"  # the head whose labels are FER2013's
_BATCH: Final = 32  # faces between two calls of `on_progress`; under a tenth of a second

Votes = Mapping[str, int]
"""Number of people who chose each label; labels that nobody chose are left out."""


@dataclass(frozen=True, slots=True, eq=False)
class Mistake:
    """One face on which a model and FER2013 disagree.

    Attributes:
        pixels: `(48, 48)` uint8 grey.
        label: FER2013's label.
        label_prob: Probability that the model gives to that label.
        predicted: The model's label.
        predicted_prob: Probability that the model gives to its label.
        votes: Votes of ten people; None if they are not known.
    """

    pixels: np.ndarray
    label: str
    label_prob: float
    predicted: str
    predicted_prob: float
    votes: Votes | None = None

    @property
    def leading_votes(self) -> tuple[str, ...]:
        """The labels with the most votes: several if they share the lead, or none."""
        most = max((self.votes or {}).values(), default=0)
        return tuple(label for label, count in (self.votes or {}).items() if count == most)


@dataclass(frozen=True, slots=True, eq=False)
class Mistakes:
    """The mistakes of one model on one split.

    Attributes:
        n_faces: Faces in the split.
        n_wrong: Faces on which the model and FER2013 disagree.
        worst: Some of these, the face whose label is least likely to the model first.
    """

    n_faces: int
    n_wrong: int
    worst: tuple[Mistake, ...]

    @property
    def n_with_votes(self) -> int:
        """Number of the worst mistakes that have votes."""
        return sum(mistake.votes is not None for mistake in self.worst)

    @property
    def n_people_agree(self) -> int:
        """Number of the worst mistakes on which most people chose the model's label."""
        return sum(mistake.leading_votes == (mistake.predicted,) for mistake in self.worst)


def find_mistakes(
    recognizer: ExpressionRecognizer,
    faces: FaceDataset,
    *,
    n_worst: int,
    votes: np.ndarray | None = None,
    on_progress: OnProgress = ignore,
) -> Mistakes:
    """Return the faces of a split whose label is least likely to a model, and count all mistakes.

    Args:
        recognizer: The model; its head `label` is used.
        faces: The split.
        n_worst: Mistakes to return; fewer if the model makes fewer.
        votes: FER+ votes `(n_rows, 8)` of the whole file, or None.
        on_progress: Called with the share of the faces that are classified.

    Raises:
        DataError: The votes are not of this file.
    """
    counts = None if votes is None else votes_at(votes, faces.rows)  # first: it may not fit
    probs = _classify(recognizer, faces.pixels, on_progress)
    label_probs = probs[np.arange(len(faces)), faces.label_ids]
    predicted_ids = probs.argmax(axis=1)
    wrong = np.flatnonzero(predicted_ids != faces.label_ids)
    worst = wrong[np.argsort(label_probs[wrong], kind="stable")][:n_worst]
    return Mistakes(
        n_faces=len(faces),
        n_wrong=len(wrong),
        worst=tuple(
            Mistake(
                pixels=faces.pixels[index].copy(),  # a view would keep the whole split in memory
                label=FER2013_LABELS[faces.label_ids[index]],
                label_prob=float(label_probs[index]),
                predicted=FER2013_LABELS[predicted_ids[index]],
                predicted_prob=float(probs[index, predicted_ids[index]]),
                votes=None if counts is None else _votes_of(counts[index]),
            )
            for index in worst
        ),
    )


def _classify(
    recognizer: ExpressionRecognizer, pixels: np.ndarray, on_progress: OnProgress
) -> np.ndarray:
    """Return the probability of every label: `(n, 48, 48)` uint8 -> `(n, 7)`."""
    parts = [np.zeros((0, len(FER2013_LABELS)), dtype=np.float32)]
    for start in range(0, len(pixels), _BATCH):
        batch = crops_at(pixels[start : start + _BATCH], recognizer.card.input_size)
        parts.append(recognizer.predict_probs(batch, head=_HEAD))
        on_progress((start + len(batch)) / len(pixels))
    return np.concatenate(parts)


def _votes_of(counts: np.ndarray) -> dict[str, int]:
    """Return the votes for one face, `(8,)`, the most frequent label first."""
    order = np.argsort(-counts, kind="stable")
    return {VOTE_LABELS[i]: int(counts[i]) for i in order if counts[i]}
