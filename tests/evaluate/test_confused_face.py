"""A face that shows a confusion, chosen with a network that reads brightness."""

from types import SimpleNamespace

import numpy as np
import pytest

from fer_core.data.dataset import FaceDataset
from fer_core.evaluate.confused_face import confused_row
from fer_core.labels import FER2013_LABELS

FEAR = FER2013_LABELS.index("fear")
BY_LEVEL = {10: "fear", 20: "sad", 30: "angry"}  # what the network says of a grey level


class Reader:
    """A recognizer that says what `BY_LEVEL` has for the grey level of a crop."""

    def __init__(self, size: int = 48) -> None:
        self.card = SimpleNamespace(
            heads={"label": FER2013_LABELS}, reading_head="label", input_size=size
        )

    def predict_reading(self, crops: np.ndarray) -> np.ndarray:
        assert crops.shape[1:] == (self.card.input_size,) * 2
        words = [BY_LEVEL[int(crop[0, 0])] for crop in crops]
        return np.eye(7, dtype=np.float32)[[FER2013_LABELS.index(word) for word in words]]


def faces_of(levels, *, labels=None, splits=None) -> FaceDataset:
    n = len(levels)
    pixels = np.zeros((n, 48, 48), np.uint8) + np.array(levels, np.uint8)[:, None, None]
    label_ids = np.array(labels if labels is not None else [FEAR] * n)
    split_ids = np.array(splits if splits is not None else [1] * n)
    return FaceDataset(pixels, label_ids, split_ids, np.arange(n) + 100)


def row_of(faces, *, size=48, n_saying=None):
    votes = None if n_saying is None else np.array(n_saying)
    return confused_row(Reader(size), faces, label="fear", instead="sad", n_saying=votes)


def test_it_is_read_as_the_wanted_word_and_most_people_see_the_label():
    assert row_of(faces_of([10, 20, 30, 20]), n_saying=[9, 2, 8, 3]) == 103


@pytest.mark.parametrize(("levels", "row"), [([10, 30, 10], 101), ([10, 10], 100)])
def test_another_wrong_word_will_do_and_at_last_the_right_one(levels, row):
    assert row_of(faces_of(levels)) == row


def test_a_training_face_counts_only_where_there_is_no_other():
    assert row_of(faces_of([20, 10], splits=[0, 1])) == 101
    assert row_of(faces_of([10, 20], splits=[0, 0])) == 101


def test_faces_with_other_labels_do_not_count():
    assert row_of(faces_of([20, 20], labels=[0, FEAR])) == 101
    assert row_of(faces_of([20], labels=[0])) is None


def test_crops_have_the_network_s_size():
    assert row_of(faces_of([10, 20]), size=96) == 101
