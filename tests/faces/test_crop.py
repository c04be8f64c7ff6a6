import numpy as np
import pytest

from fer_core.faces.crop import upright_crops
from fer_core.faces.detect import Detections


def gradient(height, width):
    """Grey frame whose value is its column, up to 255."""
    return np.tile(np.minimum(np.arange(width), 255).astype(np.uint8), (height, 1))


def crops_of(frame, *boxes, size, roll_deg=0.0, squares=None):
    n_faces = len(boxes)
    changes = {} if squares is None else {"squares": np.array(squares)}
    found = Detections(list(boxes), [0.9] * n_faces, [roll_deg] * n_faces, **changes)
    return upright_crops(frame, found, size=size).astype(int)


def test_nobody_gives_no_crop():
    assert upright_crops(gradient(9, 9), Detections.empty(), size=48).shape == (0, 48, 48)


def test_a_square_box_at_its_own_size_is_the_frames_pixels():
    frame = gradient(100, 100)
    crop = crops_of(frame, [10, 20, 58, 68], size=48)[0]
    assert np.abs(crop - frame[20:68, 10:58]).max() <= 1


def test_an_oblong_box_becomes_a_square_about_its_centre():
    crop = crops_of(gradient(100, 100), [30, 10, 40, 50], size=40)[0]
    assert crop[0, [0, -1]] == pytest.approx([15, 54], abs=1)  # centre 35, longer side 40


def test_a_detectors_own_square_goes_before_its_box():
    crop = crops_of(gradient(100, 100), [0, 0, 5, 5], size=40, squares=[[50, 50, 40]])[0]
    assert crop[0, [0, -1]] == pytest.approx([30, 69], abs=1)


def test_the_frames_edge_is_repeated_beyond_it():
    crop = crops_of(gradient(40, 40), [-10, -10, 30, 30], size=40)[0]
    assert (crop[:, :10] == 0).all()
    assert crop[0, -1] == pytest.approx(29, abs=1)


def test_a_box_outside_the_frame_repeats_its_border():
    assert (crops_of(gradient(40, 40), [100, 0, 110, 10], size=10) == 39).all()


def test_shrinking_averages_instead_of_picking():
    checkerboard = (np.indices((480, 480)).sum(axis=0) % 2 * 255).astype(np.uint8)
    crop = crops_of(checkerboard, [0, 0, 480, 480], size=48)[0]
    assert np.abs(crop - 127).max() <= 8


def test_colour_becomes_grey_by_luminance():
    green = np.zeros((48, 48, 3), np.uint8)
    green[:, :, 1] = 255
    assert (crops_of(green, [0, 0, 48, 48], size=8) == 150).all()  # 0.587 * 255, ITU-R BT.601


def test_many_boxes_keep_their_order():
    boxes = [[column, 0, column + 10, 10] for column in (5, 99, 200)]
    assert crops_of(gradient(60, 250), *boxes, size=10)[:, 0, 0] == pytest.approx(
        [5, 99, 200], abs=1
    )


@pytest.mark.parametrize("degrees", [30, 90, 180, -120])
def test_a_turned_face_comes_out_upright(portrait_bgr, turn, degrees):
    box = [220, 140, 420, 340]
    straight = crops_of(portrait_bgr, box, size=48)
    straightened = crops_of(turn(portrait_bgr, degrees), box, size=48, roll_deg=float(degrees))
    assert np.abs(straight - straightened).mean() < 6


def test_a_crop_has_at_least_a_pixel():
    with pytest.raises(ValueError, match="Out of range"):
        upright_crops(gradient(9, 9), Detections.empty(), size=0)
