from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest

from fer_core.errors import ModelNotFoundError
from fer_core.labels import FER2013_LABELS, VOTE_LABELS
from fer_core.train.networks import plain
from fer_core.train.recipes import RECIPES, Recipe
from fer_core.train.targets import (
    Targets,
    distilled,
    targets_of,
    training_targets,
    with_own_answers,
)
from tests.synthetic import noise_faces

FACES = noise_faces(50)


class Teacher:
    """Answers `happy` for faces that are bright on the left, and `sad` for others."""

    card = SimpleNamespace(input_size=48)

    def predict_heads(self, crops: np.ndarray) -> dict[str, np.ndarray]:
        assert crops.shape[1:] == (48, 48)
        answer = np.where(crops[:, :, :24].mean(axis=(1, 2)) > 128, 3, 4)
        return {
            head: np.eye(len(labels), dtype=np.float32)[answer]
            for head, labels in (("label", FER2013_LABELS), ("votes", VOTE_LABELS))
        }


def test_label_smoothing_spreads_a_share_over_all_labels():
    labels = targets_of(FACES, None, smoothing=0.07).labels
    assert labels[0] == pytest.approx([0.94] + [0.01] * 6)


def test_votes_are_joined_by_row_number():
    votes = np.zeros((50, 8), int)
    votes[49, 7] = 4
    targets = targets_of(FACES.select(np.array([49, 0])), votes, smoothing=0.0)
    assert targets.votes[0].tolist() == [0] * 7 + [1]
    assert not targets.votes[1].any()


def test_a_teacher_has_its_share_and_also_classifies_the_mirrored_face():
    crops = np.zeros((2, 48, 48), np.uint8)
    crops[0] = 200  # bright on both sides
    crops[1, :, :24] = 200  # bright on one side: happy, and sad when mirrored
    labels = np.eye(7, dtype=np.float32)[[0, 0]]
    votes = np.zeros((2, 8), np.float32)
    votes[0, 6] = 1.0  # nobody voted on the second face
    targets = distilled(Targets(labels, votes), (Teacher(),), crops, share=0.25)
    assert targets.labels[0].tolist() == [0.75, 0, 0, 0.25, 0, 0, 0]
    assert targets.labels[1].tolist() == [0.75, 0, 0, 0.125, 0.125, 0, 0]
    assert targets.votes[0].tolist() == [0, 0, 0, 0.25, 0, 0, 0.75, 0]
    assert targets.votes[1].tolist() == [0, 0, 0, 0.5, 0.5, 0, 0, 0]


def test_a_teacher_of_another_size_gets_the_faces_at_its_size():
    crops = np.full((1, 96, 96), 200, np.uint8)
    targets = Targets(np.eye(7, dtype=np.float32)[[0]], np.zeros((1, 8), np.float32))
    assert distilled(targets, (Teacher(),), crops, share=1.0).labels.argmax() == 3


def test_without_teachers_the_targets_come_from_labels_and_votes_alone():
    recipe = replace(RECIPES["best"], teachers=(), label_smoothing=0.07)
    targets = training_targets(recipe, FACES, None)
    assert targets.labels[0] == pytest.approx([0.94] + [0.01] * 6)


def test_a_teacher_that_does_not_exist_is_named():
    recipe = replace(RECIPES["best"], teachers=("nobody",))
    with pytest.raises(ModelNotFoundError, match="No model 'nobody'"):
        training_targets(recipe, FACES, None)


def test_own_answers_are_mixed_into_labels_and_half_as_much_into_votes():
    targets = Targets(
        np.array([[1, 0], [1, 0]], np.float32), np.array([[1, 0], [0, 0]], np.float32)
    )
    answers = Targets(
        np.array([[0, 1], [0, 1]], np.float32), np.array([[0, 1], [0, 1]], np.float32)
    )
    mixed = with_own_answers(targets, answers, share=0.4)
    assert mixed.labels == pytest.approx(np.array([[0.6, 0.4], [0.6, 0.4]]))
    assert mixed.votes == pytest.approx(np.array([[0.8, 0.2], [0.0, 0.0]]))  # nobody voted


@pytest.mark.parametrize(
    ("epoch", "share"), [(0, 0), (15, 0), (30, 0.3 / 0.7 * 0.4), (50, 0.4), (99, 0.4)]
)
def test_the_share_of_own_answers_rises_with_the_epochs(epoch, share):
    recipe = Recipe(summary="", build=partial(plain, widths=(4,)), cycles=(100,), own_share=0.4)
    assert recipe.own_share_at(epoch) == pytest.approx(share, abs=1e-9)
