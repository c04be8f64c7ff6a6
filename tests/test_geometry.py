import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_core.geometry import (
    FARTHEST,
    as_xyxy,
    bounding_box,
    box_areas,
    pairwise_iou,
    square_around,
    square_to_crop,
    transform_points,
    wrap_deg,
)

COORDINATES = st.floats(-FARTHEST, FARTHEST)
SIDES = st.floats(1.0, FARTHEST)


@pytest.mark.parametrize("boxes", [[], (), np.zeros((0, 4))], ids=["list", "tuple", "array"])
def test_no_boxes_are_an_empty_array_of_the_usual_shape(boxes):
    xyxy = as_xyxy(boxes)
    assert xyxy.shape == (0, 4)
    assert xyxy.dtype == np.float32


def test_many_boxes_keep_their_order():
    assert as_xyxy([(1, 2, 3, 4), (5, 6, 7, 8)]).tolist() == [[1, 2, 3, 4], [5, 6, 7, 8]]


@pytest.mark.parametrize("boxes", [[1, 2, 3, 4], [[1, 2, 3]], np.zeros((2, 2, 4))])
def test_boxes_that_are_not_four_numbers_each_are_refused(boxes):
    with pytest.raises(ValueError, match=r"shape \(n, 4\)"):
        as_xyxy(boxes)


def test_area_is_width_times_height():
    assert box_areas(as_xyxy([[0, 0, 2, 3], [1, 1, 2, 2]])).tolist() == [6, 1]


def test_a_box_overlaps_itself_completely():
    xyxy = as_xyxy([[3, 4, 10, 20]])
    assert pairwise_iou(xyxy, xyxy).tolist() == [[1.0]]


def test_two_boxes_that_overlap_by_half_have_an_iou_of_a_third():
    # Worked by hand: 2 of 4 + 4 - 2 = 6 square pixels.
    assert pairwise_iou(as_xyxy([[0, 0, 2, 2]]), as_xyxy([[1, 0, 3, 2]])) == pytest.approx(1 / 3)


@pytest.mark.parametrize("other", [[2, 0, 4, 2], [5, 5, 6, 6]], ids=["touching", "apart"])
def test_boxes_that_share_no_pixel_have_no_overlap(other):
    assert pairwise_iou(as_xyxy([[0, 0, 2, 2]]), as_xyxy([other])).item() == 0.0


def test_overlap_is_the_same_in_both_directions():
    rng = np.random.default_rng(3)
    corners = rng.uniform(0, 50, size=(12, 2))
    xyxy = as_xyxy(np.concatenate([corners, corners + rng.uniform(1, 30, size=(12, 2))], axis=1))
    np.testing.assert_allclose(pairwise_iou(xyxy, xyxy), pairwise_iou(xyxy, xyxy).T, atol=1e-6)


@pytest.mark.parametrize(("n_a", "n_b"), [(0, 0), (0, 3), (3, 0), (2, 3)])
def test_overlaps_are_a_table_even_when_empty(n_a, n_b):
    box = [0, 0, 1, 1]
    assert pairwise_iou(as_xyxy([box] * n_a), as_xyxy([box] * n_b)).shape == (n_a, n_b)


def test_boxes_without_area_overlap_nothing_and_cause_no_division_by_zero():
    flat = as_xyxy([[1, 1, 1, 1]])
    assert pairwise_iou(flat, flat).item() == 0.0


def test_a_square_keeps_the_centre_and_scales_the_longer_side():
    squares = square_around(as_xyxy([[10, 20, 30, 60], [0, 0, 4, 2]]), scale=1.5)
    assert squares.tolist() == [[-10, 10, 50, 70], [-1, -2, 5, 4]]


def test_no_boxes_give_no_squares():
    assert square_around(as_xyxy([]), scale=1.0).shape == (0, 4)


@pytest.mark.soak
@given(st.floats(allow_nan=True, allow_infinity=False, width=32), st.sampled_from(["f4", "f8"]))
def test_any_angle_is_wrapped_into_one_turn(angle_deg, dtype):
    wrapped = wrap_deg(np.array([angle_deg], dtype))[0]
    assert np.isnan(wrapped) if np.isnan(angle_deg) else -180 < wrapped <= 180


BOXES = st.lists(
    st.tuples(COORDINATES, COORDINATES, SIDES, SIDES).map(
        lambda b: (*b[:2], b[0] + b[2], b[1] + b[3])
    ),
    max_size=5,
)


def test_a_bounding_box_reaches_from_the_lowest_to_the_highest_coordinates():
    points = np.random.default_rng(0).normal(size=(468, 3))
    flat = points[:, :2]  # a view with gaps, as the mesh hands it over
    expected = [points[:, 0].min(), points[:, 1].min(), points[:, 0].max(), points[:, 1].max()]
    assert bounding_box(flat).tolist() == expected


def test_a_bounding_box_of_a_point_that_is_not_a_number_is_none():
    assert np.isnan(bounding_box(np.array([[0.0, 1.0], [np.nan, 2.0]]))[[0, 2]]).all()


@pytest.mark.soak
@given(BOXES, BOXES)
def test_any_two_boxes_overlap_by_a_share(boxes, others):
    ious = pairwise_iou(as_xyxy(boxes), as_xyxy(others))
    assert ious.shape == (len(boxes), len(others))
    assert ((ious >= 0) & (ious <= 1.0 + 1e-5)).all()


@pytest.mark.soak
@given(COORDINATES, COORDINATES, SIDES, st.floats(-1e4, 1e4), st.integers(1, 512))
def test_any_square_fills_its_crop(x, y, side, roll_deg, size):
    to_crop = square_to_crop(np.array([x, y]), side=side, roll_deg=roll_deg, size=size)
    assert transform_points(to_crop, np.array([x, y])) == pytest.approx(size / 2, abs=1e-3 * size)
    assert np.hypot(*to_crop[:, 0]) == pytest.approx(size / side)
