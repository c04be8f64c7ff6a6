"""The faces a model got most wrong, each with what people said of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from fer_core.data.dataset import FaceDataset
from fer_core.data.votes import votes_at
from fer_core.expression.recognizer import ExpressionRecognizer
from fer_core.labels import FER2013_LABELS, VOTE_LABELS

_HEAD: Final = "label"  # the head that answers with FER2013's labels
_BATCH: Final = 32  # faces read between two signs of progress; under a tenth of a second

Votes = Mapping[str, int]
"""How many people chose each label; labels that nobody chose are left out."""


@dataclass(frozen=True, slots=True, eq=False)
class Mistake:
    """One face that a model reads otherwise than FER2013 labels it.

    Attributes:
        pixels: `(48, 48)` uint8 grey.
        label: What FER2013 calls it.
        label_share: What the model gives that label, in `[0, 1]`.
        said: What the model says.
        said_share: What it gives that, in `[0, 1]`.
        votes: Of ten people; None where they are not known.
    """

    pixels: np.ndarray
    label: str
    label_share: float
    said: str
    said_share: float
    votes: Votes | None = None

    @property
    def leading_votes(self) -> tuple[str, ...]:
        """The labels that most people chose: several where they share the lead, or none."""
        most = max((self.votes or {}).values(), default=0)
        return tuple(label for label, count in (self.votes or {}).items() if count == most)


@dataclass(frozen=True, slots=True, eq=False)
class Mistakes:
    """The mistakes of one model on one split.

    Attributes:
        n_faces: In the split.
        n_wrong: Of them read otherwise than labelled.
        worst: Some of those, the one whose label it finds least likely first.
    """

    n_faces: int
    n_wrong: int
    worst: tuple[Mistake, ...]

    @property
    def n_with_votes(self) -> int:
        """How many of the worst have votes."""
        return sum(mistake.votes is not None for mistake in self.worst)

    @property
    def n_model_with_people(self) -> int:
        """On how many of the worst the model alone says what most people said."""
        return sum(mistake.leading_votes == (mistake.said,) for mistake in self.worst)


def find_mistakes(
    recognizer: ExpressionRecognizer,
    faces: FaceDataset,
    *,
    n_worst: int,
    votes: np.ndarray | None = None,
    on_progress: Callable[[float], None] = lambda share: None,
) -> Mistakes:
    """Return the faces of a split whose label a model finds least likely, and how many are wrong.

    Args:
        recognizer: The model; its head `label` is asked.
        faces: The split.
        n_worst: How many to return; fewer where it makes fewer mistakes.
        votes: FER+ votes `(n_rows, 8)` of the whole file, or None.
        on_progress: Called after every few faces with the share that is done, in `[0, 1]`.

    Raises:
        DataError: The votes are not of this file.
    """
    counts = None if votes is None else votes_at(votes, faces.rows)  # first: it may not fit
    probs = _probs(recognizer, faces.pixels, on_progress)
    label_shares = probs[np.arange(len(faces)), faces.label_ids]
    said_ids = probs.argmax(axis=1)
    wrong = np.flatnonzero(said_ids != faces.label_ids)
    worst = wrong[np.argsort(label_shares[wrong], kind="stable")][:n_worst]
    return Mistakes(
        n_faces=len(faces),
        n_wrong=len(wrong),
        worst=tuple(
            Mistake(
                pixels=faces.pixels[index].copy(),  # lets go of the split
                label=FER2013_LABELS[faces.label_ids[index]],
                label_share=float(label_shares[index]),
                said=FER2013_LABELS[said_ids[index]],
                said_share=float(probs[index, said_ids[index]]),
                votes=None if counts is None else _votes_of(counts[index]),
            )
            for index in worst
        ),
    )


def _probs(
    recognizer: ExpressionRecognizer, pixels: np.ndarray, on_progress: Callable[[float], None]
) -> np.ndarray:
    """Return the shares of every label: `(n, 48, 48)` uint8 -> `(n, 7)`."""
    parts = [np.zeros((0, len(FER2013_LABELS)), dtype=np.float32)]
    for start in range(0, len(pixels), _BATCH):
        batch = pixels[start : start + _BATCH]
        parts.append(recognizer.predict_probs(batch, head=_HEAD))
        on_progress((start + len(batch)) / len(pixels))
    return np.concatenate(parts)


def _votes_of(counts: np.ndarray) -> dict[str, int]:
    """Return the votes of one face, `(8,)`, the most frequent first."""
    order = np.argsort(-counts, kind="stable")
    return {VOTE_LABELS[i]: int(counts[i]) for i in order if counts[i]}
