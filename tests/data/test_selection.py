import numpy as np
import pytest

from fer_core.data.cleaning import clean
from fer_core.data.dataset import NO_ROW
from fer_core.data.selection import (
    RIGHT,
    WRONG,
    SelectedRow,
    read_selection,
    rows_to_leave_out,
    selection_text,
)
from fer_core.errors import BadRowError, DataError
from tests.synthetic import joined, noise_faces

FACES = joined(noise_faces(14), noise_faces(7, split="PublicTest", seed=1))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "wrong.csv"


def test_a_selection_comes_back_as_it_was_written(path):
    rows = (SelectedRow(3, "happy", WRONG), SelectedRow(5, "surprise", RIGHT), SelectedRow(9))
    path.write_text(selection_text(rows))
    assert read_selection(path) == rows


def test_without_decisions_all_training_rows_are_left_out(path):
    path.write_text("note,Row\nx,3\ny,15\nz,1\n")  # 15 is of PublicTest, which stays
    assert rows_to_leave_out(path, FACES).tolist() == [1, 3]


def test_with_decisions_the_rows_with_a_wrong_label_are_left_out(path):
    path.write_text("row,label,decision\n3,happy,wrong\n4,sad,right\n5,,\n6,neutral,Wrong\n")
    assert rows_to_leave_out(path, FACES).tolist() == [3, 6]


def test_training_loses_the_rows_and_the_report_counts_them():
    cleaned = clean(FACES, leave_out=np.array([3, 6]))
    assert not np.isin([3, 6], cleaned.train.rows).any()
    assert (cleaned.report.n_train, cleaned.report.n_left_out) == (12, 2)
    assert cleaned.report.sentences()[0] == "Training faces left out by a selection: 2."
    assert cleaned.shapes()[0].shape == (12, 48, 48, 1)


@pytest.mark.parametrize(
    ("text", "error", "reason"),
    [
        ("index\n3\n", DataError, r"wrong\.csv, row 1: expected a column row"),
        ("row\n3\n-1\n", BadRowError, r"wrong\.csv, row 3: expected a row number from 0, got '-1'"),
        ("row\n1.5\n", BadRowError, "row 2: expected a row number from 0, got '1.5'"),
        ("row\n²\n", BadRowError, "row 2: expected a row number from 0"),
        ("row,decision\n3\n4,maybe\n", BadRowError, "row 3: expected a decision of wrong, right"),
        ("row\n99\n", BadRowError, "row 2: expected a row of the data, got 99, which it lacks"),
        ("row,label\n3,sad\n", BadRowError, "expected the label happy of row 3, got 'sad'"),
        ("", DataError, "is empty"),
    ],
)
def test_a_bad_selection_is_one_sentence(path, text, error, reason):
    path.write_text(text)
    with pytest.raises(error, match=reason):
        rows_to_leave_out(path, FACES)


def test_rows_cannot_be_left_out_of_image_files(path):
    path.write_text("row\n0\n")
    faces = joined(FACES)
    faces.rows[:] = NO_ROW
    with pytest.raises(DataError, match="got faces from image files"):
        rows_to_leave_out(path, faces)
