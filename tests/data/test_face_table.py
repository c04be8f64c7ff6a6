"""Filters and orders over a collection of five drawn faces."""

import numpy as np
import pytest

from fer_core.data.collection import ImageCollection
from fer_core.data.dataset import SPLITS, FaceDataset
from fer_core.data.face_table import NO_LEADER, FaceFilter, FaceTable, votes_of
from fer_core.data.votes import VoteTable
from fer_core.errors import DataError
from fer_core.labels import VOTE_LABELS

LABELS = ("happy", "fear", "bored")
ROWS = np.array([10, 11, 12, 13, 14])


def votes(*faces):
    table = np.zeros((len(faces), len(VOTE_LABELS)), dtype=np.int64)
    for row, counts in zip(table, faces, strict=True):
        for label, count in counts.items():
            row[VOTE_LABELS.index(label)] = count
    return table


def collection(*, files=(), faces=None):
    return ImageCollection(
        name="five.csv",
        labels=LABELS,
        splits=("Training", "PublicTest"),
        thumbnails=np.arange(5 * 4, dtype=np.uint8).reshape(5, 2, 2),
        label_ids=np.array([0, 0, 1, 1, 2]),
        split_ids=np.array([0, 1, 0, 1, 0]),
        rows=ROWS,
        files=files,
        sizes=np.full((5, 2), 2, dtype=np.int32),
        is_color=np.zeros(5, dtype=bool),
        n_rows=15,
        faces=faces,
    )


@pytest.fixture
def table():
    """Return a table whose last image the model and people do not know."""
    probs = np.full((5, 7), np.nan, dtype=np.float32)
    probs[:4] = 0.05
    probs[0, 3] = probs[1, 2] = probs[2, 2] = probs[3, 5] = 0.7  # happy, fear, fear, surprise
    return FaceTable(
        collection(),
        votes(
            {"happy": 9, "neutral": 1},
            {"happy": 6, "fear": 3},
            {"fear": 4, "surprise": 4},
            {"surprise": 7, "fear": 2},
            {},
        ),
        np.zeros(5, dtype=np.int64),
        probs,
    )


@pytest.mark.parametrize(
    ("wanted", "rows"),
    [
        (FaceFilter(), [10, 11, 12, 13, 14]),
        (FaceFilter(split="PublicTest"), [11, 13]),
        (FaceFilter(label="fear"), [12, 13]),
        (FaceFilter(leader="happy"), [10, 11]),
        (FaceFilter(leader=NO_LEADER), [12, 14]),
        (FaceFilter(min_agreeing=6, max_agreeing=7), [11, 13]),
        (FaceFilter(is_right=True), [10, 12]),
        (FaceFilter(is_right=False), [11, 13]),
        (FaceFilter(label="fear", is_right=False, leader="surprise"), [13]),
        (FaceFilter(label="bored", is_right=False), []),
        (FaceFilter(order="agreement"), [14, 12, 11, 13, 10]),
        (FaceFilter(order="label_prob", label="happy"), [11, 10]),
        (FaceFilter(order="label_prob"), [11, 13, 10, 12, 14]),
    ],
)
def test_a_filter_gives_its_faces_in_its_order(table, wanted, rows):
    assert ROWS[table.matching(wanted)].tolist() == rows


def test_without_votes_and_answers_of_a_model_only_split_and_label_select():
    table = FaceTable(collection())
    assert len(table.matching(FaceFilter(min_agreeing=9))) == 5
    assert len(table.matching(FaceFilter(is_right=True))) == 0
    assert len(table.matching(FaceFilter(leader="happy"))) == 0
    assert table.matching(FaceFilter(order="agreement")).tolist() == [0, 1, 2, 3, 4]


def test_the_probability_of_a_further_class_is_not_known(table):
    assert np.isnan(table.label_probs()[4])
    assert table.model_words().tolist() == [3, 2, 2, 5, -1]


def test_columns_of_another_length_are_refused():
    with pytest.raises(ValueError, match=r"probs of shape \(5, 7\)"):
        FaceTable(collection(), probs=np.zeros((4, 7), dtype=np.float32))
    with pytest.raises(ValueError, match="together"):
        FaceTable(collection(), votes=np.zeros((5, 8), dtype=np.int64))


def test_votes_are_joined_by_row_also_where_images_are_of_further_classes():
    faces = FaceDataset(
        np.zeros((4, 48, 48), np.uint8), np.zeros(4, int), np.array([0, 1, 0, 1]), ROWS[:4]
    )
    counts = np.arange(15 * 8).reshape(15, 8)
    split_ids = np.array([0] * 11 + [1, 0, 1, 0])
    stored = VoteTable("votes.csv", counts, split_ids, np.zeros(15, int), np.arange(15))
    joined, not_face = votes_of(collection(faces=faces), stored)
    assert joined.tolist() == counts[ROWS].tolist()
    assert not_face.tolist() == ROWS.tolist()
    moved = VoteTable("votes.csv", counts, 1 - split_ids, np.zeros(15, int), np.arange(15))
    with pytest.raises(DataError, match=f"expected the Usage of the face, {SPLITS[0]}"):
        votes_of(collection(faces=faces), moved)


def test_votes_do_not_belong_to_image_files():
    none = np.zeros(5, int)
    stored = VoteTable("votes.csv", np.zeros((5, 8), int), none, none, none)
    with pytest.raises(DataError, match="the rows of FER2013's CSV"):
        votes_of(collection(files=tuple("abcde")), stored)


def test_no_face_is_what_more_people_say_than_anything_else():
    table = FaceTable(
        collection(),
        votes({"sad": 4}, {"sad": 5}, {}, {"happy": 3, "sad": 3}, {}),
        np.array([5, 5, 4, 4, 10]),
    )
    assert table.is_not_face().tolist() == [True, False, False, True, True]
    assert not FaceTable(collection()).is_not_face().any()
