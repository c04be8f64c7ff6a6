import csv
import io
import json

import numpy as np
import pytest

from fer_core.export import (
    CSV_COLUMNS,
    encode_jpeg,
    error_to_dict,
    result_to_dict,
    to_csv,
    to_json,
)
from fer_core.labels import FER2013_LABELS, VOTE_LABELS
from fer_core.results import Box, Expression, Face, FrameResult

READ = Face(
    Box(10.04, 20.06, 110.0, 140.0),
    detection_score=0.987654,
    roll_deg=-3.14159,
    expression=Expression.from_probs(("happy", "sad"), np.array([0.71236, 0.28764])),
)
UNREAD = Face(Box(0, 0, 8, 8), detection_score=0.5, reasons=("too small", "too dark"))


def frame_result(*faces):
    return FrameResult(width=640, height=480, faces=faces, stage_ms={"faces": 12.0})


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_a_picture_becomes_the_record_that_other_programs_rely_on():
    assert result_to_dict("a.jpg", frame_result(READ)) == {
        "source": "a.jpg",
        "width": 640,
        "height": 480,
        "faces": [
            {
                "box": [10.0, 20.1, 110.0, 140.0],
                "detection_score": 0.9877,
                "roll_deg": -3.1,
                "expression": {
                    "label": "happy",
                    "confidence": 0.7124,
                    "probs": {"happy": 0.7124, "sad": 0.2876},
                },
                "reasons": [],
            }
        ],
        "error": None,
    }


def test_a_face_that_was_not_read_says_why():
    (face,) = result_to_dict("a.jpg", frame_result(UNREAD))["faces"]
    assert face["expression"] is None
    assert face["reasons"] == ["too small", "too dark"]


def test_faces_keep_their_order():
    record = result_to_dict("a.jpg", frame_result(READ, UNREAD, READ))
    assert [face["box"][0] for face in record["faces"]] == [10.0, 0.0, 10.0]


def test_no_face_is_an_empty_list_and_no_error():
    record = result_to_dict("a.jpg", frame_result())
    assert record["faces"] == []
    assert record["error"] is None


def test_an_unreadable_input_has_the_same_keys_and_a_sentence():
    record = error_to_dict("a.txt", "Not a picture.")
    assert record.keys() == result_to_dict("a.jpg", frame_result()).keys()
    assert record["error"] == "Not a picture."
    assert record["width"] is record["height"] is None


@pytest.mark.parametrize("seed", range(20))
def test_rounded_shares_still_sum_to_one(seed):
    probs = np.random.default_rng(seed).dirichlet(np.full(len(VOTE_LABELS), 0.5))
    face = Face(Box(0, 0, 1, 1), 1.0, expression=Expression.from_probs(VOTE_LABELS, probs * 1.0009))
    expression = result_to_dict("a", frame_result(face))["faces"][0]["expression"]
    assert sum(expression["probs"].values()) == pytest.approx(1.0, abs=4e-4)
    assert expression["confidence"] == expression["probs"][expression["label"]]
    assert max(expression["probs"].values()) <= 1.0


def test_json_comes_back_as_it_went():
    records = [
        result_to_dict("größe 😊.jpg", frame_result(READ, UNREAD)),
        error_to_dict("b", "No."),
    ]
    text = to_json(records)
    assert json.loads(text) == records
    assert "größe 😊.jpg" in text


def test_no_inputs_are_an_empty_json_list():
    assert json.loads(to_json([])) == []


@pytest.mark.parametrize("width", [float("nan"), float("inf")])
def test_json_never_holds_what_is_no_number(width):
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json([{**error_to_dict("a", "b"), "width": width}])


def test_a_file_name_that_is_no_unicode_can_still_be_written():
    text = to_json([error_to_dict("caf\udce9.jpg", "Broken: caf\udce9.")])
    assert json.loads(text.encode("utf-8"))[0]["source"] == "caf?.jpg"


def test_numbers_of_numpy_are_written_like_any_other():
    face = Face(Box(*np.float32([1, 2, 3, 4])), np.float32(0.5), np.float64(2.0))
    assert json.loads(to_json([result_to_dict("a", frame_result(face))]))[0]["faces"][0]["box"] == [
        1.0,
        2.0,
        3.0,
        4.0,
    ]


def test_the_table_has_one_row_per_face_numbered_from_one():
    rows = rows_of(to_csv([result_to_dict("a.jpg", frame_result(READ, UNREAD))]))
    assert [row["face"] for row in rows] == ["1", "2"]
    assert rows[0]["x1"] == "10.0"
    assert rows[0]["label"] == "happy"
    assert rows[0]["prob_sad"] == "0.2876"
    assert rows[1]["label"] == ""
    assert rows[1]["reasons"] == "too small; too dark"


def test_the_columns_are_the_same_whatever_was_found():
    for records in ([], [error_to_dict("a", "No.")], [result_to_dict("a", frame_result(READ))]):
        assert tuple(to_csv(records).splitlines()[0].split(",")) == CSV_COLUMNS


def test_every_label_has_a_column_and_one_the_model_lacks_stays_empty():
    reading = Expression.from_probs(FER2013_LABELS, np.full(7, 1 / 7))
    face = Face(Box(0, 0, 1, 1), 1.0, expression=reading)
    (row,) = rows_of(to_csv([result_to_dict("a", frame_result(face))]))
    assert [row[f"prob_{label}"] for label in VOTE_LABELS] == ["0.1429"] * 7 + [""]


def test_inputs_without_faces_or_with_an_error_have_one_row_each():
    records = [result_to_dict("a.jpg", frame_result()), error_to_dict("b.txt", "Not a picture.")]
    rows = rows_of(to_csv(records))
    assert [(row["source"], row["width"], row["face"], row["error"]) for row in rows] == [
        ("a.jpg", "640", "", ""),
        ("b.txt", "", "", "Not a picture."),
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_file_name_never_runs_as_a_formula(start):
    name = f'{start}HYPERLINK("http://x","y").jpg'
    (row,) = csv.DictReader(io.StringIO(to_csv([error_to_dict(name, f"{name}: bad.")]), newline=""))
    assert row["source"] == f"'{name}"
    assert row["error"].startswith("'")


def test_negative_numbers_stay_numbers():
    (row,) = rows_of(to_csv([result_to_dict("a", frame_result(READ))]))
    assert float(row["roll_deg"]) == -3.1


def test_commas_quotes_and_line_breaks_in_a_name_stay_in_their_cell():
    name = 'a, "b"\nc.jpg'
    (row,) = csv.DictReader(io.StringIO(to_csv([error_to_dict(name, "No.")]), newline=""))
    assert row["source"] == name


def test_a_label_without_a_column_is_refused():
    face = Face(Box(0, 0, 1, 1), 1.0, expression=Expression.from_probs(("bored",), np.array([1.0])))
    with pytest.raises(ValueError, match="prob_bored"):
        to_csv([result_to_dict("a", frame_result(face))])


def noise_bgr():
    return np.random.default_rng(1).integers(0, 256, (20, 30, 3), dtype=np.uint8)


def test_a_jpeg_shrinks_with_its_quality():
    assert encode_jpeg(noise_bgr()).startswith(b"\xff\xd8\xff")
    assert len(encode_jpeg(noise_bgr(), quality=10)) < len(encode_jpeg(noise_bgr(), quality=95))


@pytest.mark.parametrize("quality", [0, 101])
def test_a_jpeg_quality_out_of_range_is_refused(quality):
    with pytest.raises(ValueError, match="between 1 and 100"):
        encode_jpeg(noise_bgr(), quality=quality)


@pytest.mark.parametrize(
    "frame",
    [np.zeros((2, 2), np.uint8), np.zeros((2, 2, 4), np.uint8), np.zeros((2, 2, 3), np.float32)],
)
def test_what_is_no_frame_is_refused(frame):
    with pytest.raises(ValueError, match=r"uint8 frame \(height, width, 3\)"):
        encode_jpeg(frame)


@pytest.mark.parametrize("shape", [(0, 2, 3), (2, 0, 3)])
def test_a_frame_without_pixels_is_refused(shape):
    with pytest.raises(ValueError, match="at least one pixel"):
        encode_jpeg(np.zeros(shape, np.uint8))
