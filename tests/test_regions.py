import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_core.geometry import transform_points
from fer_core.regions import Region, cut_region


def test_an_upright_region_of_the_crops_own_size_is_the_frames_pixels():
    frame = np.random.default_rng(0).integers(0, 255, (60, 80, 3), np.uint8)
    assert np.array_equal(cut_region(frame, Region(30.0, 25.0, 20.0), size=20), frame[15:35, 20:40])


@pytest.mark.parametrize(("roll_deg", "quarters"), [(90, 1), (180, 2), (-90, 3)])
def test_the_crop_of_a_rotated_region_is_upright(roll_deg, quarters):
    frame = np.random.default_rng(0).integers(0, 255, (20, 20), np.uint8)
    crop = cut_region(frame, Region(10.0, 10.0, 20.0, roll_deg), size=20)
    assert np.array_equal(crop, np.rot90(frame, quarters))


def test_a_large_region_is_averaged():
    checkerboard = (np.indices((800, 800)).sum(axis=0) % 2 * 255).astype(np.uint8)
    crop = cut_region(checkerboard, Region(400.0, 400.0, 700.0, 30.0), size=48)
    assert (np.abs(crop.astype(int) - 127) < 12).all()


@pytest.mark.parametrize("side", [20.0, 80.0])
def test_pixels_beyond_the_frame_repeat_its_edge_or_are_black(side):
    frame = np.full((40, 40, 3), 90, np.uint8)
    region = Region(0.0, 20.0, side)
    assert (cut_region(frame, region, size=20) == 90).all()
    black = cut_region(frame, region, size=20, border=cv2.BORDER_CONSTANT)
    assert (black[:, :9] == 0).all()
    assert (black[10, 11:] == 90).all()


def test_a_region_far_outside_the_frame_is_still_cut():
    frame = np.full((10, 10), 90, np.uint8)
    assert (cut_region(frame, Region(500.0, -300.0, 100.0, 45.0), size=8) == 90).all()


def test_raising_moves_a_region_towards_its_top_edge():
    raised = Region(10.0, 10.0, 8.0, roll_deg=180.0).raised(0.25)
    assert (raised.x, raised.y) == pytest.approx((10.0, 12.0))


def test_the_matrix_maps_corners_to_corners():
    region = Region(50.0, 60.0, 20.0)
    corners = np.array([[40.0, 50.0], [60.0, 70.0]])
    assert transform_points(region.to_crop(10), corners) == pytest.approx(
        np.array([[0.0, 0.0], [10.0, 10.0]])
    )


@pytest.mark.soak
@given(
    st.floats(-1e9, 1e9),
    st.floats(-1e9, 1e9),
    st.floats(1e-3, 1e9),
    st.floats(-1e4, 1e4),
    st.sampled_from([cv2.BORDER_REPLICATE, cv2.BORDER_CONSTANT]),
)
def test_any_square_with_a_place_and_a_side_can_be_cut(x, y, side, roll_deg, border):
    frame = np.full((30, 40, 3), 90, np.uint8)
    crop = cut_region(frame, Region(x, y, side, roll_deg), size=24, border=border)
    assert crop.shape == (24, 24, 3)
    assert border == cv2.BORDER_CONSTANT or (crop == 90).all()


@pytest.mark.parametrize("values", [(np.nan, 0, 1), (0, np.inf, 1), (0, 0, 0), (0, 0, np.nan)])
def test_a_square_without_a_place_or_a_side_is_refused(values):
    with pytest.raises(ValueError, match="finite place and a side above 0"):
        cut_region(np.zeros((10, 10), np.uint8), Region(*map(float, values)), size=8)
