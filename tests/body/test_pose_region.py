import math

import numpy as np
import pytest

from fer_core.body.pose_region import region_of_box, region_of_face, region_of_points


def test_the_square_is_centred_on_the_hips_and_holds_the_circle_with_a_margin():
    region = region_of_points(np.array([50.0, 60.0]), np.array([50.0, 20.0]))
    assert (region.x, region.y, region.roll_deg) == (50.0, 60.0, 0.0)
    assert region.side == 100.0  # radius 40, diameter 80, times 1.25


@pytest.mark.parametrize(
    ("top", "roll_deg"), [((90, 60), 90), ((50, 100), 180), ((10, 60), -90), ((90, 20), 45)]
)
def test_the_upper_edge_of_the_square_points_to_the_head(top, roll_deg):
    region = region_of_points(np.array([50.0, 60.0]), np.array(top, float))
    assert region.roll_deg == pytest.approx(roll_deg)


@pytest.mark.parametrize("top", [(50.0, 60.5), (math.nan, 0.0), (math.inf, 0.0), (2e6, 0.0)])
def test_points_that_give_no_square_give_none(top):
    assert region_of_points(np.array([50.0, 60.0]), np.array(top)) is None


def test_a_wide_box_gives_a_square_of_its_width():
    region = region_of_box(np.array([0.0, 0.0, 80.0, 40.0]))
    assert (region.x, region.y, region.side, region.roll_deg) == (40.0, 20.0, 100.0, 0.0)


def test_the_body_of_a_face_lies_below_it():
    # 63 pixels between the eyes: a pixel is a millimetre, the hips are 650 lower, the radius is 950
    region = region_of_face(np.array([[100.0, 50.0], [163.0, 50.0]]))
    assert (region.x, region.y) == pytest.approx((131.5, 700.0))
    assert (region.side, region.roll_deg) == pytest.approx((2 * 950 * 1.25, 0.0))


def test_the_body_of_a_face_that_lies_on_its_side_lies_beside_it():
    region = region_of_face(np.array([[0.0, 0.0], [0.0, 63.0]]))  # the head points to the right
    assert region.roll_deg == pytest.approx(90.0)
    assert (region.x, region.y) == pytest.approx((-650.0, 31.5))


def test_eyes_at_one_place_still_give_a_square():
    assert region_of_face(np.zeros((2, 2))).side > 0
