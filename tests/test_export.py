import csv
import io
import json

import cv2
import numpy as np
import pytest

from fer_core.export import CSV_COLUMNS, encode_jpeg, to_csv, to_json
from fer_core.labels import FER2013_LABELS, VOTE_LABELS
from fer_core.records import error_record
from fer_core.results import Box, Expression, Face, FrameResult

READ = Face(
    Box(10.04, 20.06, 110.0, 140.0),
    detection_score=0.987654,
    roll_deg=-3.14159,
    expression=Expression.from_probs(("happy", "sad"), np.array([0.71236, 0.28764])),
)
UNREAD = Face(Box(0, 0, 8, 8), detection_score=0.5, reasons=("too small", "too dark"))


def record_of(*faces, source="a.jpg"):
    return FrameResult(width=640, height=480, faces=faces).to_dict(source=source)


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_json_comes_back_as_it_was_written():
    records = [record_of(READ, UNREAD, source="größe 😊.jpg"), error_record("b", "No.")]
    text = to_json(records)
    assert json.loads(text) == records
    assert "größe 😊.jpg" in text


def test_no_inputs_are_an_empty_json_list():
    assert json.loads(to_json([])) == []


@pytest.mark.parametrize("width", [float("nan"), float("inf")])
def test_json_refuses_numbers_that_are_not_finite(width):
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json([{**error_record("a", "b"), "width": width}])


def test_a_file_name_that_is_not_unicode_can_still_be_written():
    text = to_json([error_record("caf\udce9.jpg", "Broken: caf\udce9.")])
    assert json.loads(text.encode("utf-8"))[0]["source"] == "caf?.jpg"


def test_the_table_has_one_row_per_face_numbered_from_one():
    rows = rows_of(to_csv([record_of(READ, UNREAD)]))
    assert [row["face"] for row in rows] == ["1", "2"]
    assert rows[0]["x1"] == "10.0"
    assert (rows[0]["label"], rows[0]["said"], rows[0]["min_confidence"]) == (
        *("happy", "happy"),
        "0.0",
    )
    assert rows[0]["prob_sad"] == "0.2876"
    assert rows[1]["label"] == ""
    assert rows[1]["reasons"] == "too small; too dark"


def test_the_table_leaves_the_said_word_empty_for_a_face_that_is_not_sure():
    unsure = Expression.from_probs(("happy", "sad"), np.array([0.55, 0.45]), min_confidence=0.6)
    (row,) = rows_of(to_csv([record_of(Face(Box(0, 0, 9, 9), 1.0, expression=unsure))]))
    assert (row["label"], row["said"], row["min_confidence"]) == ("happy", "", "0.6")


def test_the_columns_are_the_same_whatever_was_found():
    for records in ([], [error_record("a", "No.")], [record_of(READ)]):
        assert tuple(to_csv(records).splitlines()[0].split(",")) == CSV_COLUMNS


def test_every_label_has_a_column_and_one_the_model_lacks_stays_empty():
    reading = Expression.from_probs(FER2013_LABELS, np.full(7, 1 / 7))
    (row,) = rows_of(to_csv([record_of(Face(Box(0, 0, 1, 1), 1.0, expression=reading))]))
    assert [row[f"prob_{label}"] for label in VOTE_LABELS] == ["0.1429"] * 7 + [""]


def test_inputs_without_faces_or_with_an_error_have_one_row_each():
    rows = rows_of(to_csv([record_of(), error_record("b.txt", "This is not a photo.")]))
    assert [(row["source"], row["width"], row["face"], row["error"]) for row in rows] == [
        ("a.jpg", "640", "", ""),
        ("b.txt", "", "", "This is not a photo."),
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_file_name_never_runs_as_a_formula(start):
    name = f'{start}HYPERLINK("http://x","y").jpg'
    (row,) = csv.DictReader(io.StringIO(to_csv([error_record(name, f"{name}: bad.")]), newline=""))
    assert row["source"] == f"'{name}"
    assert row["error"].startswith("'")


def test_negative_numbers_stay_numbers():
    (row,) = rows_of(to_csv([record_of(READ)]))
    assert float(row["roll_deg"]) == -3.1


def test_commas_quotes_and_line_breaks_in_a_name_stay_in_their_cell():
    name = 'a, "b"\nc.jpg'
    (row,) = csv.DictReader(io.StringIO(to_csv([error_record(name, "No.")]), newline=""))
    assert row["source"] == name


def test_a_label_without_a_column_is_refused():
    face = Face(Box(0, 0, 1, 1), 1.0, expression=Expression.from_probs(("bored",), np.array([1.0])))
    with pytest.raises(ValueError, match="prob_bored"):
        to_csv([record_of(face)])


def test_a_jpeg_shows_its_frame():
    frame_bgr = np.zeros((20, 30, 3), np.uint8)
    frame_bgr[:, 15:] = (200, 120, 40)
    decoded_bgr = cv2.imdecode(np.frombuffer(encode_jpeg(frame_bgr), np.uint8), cv2.IMREAD_COLOR)
    assert np.abs(decoded_bgr.astype(int) - frame_bgr).mean() < 3


@pytest.mark.parametrize(
    "frame",
    [np.zeros((2, 2), np.uint8), np.zeros((2, 2, 4), np.uint8), np.zeros((2, 2, 3), np.float32)],
)
def test_a_jpeg_of_anything_but_a_colour_frame_is_refused(frame):
    with pytest.raises(ValueError, match=r"uint8 frame \(height, width, 3\)"):
        encode_jpeg(frame)


@pytest.mark.parametrize("shape", [(0, 2, 3), (2, 0, 3)])
def test_a_jpeg_without_pixels_is_refused(shape):
    with pytest.raises(ValueError, match="at least one pixel"):
        encode_jpeg(np.zeros(shape, np.uint8))
