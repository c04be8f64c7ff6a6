"""What ten people make of the same faces: how many agree, and which words share a face."""

from dataclasses import dataclass

import numpy as np

from fer_core.labels import VOTE_LABELS
from fer_core.metrics.human import N_VOTERS, majority_ids, plurality_ids


@dataclass(frozen=True, slots=True)
class ClassAgreement:
    """What people say of the faces with one label.

    Attributes:
        n: Faces with that label.
        share: Share of all answers about them that equal the label.
        leads: Share of them on which the label has more votes than any other answer.
        person: How often one person's answer of that word equals the majority of the others, over
            all faces; None if nobody gave that answer.
    """

    n: int
    share: float
    leads: float
    person: float | None


def n_agreeing(votes: np.ndarray) -> np.ndarray:
    """Return the number of people who chose the leading word of each face: `(n, 8)` -> `(n,)`.

    >>> n_agreeing(np.array([[0, 0, 0, 6, 0, 0, 4, 0], [0, 0, 0, 0, 0, 0, 0, 0]])).tolist()
    [6, 0]
    """
    return np.asarray(votes.max(axis=1, initial=0))


def agreement_per_class(
    votes: np.ndarray, label_ids: np.ndarray, labels: tuple[str, ...]
) -> dict[str, ClassAgreement]:
    """Return what people say of the faces of each label that occurs and that people could choose.

    Args:
        votes: FER+ votes `(n, 8)`; what is missing to ten people is "could not say".
        label_ids: `(n,)` int, index into `labels`.
        labels: The data set's labels.

    >>> votes = np.array([[0, 0, 0, 8, 0, 0, 2, 0], [0, 0, 0, 4, 0, 0, 6, 0]])
    >>> agreement_per_class(votes, np.array([0, 0]), ("happy",))["happy"].share
    0.6
    """
    leaders, person = plurality_ids(votes), person_agreement(votes)
    found = {}
    for label_id, label in enumerate(labels):
        chosen = label_ids == label_id
        if label not in VOTE_LABELS or not chosen.any():
            continue
        vote_id = VOTE_LABELS.index(label)
        found[label] = ClassAgreement(
            n=int(chosen.sum()),
            share=float(votes[chosen, vote_id].sum() / (N_VOTERS * chosen.sum())),
            leads=float((leaders[chosen] == vote_id).mean()),
            person=person.get(label),
        )
    return found


def person_agreement(votes: np.ndarray) -> dict[str, float]:
    """Return how often one person's answer equals the majority of the others, by that answer.

    Each person is compared with the others of the same face, where these have a majority. Labels
    that nobody chose are left out.

    >>> person_agreement(np.array([[0, 0, 0, 9, 0, 0, 1, 0]]))
    {'happy': 1.0, 'neutral': 0.0}
    """
    shares = {}
    for vote_id, label in enumerate(VOTE_LABELS):
        asked = votes[votes[:, vote_id] > 0]
        others = asked.copy()
        others[:, vote_id] -= 1
        majority = majority_ids(others)
        answers = asked[:, vote_id] * (majority >= 0)
        if answers.any():
            shares[label] = float(answers[majority == vote_id].sum() / answers.sum())
    return shares


def shared_words(votes: np.ndarray) -> np.ndarray:
    """Return how people's answers spread over the words, by the word that leads: `(8, 8)` float64.

    Row `i` is over the faces on which `VOTE_LABELS[i]` leads; column `j` is the share of all ten
    answers for `VOTE_LABELS[j]`. What is missing to 1 is "could not say". A row without faces is 0.

    >>> shared_words(np.array([[0, 0, 0, 8, 0, 0, 1, 0]]))[3, [3, 6]].tolist()
    [0.8, 0.1]
    """
    leaders = plurality_ids(votes)
    shares = np.zeros((len(VOTE_LABELS), len(VOTE_LABELS)))
    for vote_id in range(len(VOTE_LABELS)):
        chosen = votes[leaders == vote_id]
        if len(chosen):
            shares[vote_id] = chosen.mean(axis=0) / N_VOTERS
    return shares
