import cv2
import numpy as np
import pytest

from fer_core.faces.views import Region, cut_region
from fer_core.geometry import transform_points


def test_an_upright_region_of_the_crops_own_size_is_the_frames_pixels():
    frame = np.random.default_rng(0).integers(0, 255, (60, 80, 3), np.uint8)
    assert np.array_equal(cut_region(frame, Region(30.0, 25.0, 20.0), size=20), frame[15:35, 20:40])


@pytest.mark.parametrize(("roll_deg", "quarters"), [(90, 1), (180, 2), (-90, 3)])
def test_a_region_turned_by_quarters_comes_out_upright(roll_deg, quarters):
    frame = np.random.default_rng(0).integers(0, 255, (20, 20), np.uint8)
    crop = cut_region(frame, Region(10.0, 10.0, 20.0, roll_deg), size=20)
    assert np.array_equal(crop, np.rot90(frame, quarters))


def test_a_large_region_is_averaged_not_picked():
    checkerboard = (np.indices((800, 800)).sum(axis=0) % 2 * 255).astype(np.uint8)
    crop = cut_region(checkerboard, Region(400.0, 400.0, 700.0, 30.0), size=48)
    assert (np.abs(crop.astype(int) - 127) < 12).all()


@pytest.mark.parametrize("side", [20.0, 80.0])
def test_beyond_the_frame_lies_its_edge_or_black(side):
    frame = np.full((40, 40, 3), 90, np.uint8)
    region = Region(0.0, 20.0, side)
    assert (cut_region(frame, region, size=20) == 90).all()
    black = cut_region(frame, region, size=20, border=cv2.BORDER_CONSTANT)
    assert (black[:, :9] == 0).all()
    assert (black[10, 11:] == 90).all()


def test_a_region_far_outside_the_frame_is_still_cut():
    frame = np.full((10, 10), 90, np.uint8)
    assert (cut_region(frame, Region(500.0, -300.0, 100.0, 45.0), size=8) == 90).all()


def test_raising_moves_towards_the_faces_own_top():
    raised = Region(10.0, 10.0, 8.0, roll_deg=180.0).raised(0.25)
    assert (raised.x, raised.y) == pytest.approx((10.0, 12.0))


def test_the_matrix_leads_corners_to_corners():
    region = Region(50.0, 60.0, 20.0)
    corners = np.array([[40.0, 50.0], [60.0, 70.0]])
    assert transform_points(region.to_crop(10), corners) == pytest.approx(
        np.array([[0.0, 0.0], [10.0, 10.0]])
    )
