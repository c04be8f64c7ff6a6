from pathlib import Path

import pytest

from fer_core.data.posture_labels import read_posture_labels
from fer_core.errors import BadRowError, DataError

HEADER = "source,time_s,x,y,w,h,standing,head_down"
LABELS = Path(__file__).parents[1] / "body" / "posture_labels.csv"


def file_of(folder, *rows, header=HEADER):
    path = folder / "labels.csv"
    path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return path


def test_a_row_is_a_person_with_an_answer_per_posture(tmp_path):
    path = file_of(tmp_path, "a.jpg,,10,20,30,40,yes,unclear", "b.mp4,1.5,0,0,1,2,no,no")
    photo, frame = read_posture_labels(path)
    assert (photo.source, photo.time_s, photo.xyxy.tolist()) == ("a.jpg", None, [10, 20, 40, 60])
    assert photo.answers == {"standing": True, "head down": None}
    assert (frame.source, frame.time_s) == ("b.mp4", 1.5)
    assert frame.answers == {"standing": False, "head down": False}


def test_the_labels_of_this_repository_can_be_read():
    samples = read_posture_labels(LABELS)
    assert len(samples) == 64
    assert list(samples[0].answers) == [
        *("standing", "turned aside", "head turned away", "head down", "both hands visible")
    ]


@pytest.mark.parametrize(
    "row",
    [
        "a.jpg,,10,20,30,40,yes,maybe",
        "a.jpg,,10,20,30,40,yes",
        "a.jpg,,10,20,0,40,yes,no",
        "a.jpg,,10,,30,40,yes,no",
        "a.jpg,,nan,20,30,40,yes,no",
        "a.jpg,-1,10,20,30,40,yes,no",
        "a.jpg,soon,10,20,30,40,yes,no",
        ",,10,20,30,40,yes,no",
    ],
)
def test_a_row_with_another_value_is_reported_with_its_line(tmp_path, row):
    path = file_of(tmp_path, "a.jpg,,10,20,30,40,yes,no", row)
    with pytest.raises(BadRowError, match=r"labels\.csv, line 3: expected a name"):
        read_posture_labels(path)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("source,x,y,w,h,standing", "expected the columns source,time_s,x,y,w,h"),
        ("source,time_s,x,y,w,h", "one per posture"),
        ("source,time_s,x,y,w,h,standing,asleep", "got asleep"),
        ("", "got none"),
    ],
)
def test_a_file_without_the_columns_is_refused(tmp_path, header, message):
    with pytest.raises(DataError, match=message):
        read_posture_labels(file_of(tmp_path, "a.jpg,,10,20,30,40,yes,no", header=header))


def test_a_file_without_rows_and_one_that_is_missing_are_refused(tmp_path):
    with pytest.raises(DataError, match="holds no row"):
        read_posture_labels(file_of(tmp_path))
    with pytest.raises(DataError, match="cannot be read as a CSV"):
        read_posture_labels(tmp_path / "nothing.csv")
