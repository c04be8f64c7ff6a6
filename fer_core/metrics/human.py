"""How well one person does: the comparison for every score of a model."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from fer_core.labels import FER2013_LABELS, VOTE_LABELS
from fer_core.metrics.intervals import check_shares

HUMAN_AGREEMENT: Final = 0.70
"""Share of faces on which one annotator chose what most of nine others chose.

Source: FER+ (Barsoum et al. 2016, arXiv 1608.01041), each of a face's ten annotators in turn
against the other nine.
"""

N_VOTERS: Final = 10
"""Annotators per face in FER+ (Barsoum et al. 2016, arXiv 1608.01041)."""


@dataclass(frozen=True, slots=True)
class HumanOnLabels:
    """Scores of one person against the data set's own labels, on the same faces.

    Attributes:
        n: Single answers that were counted.
        accuracy: Share of them that equal the label.
        macro_f1: Mean F1 over the data set's labels that occur.
        per_class: F1 of each of those labels.
    """

    n: int
    accuracy: float
    macro_f1: float
    per_class: dict[str, float]

    def __post_init__(self) -> None:
        check_shares("human on labels", [self.accuracy, self.macro_f1, *self.per_class.values()])


@dataclass(frozen=True, slots=True)
class HumanCeiling:
    """How often one person agrees with the majority of the others, on the same faces.

    Attributes:
        n: Faces that count: for at least one person, the others had a majority.
        agreement: Share of single answers that equal the majority of the others.
        per_class: The same over the answers with one label, for labels that were given.
        on_labels: One person's scores against the data set's labels; None if not measured.
    """

    n: int
    agreement: float
    per_class: dict[str, float]
    on_labels: HumanOnLabels | None = None

    def __post_init__(self) -> None:
        check_shares("human", [self.agreement, *self.per_class.values()])


def human_ceiling(votes: np.ndarray, label_ids: np.ndarray) -> HumanCeiling | None:
    """Return how often one annotator agrees with the majority of the others, leaving one out.

    It is measured as for a model: answers count if the others have a majority. On all of FER+ 75%
    then agree; 72% if a tie counts as no agreement, 70% as published, where "unknown" is an answer
    too. A label's agreement is over the answers with that label, like a model's precision.

    Args:
        votes: FER+ votes `(n, 8)`.
        label_ids: `(n,)` int, the data set's labels, index into `FER2013_LABELS`.

    Returns:
        None if no face was named by two people.

    >>> human_ceiling(np.array([[0, 0, 0, 9, 0, 0, 1, 0]]), np.array([3])).per_class
    {'happy': 1.0, 'neutral': 0.0}
    """
    n_answers, n_agreeing = np.zeros(len(VOTE_LABELS)), np.zeros(len(VOTE_LABELS))
    is_counted = np.zeros(len(votes), dtype=bool)
    for label_id in range(len(VOTE_LABELS)):
        others = votes.copy()
        others[:, label_id] -= 1
        majority = np.where(votes[:, label_id] > 0, majority_ids(others), -1)
        weights = votes[:, label_id]  # number of people who gave this answer
        n_answers[label_id] = weights[majority >= 0].sum()
        n_agreeing[label_id] = weights[majority == label_id].sum()
        is_counted |= majority >= 0
    if not is_counted.any():
        return None
    return HumanCeiling(
        n=int(is_counted.sum()),
        agreement=float(n_agreeing.sum() / n_answers.sum()),
        per_class={
            label: float(agreeing / answers)
            for label, agreeing, answers in zip(VOTE_LABELS, n_agreeing, n_answers, strict=True)
            if answers
        },
        on_labels=_on_labels(votes, label_ids),
    )


def _on_labels(votes: np.ndarray, label_ids: np.ndarray) -> HumanOnLabels:
    """Return the scores of single answers against the labels; contempt always counts as wrong."""
    # here, not above: pages import this module for a constant, and sklearn takes 150 MB
    from sklearn.metrics import accuracy_score, f1_score

    face_ids, answers = np.nonzero(votes)
    truth, weights = label_ids[face_ids], votes[face_ids, answers]
    n_labels = len(FER2013_LABELS)
    present = [label_id for label_id in range(n_labels) if label_id in truth or label_id in answers]
    f1 = f1_score(
        truth, answers, labels=present, average=None, sample_weight=weights, zero_division=0.0
    )
    return HumanOnLabels(
        n=int(weights.sum()),
        accuracy=float(accuracy_score(truth, answers, sample_weight=weights)),
        macro_f1=float(np.mean(f1)),
        per_class={
            FER2013_LABELS[label]: float(each) for label, each in zip(present, f1, strict=True)
        },
    )


def majority_ids(votes: np.ndarray) -> np.ndarray:
    """Return the label that most people chose, as an index into `VOTE_LABELS`: `(n, 8)` -> `(n,)`.

    The index is -1 if two labels share the lead or nobody could name the face.

    >>> majority_ids(np.array([[0, 0, 0, 6, 0, 0, 4, 0], [0, 0, 0, 5, 0, 0, 5, 0]])).tolist()
    [3, -1]
    """
    top = np.sort(votes, axis=1)
    has_leader = top[:, -1] > top[:, -2]
    return np.asarray(np.where(has_leader, votes.argmax(axis=1), -1))


def plurality_ids(votes: np.ndarray) -> np.ndarray:
    """Return the label that leads all ten answers, as an index into `VOTE_LABELS`.

    Unlike `majority_ids`, this also counts the people who could not name the face ("unknown", "not
    a face"): those that `votes` leaves out of the ten.

    Args:
        votes: FER+ votes `(n, 8)`.

    Returns:
        `(n,)` int; -1 if no label has more votes than any other answer.

    >>> plurality_ids(np.array([[0, 0, 0, 6, 0, 0, 4, 0], [0, 0, 0, 4, 0, 0, 1, 0]])).tolist()
    [3, -1]
    """
    unnamed = np.maximum(N_VOTERS - votes.sum(axis=1, keepdims=True), 0)
    leading = majority_ids(np.concatenate([votes, unnamed], axis=1))
    return np.asarray(np.where(leading < len(VOTE_LABELS), leading, -1))
