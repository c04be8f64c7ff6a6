import hashlib
from dataclasses import replace

import numpy as np
import pytest

from fer_core.data.cleaning import clean
from fer_core.data.dataset import NO_ROW
from fer_core.data.selection import (
    RIGHT,
    WRONG,
    SelectedRow,
    read_leave_out,
    read_left_out,
    read_selection,
    selection_text,
)
from fer_core.errors import BadRowError, DataError, ModelError
from fer_core.expression.card import LEFT_OUT_FILE, CardDetails, LeftOut, Training
from fer_core.expression.model_folder import SHIPPED_MODELS, ModelFolder
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
    assert read_leave_out(path, FACES).rows.tolist() == [1, 3]


def test_with_decisions_the_rows_with_a_wrong_label_are_left_out(path):
    path.write_text("row,label,decision\n3,happy,wrong\n4,sad,right\n5,,\n6,neutral,Wrong\n")
    assert read_leave_out(path, FACES).rows.tolist() == [3, 6]


def test_training_loses_the_rows_and_the_report_counts_them():
    cleaned = clean(FACES, leave_out=np.array([3, 6]))
    assert not np.isin([3, 6], cleaned.train.rows).any()
    assert (cleaned.report.n_train, cleaned.report.n_left_out) == (12, 2)
    assert cleaned.report.sentences()[0] == "Training faces left out by a selection: 2."
    assert cleaned.shapes()[0].shape == (12, 48, 48, 1)


@pytest.mark.parametrize(
    ("text", "error", "reason"),
    [
        ("index\n3\n", DataError, r"wrong\.csv, line 1: expected a column row"),
        (
            "row\n3\n-1\n",
            BadRowError,
            r"wrong\.csv, line 3: expected a row number from 0, got '-1'",
        ),
        ("row\n1.5\n", BadRowError, "line 2: expected a row number from 0, got '1.5'"),
        ("row\n²\n", BadRowError, "line 2: expected a row number from 0"),
        ("row,decision\n3\n4,maybe\n", BadRowError, "line 3: expected a decision of wrong, right"),
        ("row\n99\n", BadRowError, "expected rows of the data, got 99, which it lacks"),
        ("row,label\n3,sad\n", BadRowError, "expected the label happy of row 3, got 'sad'"),
        ("", DataError, "is empty"),
    ],
)
def test_a_bad_selection_is_one_sentence(path, text, error, reason):
    path.write_text(text)
    with pytest.raises(error, match=reason):
        read_leave_out(path, FACES)


def test_rows_cannot_be_left_out_of_image_files(path):
    path.write_text("row\n0\n")
    faces = joined(FACES)
    faces.rows[:] = NO_ROW
    with pytest.raises(DataError, match="got faces from image files"):
        read_leave_out(path, faces)


def test_what_was_left_out_is_recorded_by_number_and_digest(path):
    path.write_text("row\n3\n15\n1\n")
    left_out = read_leave_out(path, FACES)
    assert left_out.content == path.read_bytes()
    assert left_out.record == LeftOut(2, hashlib.sha256(path.read_bytes()).hexdigest())


@pytest.fixture
def trained_without(tmp_path):
    """Return a models folder, and the card of a model there that was not trained on rows 1, 3."""
    models = ModelFolder(tmp_path)
    path = tmp_path / "plain" / LEFT_OUT_FILE
    path.parent.mkdir()
    path.write_text("row,label\n3,happy\n1,disgust\n")
    training = Training(left_out=read_leave_out(path, FACES).record)
    card = replace(SHIPPED_MODELS.card("plain"), details=CardDetails(training=training))
    return models, card


def test_the_rows_that_a_model_was_not_trained_on_are_known_from_its_folder(trained_without):
    models, card = trained_without
    assert read_left_out(card, FACES, models=models).tolist() == [1, 3]
    without_selection = replace(card, details=CardDetails())
    assert read_left_out(without_selection, FACES, models=models).tolist() == []


def test_other_data_did_not_train_the_model(trained_without):
    models, card = trained_without
    others = joined(FACES)
    others.label_ids[3] = 0
    assert read_left_out(card, others, models=models) is None
    assert read_left_out(card, FACES.split("PublicTest"), models=models) is None


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "cannot be read: No such file"), ("row\n3\n", "differs from")]
)
def test_a_missing_or_altered_selection_of_a_model_is_one_sentence(
    trained_without, content, reason
):
    models, card = trained_without
    path = models.path_of("plain") / LEFT_OUT_FILE
    path.unlink()
    if content is not None:
        path.write_text(content)
    with pytest.raises(ModelError, match=reason):
        read_left_out(card, FACES, models=models)
