"""Tables of samples: what is read, what is left out, and what a bad row or file says."""

import gzip

import pytest

from fer_core.data.valence_table import ValenceColumns, read_valence_table
from fer_core.errors import DataError

HEADER = "label,person,face_x,body_y,note"
GOOD = (HEADER, "positive,ann,0.5,2,a", "Sad,ben,-1,3,b")


def written(path, *rows):
    path.write_text("\n".join(rows) + "\n")
    return path


@pytest.fixture
def path(tmp_path):
    return tmp_path / "samples.csv"


def test_sides_and_expressions_are_labels_and_the_face_comes_first(path):
    table = read_valence_table(written(path, *GOOD))
    assert table.is_positive.tolist() == [True, False]
    assert table.persons.tolist() == ["ann", "ben"]
    assert table.columns == ("face_x", "body_y")
    assert table.values.tolist() == [[0.5, 2], [-1, 3]]


def test_neutral_and_surprised_samples_are_left_out_and_counted(path):
    table = read_valence_table(written(path, *GOOD, "neutral,ann,0,0,", "Surprise,ann,0,0,"))
    assert len(table.is_positive) == 2
    assert table.n_left_out == 2


def test_other_columns_are_named(path):
    written(path, "emotion,actor,Hips_speed,Head_speed", "Happy,1,2,3", "Angry,2,4,5")
    columns = ValenceColumns("emotion", "actor", face=(), body=("Hips_*",))
    table = read_valence_table(path, columns=columns)
    assert table.body_columns == ("Hips_speed",)
    assert table.face_columns == ()


def test_a_column_that_fits_both_patterns_is_the_faces_and_labels_are_never_numbers(path):
    written(path, "label,person,x", "happy,1,2", "sad,2,4")
    table = read_valence_table(path, columns=ValenceColumns(face=("*",), body=("*",)))
    assert (table.face_columns, table.body_columns) == (("x",), ())


def test_a_packed_table_is_read(tmp_path):
    path = tmp_path / "samples.csv.gz"
    path.write_bytes(gzip.compress("\n".join(GOOD).encode()))
    assert len(read_valence_table(path).is_positive) == 2


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("bored,ann,1,1,", "expected positive, negative or an expression, got 'bored'"),
        ("happy,ann,much,1,", "expected a number, got 'much'"),
        ("happy,ann,1,nan,", "expected a number, got 'nan'"),
        ("happy,,1,1,", "expected the name or number of a person"),
        ("happy,ann,1", "expected at least 4 cells, got 3"),
    ],
)
def test_a_bad_row_is_reported_by_its_line_and_the_others_stay(path, row, reason):
    table = read_valence_table(written(path, *GOOD, row, "happy,eve,1,1,"))
    assert len(table.is_positive) == 3
    (error,) = table.bad_rows
    assert str(error).startswith(f"samples.csv, line 4: {reason}")


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (("label,name,face_x", "happy,1,2"), "expected a column person, got 'label', 'name'"),
        (("label,person,x", "happy,1,2"), r"columns of numbers like face_\*, body_\*, got none"),
        ((HEADER, "happy,1,2,3,"), "got 1 positive and 0 negative ones"),
        ((HEADER, "joyous,1,2,3,"), "0 positive and 0 negative ones. samples.csv, line 2"),
    ],
)
def test_a_table_that_cannot_be_used_is_one_sentence(path, rows, reason):
    with pytest.raises(DataError, match=reason):
        read_valence_table(written(path, *rows))
