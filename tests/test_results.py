import dataclasses
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from fer_core.labels import VOTE_LABELS
from fer_core.results import Box, Expression, Face, FrameResult


def expression(*probs, min_confidence=0.0):
    return Expression.from_probs(
        ("happy", "sad", "fear")[: len(probs)], np.array(probs), min_confidence=min_confidence
    )


SURE = expression(0.94, 0.06)
NOT_SURE = expression(0.2, 0.45, 0.35, min_confidence=0.5)
BOX = Box(10.04, 20.06, 110.0, 140.0)


def test_a_box_may_extend_beyond_the_edge_of_its_frame():
    assert Box(-5.0, -5.0, 3.0, 3.0).as_tuple() == (-5.0, -5.0, 3.0, 3.0)


@pytest.mark.parametrize(
    "edges", [(0, 0, 0, 1), (0, 0, 1, 0), (2, 0, 1, 1), (0, 0, float("nan"), 1)]
)
def test_a_box_without_area_is_refused(edges):
    with pytest.raises(ValueError, match="x2 > x1 and y2 > y1"):
        Box(*edges)


@pytest.mark.parametrize(
    ("edges", "clipped"),
    [
        ((10.5, 20.5, 30.5, 40.5), (10.5, 20.5, 30.5, 40.5)),
        ((0, 0, 640, 480), (0, 0, 640, 480)),
        ((-5, -5, 700, 500), (0, 0, 640, 480)),
        ((639.7, 479.7, 700, 500), (639, 479, 640, 480)),  # less than a pixel is visible
        ((-9, -9, 0.2, 0.2), (0, 0, 1, 1)),
        ((700, 100, 800, 200), (639, 100, 640, 200)),  # nothing is visible
        ((-80, 100, -20, 200), (0, 100, 1, 200)),
    ],
)
def test_a_clipped_box_lies_inside_the_frame_and_has_at_least_a_pixel(edges, clipped):
    assert Box(*edges).clipped(640, 480).as_tuple() == clipped


@pytest.mark.parametrize(
    ("edges", "is_visible"),
    [
        ((0, 0, 1, 1), True),
        ((-9, -9, 0.5, 0.5), True),
        ((-9, 0, 0, 9), False),
        ((640, 0, 650, 9), False),
        ((0, 480, 9, 490), False),
    ],
)
def test_a_box_that_only_touches_the_frame_does_not_overlap_it(edges, is_visible):
    assert Box(*edges).overlaps(640, 480) is is_visible


def test_the_largest_share_is_the_label():
    reading = expression(0.2, 0.7, 0.1)
    assert reading.label == "sad"
    assert reading.confidence == pytest.approx(0.7)


def test_shares_are_ranked_from_the_largest():
    assert [label for label, _ in expression(0.2, 0.7, 0.1).ranked()] == ["sad", "happy", "fear"]


def test_equal_shares_keep_the_order_of_the_labels():
    reading = expression(0.4, 0.2, 0.4)
    assert reading.label == "happy"
    assert [label for label, _ in reading.ranked()] == ["happy", "fear", "sad"]
    assert reading.top_two == reading.ranked()[:2]


@pytest.mark.parametrize(
    ("min_confidence", "shown_label"), [(0.0, "happy"), (0.5, "happy"), (0.51, None)]
)
def test_the_leading_label_is_shown_from_the_threshold_on(min_confidence, shown_label):
    reading = expression(0.5, 0.25, 0.25, min_confidence=min_confidence)
    assert reading.shown_label == shown_label
    assert reading.is_sure is (shown_label is not None)


def test_a_video_may_hold_a_word_that_does_not_lead():
    held = Expression(("a", "b"), np.array([0.4, 0.6]), 0.5, shown_label="a")
    assert held.shown_label == "a"
    assert held.label == "b"
    assert held.share("a") == pytest.approx(0.4)


def test_only_a_label_of_the_model_can_be_shown():
    with pytest.raises(ValueError, match="got 'c'"):
        Expression(("a", "b"), np.array([0.4, 0.6]), 0.5, shown_label="c")


def test_probabilities_are_a_read_only_copy():
    buffer = np.array([0.5, 0.5])
    reading = Expression.from_probs(("happy", "sad"), buffer)
    buffer[:] = 0
    assert reading.probs.tolist() == [0.5, 0.5]
    assert reading.probs.dtype == np.float32
    with pytest.raises(ValueError, match="read-only"):
        reading.probs[0] = 1.0


@pytest.mark.parametrize(
    "probs", [[], [0.5], [0.5, 0.6], [0.3, 0.3, 0.4], [np.nan, 1.0], [[0.5, 0.5]], [1.5, -0.5]]
)
def test_probabilities_that_do_not_fit_the_labels_are_refused(probs):
    with pytest.raises(ValueError, match="Need 2 probabilities summing to 1"):
        Expression.from_probs(("happy", "sad"), np.array(probs))


@pytest.mark.parametrize("min_confidence", [-0.1, 1.1, float("nan")])
def test_a_threshold_outside_zero_to_one_is_refused(min_confidence):
    with pytest.raises(ValueError, match="min_confidence lies in"):
        expression(0.5, 0.5, min_confidence=min_confidence)


@pytest.mark.parametrize("score", [-0.1, 1.1, float("nan")])
def test_a_detection_score_outside_zero_to_one_is_refused(score):
    with pytest.raises(ValueError, match="detection_score lies in"):
        Face(Box(0, 0, 1, 1), score)


@pytest.mark.parametrize("roll_deg", [-180.0, 180.1, float("nan")])
def test_a_roll_outside_half_a_turn_is_refused(roll_deg):
    with pytest.raises(ValueError, match="roll_deg lies in"):
        Face(Box(0, 0, 1, 1), 0.5, roll_deg)


def test_a_face_may_be_found_without_being_read():
    face = Face(Box(0, 0, 1, 1), 0.5, reasons=("too small",))
    assert face.expression is None


def test_no_face_is_an_empty_result():
    assert FrameResult(width=1, height=1).faces == ()


@pytest.mark.parametrize("left_s", [-1.0, float("nan"), float("inf")])
def test_a_baseline_that_never_ends_is_refused(left_s):
    with pytest.raises(ValueError, match="baseline_left_s is at least 0"):
        Face(Box(0, 0, 1, 1), 0.5, baseline_left_s=left_s)


@pytest.mark.parametrize("size", [(0, 1), (1, 0), (-1, 1), (3.5, 3), (float("nan"), 3)])
def test_a_frame_without_pixels_is_refused(size):
    with pytest.raises(ValueError, match="at least one pixel"):
        FrameResult(*size)


@pytest.mark.parametrize(
    ("value", "name"),
    [(Box(0, 0, 1, 1), "x1"), (FrameResult(1, 1), "faces"), (Face(Box(0, 0, 1, 1), 1.0), "box")],
)
def test_results_do_not_change_once_built(value, name):
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, name, None)


def test_a_frame_cuts_the_boxes_of_its_faces_so_that_pixels_can_be_sliced():
    inside = Face(BOX, 0.9)
    left, right = FrameResult(640, 480, (Face(Box(-9, 5, 40, 500), 0.9, 12.0), inside)).faces
    assert (left.box, left.roll_deg) == (Box(0, 5, 40, 480), 12.0)
    assert right is inside


def test_a_face_wholly_outside_its_frame_keeps_its_box_but_is_exported_at_the_edge():
    result = FrameResult(640, 480, (Face(Box(700, 100, 800, 200), 0.9),))
    assert result.faces[0].box.x1 == 700
    assert result.to_dict()["faces"][0]["box"] == [639.0, 100.0, 640.0, 200.0]


def test_a_result_becomes_the_record_that_other_programs_rely_on():
    face = Face(BOX, 0.987654, -3.14159, expression(0.71236, 0.28764, min_confidence=0.52))
    record = FrameResult(640, 480, (face,), {"detect": 12.0}).to_dict(source="a.jpg")
    assert record == {
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
                    "said": "happy",
                    "min_confidence": 0.52,
                    "probs": {"happy": 0.7124, "sad": 0.2876},
                },
                "reasons": [],
            }
        ],
        "error": None,
    }
    assert record["faces"] == [face.to_dict()]


def test_the_record_of_a_face_that_is_not_sure_has_no_shown_label():
    record = NOT_SURE.to_dict()
    assert (record["label"], record["said"], record["min_confidence"]) == ("sad", None, 0.5)


def test_the_record_of_an_unread_face_says_why():
    record = Face(BOX, 0.5, reasons=("too small", "stray \udce9")).to_dict()
    assert record["expression"] is None
    assert record["reasons"] == ["too small", "stray ?"]


def test_records_keep_the_order_of_the_faces():
    faces = tuple(Face(Box(x, 0, x + 9, 9), 0.5) for x in (30, 10, 20))
    record = FrameResult(640, 480, faces).to_dict()
    assert [face["box"][0] for face in record["faces"]] == [30.0, 10.0, 20.0]


@pytest.mark.parametrize("seed", range(20))
def test_rounded_shares_still_sum_to_one(seed):
    probs = np.random.default_rng(seed).dirichlet(np.full(len(VOTE_LABELS), 0.5))
    record = Expression.from_probs(VOTE_LABELS, probs * 1.0009).to_dict()
    assert sum(record["probs"].values()) == pytest.approx(1.0, abs=4e-4)
    assert record["confidence"] == record["probs"][record["label"]]
    assert max(record["probs"].values()) <= 1.0


def test_numbers_of_numpy_become_plain_numbers():
    record = Face(Box(*np.float32([1, 2, 3, 4])), np.float32(0.5), np.float64(2.0)).to_dict()
    assert record["box"] == [1.0, 2.0, 3.0, 4.0]
    assert {type(value) for value in (*record["box"], record["roll_deg"])} == {float}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (SURE, "Expression(happy 94%)"),
        (NOT_SURE, "Expression(not sure: sad or afraid)"),
        (
            Expression.from_probs(("calm", "bored"), np.array([0.6, 0.4])),
            "Expression(calm 60%)",  # a label that has no word for people
        ),
        (Face(BOX, 0.9, expression=SURE), "Face(happy 94%, box=(10, 20, 110, 140))"),
        (
            Face(BOX, 0.9, expression=NOT_SURE),
            "Face(not sure: sad or afraid, box=(10, 20, 110, 140))",
        ),
        (
            Face(BOX, 0.9, reasons=("too dark", "turned away")),
            "Face(not read: too dark, turned away, box=(10, 20, 110, 140))",
        ),
        (Face(BOX, 0.9, face_id=3), "Face(not read, box=(10, 20, 110, 140), face_id=3)"),
        (FrameResult(640, 480), "FrameResult(640x480, no faces)"),
        (
            FrameResult(640, 480, (Face(BOX, 0.9, expression=SURE),)),
            "FrameResult(640x480, 1 face: happy 94%)",
        ),
        (
            FrameResult(
                640,
                480,
                (
                    Face(BOX, 0.9, expression=NOT_SURE),
                    Face(BOX, 0.9, reasons=("too dark",)),
                ),
            ),
            "FrameResult(640x480, 2 faces: not sure, not read)",
        ),
        (
            FrameResult(640, 480, (Face(BOX, 0.9, expression=SURE),) * 7),
            f"FrameResult(640x480, 7 faces: {'happy 94%, ' * 5}and 2 more)",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_result_reads_like_a_sentence(value, text):
    assert repr(value) == text


def test_a_held_word_is_shown_with_its_own_share():
    held = Expression(("happy", "sad"), np.array([0.4, 0.6]), 0.5, shown_label="happy")
    assert held.in_words() == "happy 40%"


class Tags(HTMLParser):
    """Collects the tags and the words of a piece of HTML."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.words = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)


def test_a_notebook_shows_the_annotated_photo_and_describes_it():
    faces = (Face(BOX, 0.9, expression=SURE), Face(BOX, 0.9, expression=NOT_SURE))
    result = FrameResult(640, 480, faces, annotated_jpeg=b"\xff\xd8\xff")
    ((tag, attributes),) = Tags(result._repr_html_()).tags
    assert tag == "img"
    assert attributes["src"] == "data:image/jpeg;base64,/9j/"
    assert (
        attributes["alt"] == "Photo with 2 faces; face 1 happy 94%; face 2 not sure: sad or afraid"
    )


def test_a_notebook_shows_a_table_where_there_is_no_photo():
    found = Tags(FrameResult(640, 480, (Face(BOX, 0.9, expression=SURE),))._repr_html_())
    assert found.words == [
        *("640x480, 1 face", "face", "reading", "box"),
        *("1", "happy 94%", "(10, 20, 110, 140)"),
    ]


@pytest.mark.parametrize("jpeg", [None, b"\xff\xd8"])
def test_nothing_from_data_becomes_html(jpeg):
    hostile = '"><script>alert(1)</script>'
    reading = Expression.from_probs((hostile, "sad"), np.array([0.9, 0.1]))
    faces = (Face(BOX, 0.9, expression=reading), Face(BOX, 0.9, reasons=(hostile,)))
    html = FrameResult(640, 480, faces, annotated_jpeg=jpeg)._repr_html_()
    allowed = {"img", "table", "caption", "tr", "th", "td"}
    assert {tag for tag, _ in Tags(html).tags} <= allowed
    assert "<script" not in html


def test_the_annotated_photo_is_no_part_of_record_or_sentence():
    result = FrameResult(1, 1, annotated_jpeg=b"\xff\xd8")
    assert result.to_dict().keys() == {"source", "width", "height", "faces", "error"}
    assert re.fullmatch(r"FrameResult\(1x1, no faces\)", repr(result))
