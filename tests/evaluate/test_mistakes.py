import numpy as np
import pytest

from fer_core.data.dataset import NO_ROW, FaceDataset
from fer_core.errors import DataError
from fer_core.evaluate.mistakes import Mistake, find_mistakes
from fer_core.labels import FER2013_LABELS
from tests.synthetic import noise_faces

PIXELS = np.zeros((48, 48), dtype=np.uint8)


class SecondPixel:
    """A recogniser: the first pixel is its label, the second one the percentage of it."""

    def predict_probs(self, crops: np.ndarray, *, head: str) -> np.ndarray:
        assert head == "label"
        leading = crops[:, 0, 1:2] / 100
        said = np.eye(len(FER2013_LABELS))[crops[:, 0, 0]]
        return said * leading + (1 - said) * (1 - leading) / (len(FER2013_LABELS) - 1)


def faces_answered_as(*answers: tuple[int, int]) -> FaceDataset:
    """Return faces labelled 0, 1, 2, ... with the label and the percentage to answer."""
    faces = noise_faces(len(answers), split="PublicTest")
    faces.pixels[:, 0, :2] = np.array(answers).reshape(-1, 2)
    return faces


def test_the_worst_mistake_comes_first_and_a_right_answer_is_none():
    faces = faces_answered_as((0, 99), (0, 40), (0, 94), (0, 70))
    found = find_mistakes(SecondPixel(), faces, n_worst=2)
    assert (found.n_faces, found.n_wrong) == (4, 3)
    assert [(m.label, m.predicted, m.predicted_prob) for m in found.worst] == [
        ("fear", "angry", 0.94),
        ("happy", "angry", 0.7),
    ]
    assert found.worst[0].label_prob == pytest.approx(0.01)
    assert found.worst[0].pixels.tolist() == faces.pixels[2].tolist()
    assert found.worst[0].votes is None
    assert [mistake.row for mistake in found.worst] == [2, 3]


def test_a_face_of_an_image_file_has_no_row():
    faces = faces_answered_as((1, 99))
    folder = FaceDataset(faces.pixels, faces.label_ids, faces.split_ids, faces.rows * 0 + NO_ROW)
    assert find_mistakes(SecondPixel(), folder, n_worst=1).worst[0].row is None


@pytest.mark.parametrize("answers", [(), ((0, 99), (1, 99))], ids=["no faces", "no mistakes"])
def test_without_mistakes_there_is_no_worst_one(answers):
    found = find_mistakes(SecondPixel(), faces_answered_as(*answers), n_worst=5)
    assert (found.n_faces, found.n_wrong, found.worst) == (len(answers), 0, ())


def test_a_face_gets_the_votes_of_its_row_the_most_frequent_first():
    faces = faces_answered_as((0, 99), (0, 99)).select(np.array([1]))
    votes = np.array([[10, 0, 0, 0, 0, 0, 0, 0], [6, 3, 0, 0, 0, 0, 0, 1]])
    found = find_mistakes(SecondPixel(), faces, n_worst=1, votes=votes)
    assert list(found.worst[0].votes.items()) == [("angry", 6), ("disgust", 3), ("contempt", 1)]
    assert (found.n_with_votes, found.n_people_agree) == (1, 1)


@pytest.mark.parametrize(
    ("votes", "leading"),
    [
        ({"sad": 6, "fear": 4}, ("sad",)),
        ({"sad": 5, "fear": 5}, ("sad", "fear")),
        ({}, ()),
        (None, ()),
    ],
)
def test_the_leading_vote_is_one_label_or_several_or_none(votes, leading):
    mistake = Mistake(PIXELS, "fear", 0.1, "sad", 0.8, votes)
    assert mistake.leading_votes == leading


def test_progress_reaches_the_end_in_small_steps():
    shares = []
    faces = faces_answered_as(*[(0, 50)] * 70)
    find_mistakes(SecondPixel(), faces, n_worst=1, on_progress=shares.append)
    assert shares == pytest.approx([32 / 70, 64 / 70, 1.0])


def test_votes_of_another_file_are_refused_before_any_face_is_classified():
    faces = faces_answered_as((0, 50))
    folder = FaceDataset(faces.pixels, faces.label_ids, faces.split_ids, faces.rows * 0 + NO_ROW)
    with pytest.raises(DataError, match="got faces from image files"):
        find_mistakes(
            SecondPixel(), folder, n_worst=1, votes=np.zeros((1, 8)), on_progress=pytest.fail
        )
