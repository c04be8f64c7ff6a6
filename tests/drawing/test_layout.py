import itertools

import numpy as np
import pytest

from fer_core.drawing.layout import place_plates


def shared_area(a, b):
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return max(width, 0) * max(height, 0)


@pytest.mark.parametrize(
    ("box", "place"),
    [
        ((50, 40, 90, 80), (50, 28, 90, 38)),
        ((50, 5, 90, 45), (50, 47, 90, 57)),
        ((50, 5, 90, 95), (50, 7, 90, 17)),
    ],
    ids=["above", "below if there is no room above", "inside if there is no room below either"],
)
def test_a_plate_goes_above_its_box_then_below_then_inside(box, place):
    assert place_plates([box], [(40, 10)], frame_size=(200, 100), gap_px=2) == [place]


def test_a_plate_that_would_leave_the_frame_moves_left():
    (place,) = place_plates([(190, 40, 200, 60)], [(80, 10)], frame_size=(200, 100), gap_px=2)
    assert place == (120, 28, 200, 38)


def test_plates_of_neighbours_hide_neither_plates_nor_faces_if_there_is_room():
    boxes = [(100, 100, 180, 180), (190, 105, 270, 185), (280, 100, 360, 180)]
    places = place_plates(boxes, [(150, 30)] * 3, frame_size=(640, 480), gap_px=4)
    assert all(shared_area(a, b) == 0 for a, b in itertools.combinations(places, 2))
    assert all(shared_area(place, box) == 0 for place in places for box in boxes)


@pytest.mark.parametrize("seed", range(5))
def test_all_plates_of_a_crowd_stay_in_the_frame(seed):
    rng = np.random.default_rng(seed)
    corners = rng.integers(0, 150, size=(40, 2))
    boxes = [(x, y, x + 30, y + 30) for x, y in corners.tolist()]
    for x1, y1, x2, y2 in place_plates(boxes, [(90, 20)] * 40, frame_size=(200, 180), gap_px=3):
        assert 0 <= x1 < x2 <= 200
        assert 0 <= y1 < y2 <= 180


def test_without_faces_there_are_no_places():
    assert place_plates([], [], frame_size=(10, 10), gap_px=1) == []
