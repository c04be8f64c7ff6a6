import cv2
import numpy as np
import pytest

from fer_core.explain.gallery import (
    AGAINST_RGB,
    FOR_RGB,
    channel_sheet,
    filter_sheet,
    heat_on_face,
    map_picture,
    most_active,
    to_png,
)
from fer_core.explain.results import LayerMaps
from tests.explain.made_up import attribution, drawn_crop, layer


def layer_of(*maps):
    return LayerMaps("a", "ReLU", 0, "Says.", np.stack(maps, axis=-1).astype(np.float32))


def test_the_maps_that_differ_most_between_places_come_first():
    ramp = np.arange(4.0).reshape(2, 2)
    flat = np.full((2, 2), 1000.0)
    assert most_active(layer_of(ramp, flat, 3 * ramp, 2 * ramp), n=3) == (2, 3, 0)


def test_a_sheet_holds_a_bounded_number_of_maps():
    sheet = channel_sheet(layer(n_channels=192, side=6))
    assert len(sheet.channels) == len(set(sheet.channels)) == 16
    assert sheet.n_channels == 192
    assert sheet.image_rgb.shape == (204, 804, 3)


def test_a_sheet_of_few_maps_is_no_wider_than_they_are():
    sheet = channel_sheet(layer(n_channels=3))
    assert len(sheet.channels) == 3
    assert sheet.image_rgb.shape == (104, 304, 3)


def test_each_map_has_its_own_scale():
    ramp = np.arange(4.0).reshape(2, 2)
    np.testing.assert_array_equal(map_picture(ramp), map_picture(50 * ramp - 7))


def test_larger_values_are_lighter():
    lightness = map_picture(np.linspace(0, 1, 9)[None], side=90).astype(int) @ [299, 587, 114]
    assert (np.diff(lightness[0, 5::10]) > 0).all()


def test_a_flat_map_is_dark_everywhere():
    picture = map_picture(np.full((3, 3), 5.0, np.float32))
    assert (picture == picture[0, 0]).all()
    assert picture[0, 0].mean() < 80


def test_filters_show_zero_in_grey_and_the_largest_weight_in_white_or_black():
    filters = np.array([[0, 0.5], [-2, 1]], np.float32)[..., None]
    sheet = filter_sheet(filters)[4:-4, 4:-4]
    corners = sheet[[10, 10, -10, -10], [10, -10, 10, -10], 0]
    assert corners.tolist() == [128, 159, 0, 191]


def test_a_filter_without_weights_is_grey():
    assert filter_sheet(np.zeros((3, 3, 1), np.float32))[50, 50].tolist() == [128, 128, 128]


@pytest.fixture
def halves():
    """Return heat for the expression on the left and against it on the right, none below."""
    heat = np.zeros((48, 48))
    heat[:24, :20], heat[:24, 28:] = 1, -1
    return heat


def test_what_speaks_for_is_vermilion_and_against_is_blue(halves):
    black = np.zeros((48, 48), np.uint8)
    picture = heat_on_face(black, attribution(halves)).astype(float)
    np.testing.assert_allclose(picture[80, 80], 0.75 * np.array(FOR_RGB), atol=1)
    np.testing.assert_allclose(picture[80, -80], 0.75 * np.array(AGAINST_RGB), atol=1)


def test_a_place_without_heat_keeps_its_grey(halves):
    crop = drawn_crop()
    picture = heat_on_face(crop, attribution(halves))
    assert picture[360, 40].tolist() == [crop[45, 5]] * 3


def test_outlines_are_solid_for_and_dashed_against(halves):
    def n_white(heat):
        return int((heat_on_face(np.zeros((48, 48), np.uint8), attribution(heat)) == 255).sum())

    left, right = np.where(halves > 0, halves, 0), np.where(halves > 0, -halves, 0)
    assert n_white(left) > 1.5 * n_white(right) > 0


def test_a_flat_heat_leaves_the_face_as_it_is():
    crop = drawn_crop()
    picture = heat_on_face(crop, attribution(np.zeros((48, 48))), side=48)
    np.testing.assert_array_equal(picture[..., 0], crop)


def test_a_heat_of_another_size_is_refused():
    with pytest.raises(ValueError, match=r"Expected a face of \(48, 48\)"):
        heat_on_face(np.zeros((50, 50), np.uint8), attribution())


def test_no_map_on_a_sheet_is_refused():
    with pytest.raises(ValueError, match="max_channels=0"):
        channel_sheet(layer(), max_channels=0)


def test_a_png_keeps_every_pixel():
    picture = channel_sheet(layer()).image_rgb
    decoded = cv2.imdecode(np.frombuffer(to_png(picture), np.uint8), cv2.IMREAD_COLOR_RGB)
    np.testing.assert_array_equal(decoded, picture)
