import math

import numpy as np
import pytest

from fer_core.body.person_detector import PersonDetector, anchor_boxes, decode, inside

pytestmark = pytest.mark.model


def test_the_anchors_are_nine_per_cell_of_five_grids():
    anchors = anchor_boxes()
    assert len(anchors) == 9 * (40**2 + 20**2 + 10**2 + 5**2 + 3**2) == 19206
    # cells of 8 pixels: the first anchor is a square of three cells, then 2:1 and 1:2
    assert anchors[0] == pytest.approx([4, 4, 24, 24])
    assert anchors[1] == pytest.approx([4, 4, 24 * math.sqrt(2), 24 / math.sqrt(2)])
    assert anchors[2] == pytest.approx([4, 4, 24 / math.sqrt(2), 24 * math.sqrt(2)])
    assert anchors[3] == pytest.approx([4, 4, 24 * 2 ** (1 / 3), 24 * 2 ** (1 / 3)])
    assert anchors[9] == pytest.approx([12, 4, 24, 24])
    assert anchors[-9] == pytest.approx([320 * 5 / 6, 320 * 5 / 6, 320, 320])


def decoded(**rows):
    boxes, scores = np.zeros((19206, 4), np.float32), np.zeros(19206, np.float32)
    for name, (values, score) in rows.items():
        boxes[int(name[1:])], scores[int(name[1:])] = values, score
    return decode(boxes, scores)


def test_boxes_are_offsets_down_and_across_and_logarithms_of_the_sides():
    # anchor 9 is a square of 24 about (12, 4): down 12, across 24, twice as high, as wide
    (box,) = decoded(a9=([0.5, 1.0, math.log(2), 0.0], 0.9))
    assert box == pytest.approx([36 - 12, 16 - 24, 36 + 12, 16 + 24])


def test_the_surest_box_comes_first_and_stands_for_those_that_overlap():
    boxes = decoded(a0=([0] * 4, 0.5), a9=([0, -8 / 24, 0, 0], 0.6), a19000=([0] * 4, 0.9))
    assert len(boxes) == 2
    assert boxes[1] == pytest.approx([-8, -8, 16, 16])  # anchor 9 moved onto anchor 0


def test_an_unsure_box_is_nobody():
    assert decoded(a0=([0] * 4, 0.24)).shape == (0, 4)


def test_boxes_are_cut_to_the_frame_and_those_beside_it_are_nobody():
    boxes = np.array([[-5, -5, 30, 30], [10, 41, 20, 60], [19.5, 0, 30, 9], [1, 2, 3, 4]], float)
    assert inside(boxes, 20, 40).tolist() == [[0, 0, 20, 30], [1, 2, 3, 4]]
    assert inside(np.zeros((0, 4)), 20, 40).shape == (0, 4)


def test_the_portrait_fills_its_photo(portrait_bgr):
    (box,) = PersonDetector().detect(portrait_bgr)
    assert box == pytest.approx([0, 15, 300, 300], abs=15)


def test_boxes_lie_inside_a_photo_that_is_no_square(pair_bgr):
    boxes = PersonDetector().detect(pair_bgr)
    assert len(boxes) == 2
    assert (boxes >= 0).all()
    assert (boxes <= [600, 300, 600, 300]).all()
    assert sorted((boxes[:, 0] + boxes[:, 2]) / 2) == pytest.approx([150, 450], abs=25)


def test_a_frame_without_a_person_gives_no_box(stripes_bgr):
    assert PersonDetector().detect(stripes_bgr).shape == (0, 4)
