"""`FaceTable`: what is known of each image of a collection, and which images fit a filter."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from fer_core.data.collection import ImageCollection
from fer_core.data.votes import VoteTable
from fer_core.errors import DataError
from fer_core.labels import FER2013_LABELS, VOTE_LABELS
from fer_core.metrics.crowd import n_agreeing
from fer_core.metrics.human import N_VOTERS, plurality_ids

Order = Literal["row", "agreement", "label_prob"]

NO_LEADER: Final = "no word leads"
"""Stands in a filter for faces on which no word has more votes than every other answer."""

NOT_A_FACE: Final = "not a face"
"""Stands in a filter for images that more people called no face than anything else."""


@dataclass(frozen=True, slots=True)
class FaceFilter:
    """Which images are shown, and in which order. None and the widest range let all through.

    Attributes:
        split: Name of the split.
        label: The label.
        leader: The word with the most votes, `NO_LEADER` or `NOT_A_FACE`.
        min_agreeing: People who chose the leading word, at least.
        max_agreeing: People who chose the leading word, at most.
        is_right: Whether the model's word equals the label.
        order: By row; by agreement, least first; by the model's probability of the label, least
            first. Images without votes or probabilities come last.
    """

    split: str | None = None
    label: str | None = None
    leader: str | None = None
    min_agreeing: int = 0
    max_agreeing: int = N_VOTERS
    is_right: bool | None = None
    order: Order = "row"


@dataclass(frozen=True, slots=True, eq=False)
class FaceTable:
    """What is known of each image of a collection.

    Attributes:
        collection: The images with their labels.
        votes: `(n, 8)` int64, people's votes in the order of `VOTE_LABELS`; None if there are none.
        not_face: `(n,)` int64, people who said that it is no face; None without votes.
        probs: `(n, 7)` float32, a model's probabilities in the order of `FER2013_LABELS`, from a
            network that was not trained on the image. NaN where there are none; None if there are
            none at all.
    """

    collection: ImageCollection
    votes: np.ndarray | None = None
    not_face: np.ndarray | None = None
    probs: np.ndarray | None = None

    def __post_init__(self) -> None:
        n = len(self.collection)
        for name, width in (("votes", len(VOTE_LABELS)), ("probs", len(FER2013_LABELS))):
            column = getattr(self, name)
            if column is not None and column.shape != (n, width):
                raise ValueError(f"Expected {name} of shape ({n}, {width}), got {column.shape}.")
        if (self.votes is None) != (self.not_face is None):
            raise ValueError("Expected votes and not_face together.")

    def leaders(self) -> np.ndarray:
        """Return the leading word of each image, index into `VOTE_LABELS`; -1 if there is none."""
        if self.votes is None:
            return np.full(len(self.collection), -1)
        return plurality_ids(self.votes)

    def is_not_face(self) -> np.ndarray:
        """Return a mask `(n,)` of the images that more people called no face than anything else."""
        if self.votes is None or self.not_face is None:
            return np.zeros(len(self.collection), dtype=bool)
        unknown = N_VOTERS - self.votes.sum(axis=1) - self.not_face
        return np.asarray(self.not_face > np.maximum(self.votes.max(axis=1, initial=0), unknown))

    def label_probs(self) -> np.ndarray:
        """Return the model's probability of each image's label, `(n,)` float32; NaN if unknown."""
        label_probs = np.full(len(self.collection), np.nan, dtype=np.float32)
        if self.probs is not None:
            for label_id, label in enumerate(self.collection.labels):
                if label in FER2013_LABELS:
                    chosen = self.collection.label_ids == label_id
                    label_probs[chosen] = self.probs[chosen, FER2013_LABELS.index(label)]
        return label_probs

    def model_words(self) -> np.ndarray:
        """Return the model's word per image, index into `FER2013_LABELS`; -1 if unknown."""
        if self.probs is None:
            return np.full(len(self.collection), -1)
        known = ~np.isnan(self.probs).any(axis=1)
        return np.where(known, np.nan_to_num(self.probs).argmax(axis=1), -1)

    def is_right(self) -> np.ndarray:
        """Return a mask `(n,)` of the images whose label is the model's word."""
        names = np.array([*FER2013_LABELS, ""])
        return np.asarray(
            names[self.model_words()] == np.array(self.collection.labels)[self.collection.label_ids]
        )

    def matching(self, wanted: FaceFilter) -> np.ndarray:
        """Return the indices of the images that fit a filter, in its order."""
        keep = np.ones(len(self.collection), dtype=bool)
        if wanted.split is not None:
            keep &= self.collection.split_ids == self.collection.splits.index(wanted.split)
        if wanted.label is not None:
            keep &= self.collection.label_ids == self.collection.labels.index(wanted.label)
        if wanted.leader == NOT_A_FACE:
            keep &= self.is_not_face()
        elif wanted.leader is not None:
            is_none = wanted.leader == NO_LEADER
            keep &= self.leaders() == (-1 if is_none else VOTE_LABELS.index(wanted.leader))
        if self.votes is not None:
            agreeing = n_agreeing(self.votes)
            keep &= (wanted.min_agreeing <= agreeing) & (agreeing <= wanted.max_agreeing)
        if wanted.is_right is not None:
            keep &= (self.model_words() >= 0) & (self.is_right() == wanted.is_right)
        return self._ordered(np.flatnonzero(keep), wanted.order)

    def _ordered(self, indices: np.ndarray, order: Order) -> np.ndarray:
        if order == "agreement" and self.votes is not None:
            key = n_agreeing(self.votes)[indices]
        elif order == "label_prob":
            key = self.label_probs()[indices]  # NaN sorts last
        else:
            key = self.collection.rows[indices]
        return np.asarray(indices[np.argsort(key, kind="stable")])


def votes_of(collection: ImageCollection, table: VoteTable) -> tuple[np.ndarray, np.ndarray]:
    """Return the votes `(n, 8)` and the "not a face" votes `(n,)` of a collection's images.

    Raises:
        DataError: The votes are about other rows than the collection's.
    """
    if collection.files or collection.faces is None:
        raise DataError(
            f"{table.name} holds votes for the rows of FER2013's CSV, got {collection.name}. Use "
            "FER2013's CSV in its original row order."
        )
    counts = table.joined_to(collection.row_split_ids)
    return counts[collection.rows], table.not_face[collection.rows]
