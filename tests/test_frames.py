import av
import numpy as np
import pytest

from fer_core.frames import mirrored, shrink_to, to_gray, to_i420


@pytest.mark.parametrize(("height", "shrunk"), [(300, 75), (2, 1), (1, 1)])
def test_a_frame_shrinks_to_the_longest_side_and_keeps_at_least_one_pixel(height, shrunk):
    frame_bgr, scale = shrink_to(np.zeros((height, 400, 3), np.uint8), longest_side=100)
    assert frame_bgr.shape == (shrunk, 100, 3)
    assert scale == 0.25


def test_shrinking_averages_pixels_so_that_fine_patterns_do_not_become_stripes():
    checks = np.indices((64, 64)).sum(axis=0) % 2 * 255
    frame_bgr, _ = shrink_to(np.dstack([checks.astype(np.uint8)] * 3), longest_side=32)
    assert set(np.unique(frame_bgr)) <= {127, 128}


def test_a_small_frame_is_never_enlarged():
    frame_bgr = np.zeros((3, 4, 3), np.uint8)
    same, scale = shrink_to(frame_bgr, longest_side=4)
    assert same is frame_bgr
    assert scale == 1.0


def test_a_longest_side_of_zero_is_refused():
    with pytest.raises(ValueError, match="at least 1 pixel, got 0"):
        shrink_to(np.zeros((2, 2, 3), np.uint8), longest_side=0)


def test_gray_weighs_the_channels_as_the_eye_does():
    colors_bgr = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]]], np.uint8)
    assert to_gray(colors_bgr).tolist() == [[29, 150, 76]]  # ITU-R BT.601: 0.114, 0.587, 0.299


def test_mirroring_flips_left_and_right_and_does_not_change_the_frame(astronaut_bgr):
    turned = mirrored(astronaut_bgr)
    assert np.array_equal(turned, astronaut_bgr[:, ::-1])
    assert turned.flags.c_contiguous
    assert turned.flags.writeable


def test_the_planes_equal_those_of_the_codecs_own_conversion(astronaut_bgr):
    frame_bgr = np.ascontiguousarray(astronaut_bgr[:480, :])  # 480 x 512
    own = av.VideoFrame.from_ndarray(frame_bgr, format="bgr24").reformat(format="yuv420p")
    away = to_i420(frame_bgr).astype(int) - own.to_ndarray()
    assert np.abs(away[:480]).max() <= 1  # luma
    assert np.abs(away[480:]).mean() < 1  # chroma: where colours change, its place may differ


@pytest.mark.parametrize("size", [(3, 4), (4, 3)])
def test_a_frame_with_an_odd_side_is_refused(size):
    with pytest.raises(ValueError, match="Expected even sides"):
        to_i420(np.zeros((*size, 3), np.uint8))
