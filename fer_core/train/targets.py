"""Targets of training: labels, people's votes, and the answers of teachers (distillation)."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from fer_core.data.dataset import FaceDataset
from fer_core.data.face_size import crops_at
from fer_core.data.votes import vote_shares
from fer_core.expression.recognizer import ExpressionRecognizer, load_recognizer
from fer_core.labels import FER2013_LABELS, VOTE_LABELS
from fer_core.train.recipes import Recipe


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """Target answer of each face.

    Attributes:
        labels: `(n, 7)` float32, one-hot or blended.
        votes: `(n, 8)` float32, shares of votes; zeros where nobody voted.
    """

    labels: np.ndarray
    votes: np.ndarray

    def as_dict(self) -> dict[str, np.ndarray]:
        """Return the targets by the network's head."""
        return {"label": self.labels, "votes": self.votes}


def training_targets(recipe: Recipe, faces: FaceDataset, votes: np.ndarray | None) -> Targets:
    """Return the targets of faces that a recipe asks for.

    Args:
        recipe: Its label smoothing, its teachers and their share are used.
        faces: Labelled faces.
        votes: `(n_rows, 8)` votes of the whole file, or None.

    Raises:
        ModelNotFoundError: There is no model of a teacher's name.
    """
    targets = targets_of(faces, votes, smoothing=recipe.label_smoothing)
    teachers = tuple(load_recognizer(model_id) for model_id in recipe.teachers)
    if not teachers:
        return targets
    return distilled(targets, teachers, faces.pixels, share=recipe.teacher_share)


def targets_of(faces: FaceDataset, votes: np.ndarray | None, *, smoothing: float) -> Targets:
    """Return the targets of faces; rows without votes are zeros, which the loss ignores.

    Args:
        faces: Labelled faces.
        votes: `(n_rows, 8)` votes of the whole file, or None.
        smoothing: Share of each label spread over all labels, in `[0, 1)`.
    """
    n_labels = len(FER2013_LABELS)
    one_hot = np.eye(n_labels, dtype=np.float32)[faces.label_ids]
    shares = (
        np.zeros((len(faces), len(VOTE_LABELS)), dtype=np.float32)
        if votes is None
        else vote_shares(votes, faces.rows)
    )
    return Targets(one_hot * (1 - smoothing) + smoothing / n_labels, shares)


def distilled(
    targets: Targets,
    teachers: tuple[ExpressionRecognizer, ...],
    crops: np.ndarray,
    *,
    share: float,
) -> Targets:
    """Return targets mixed with the teachers' mean answer for the faces and their mirror images.

    Args:
        targets: Targets from labels and votes.
        teachers: At least one, each with both heads.
        crops: The faces, `(n, size, size)` uint8.
        share: Share of the teachers, in `[0, 1]`.

    Source: distillation, Hinton et al. 2015, arXiv 1503.02531, with temperature 1.
    """
    views = (crops, np.ascontiguousarray(crops[:, :, ::-1]))
    with ThreadPoolExecutor() as pool:  # LiteRT releases Python's lock while it computes
        answers = list(pool.map(lambda job: _answer(*job), itertools.product(teachers, views)))
    labels, votes = (
        np.mean([answer[head] for answer in answers], axis=0) for head in ("label", "votes")
    )
    return mixed(targets, Targets(labels, votes), share=share)


def _answer(teacher: ExpressionRecognizer, crops: np.ndarray) -> dict[str, np.ndarray]:
    return teacher.predict_heads(crops_at(crops, teacher.card.input_size))


def mixed(targets: Targets, answers: Targets, *, share: float) -> Targets:
    """Return targets mixed with answers; where nobody voted, the answer is the whole target.

    Args:
        targets: Targets from labels and votes.
        answers: Answers for the same faces.
        share: Share of the answers, in `[0, 1]`.
    """
    has_votes = targets.votes.any(axis=1, keepdims=True)
    mixed_votes = (1 - share) * targets.votes + share * answers.votes
    return Targets(
        ((1 - share) * targets.labels + share * answers.labels).astype(np.float32),
        np.where(has_votes, mixed_votes, answers.votes).astype(np.float32),
    )


def with_own_answers(targets: Targets, answers: Targets, *, share: float) -> Targets:
    """Return targets mixed with what the network itself answered earlier for the faces.

    FER2013's labels are often wrong, and a network finds many of these out before it learns them by
    heart. The votes are shares already, so they are mixed with half as much.

    Args:
        targets: Targets from labels and votes; a row of zeros stays one.
        answers: Earlier answers of the network for the same faces.
        share: Share of the answers in the labels, in `[0, 1]`.

    Source: self-adaptive training, Huang et al. 2020, arXiv 2002.10319.
    """
    has_votes = targets.votes.any(axis=1, keepdims=True)
    return Targets(
        ((1 - share) * targets.labels + share * answers.labels).astype(np.float32),
        (has_votes * ((1 - share / 2) * targets.votes + share / 2 * answers.votes)).astype(
            np.float32
        ),
    )
