import numpy as np
import pytest

from fer_core.faces.crop import square_crops, upright_crops
from fer_core.faces.detect import Detections


def gradient(height, width):
    """Grey frame whose value is its column, up to 255."""
    return np.tile(np.minimum(np.arange(width), 255).astype(np.uint8), (height, 1))


def test_no_boxes_give_no_crops():
    assert square_crops(gradient(20, 30), np.zeros((0, 4)), size=48).shape == (0, 48, 48)


def test_a_square_box_at_its_own_size_is_the_frames_pixels():
    frame = gradient(100, 100)
    crop = square_crops(frame, np.array([[10, 20, 58, 68]]), size=48)[0]
    assert np.array_equal(crop, frame[20:68, 10:58])


def test_an_oblong_box_becomes_a_square_about_its_centre():
    crop = square_crops(gradient(100, 100), np.array([[30, 10, 40, 50]]), size=40)[0]
    assert crop[0, 0] == 15  # centre 35, longer side 40
    assert crop[0, -1] == 54


def test_scale_widens_the_square():
    crop = square_crops(gradient(100, 100), np.array([[40, 40, 60, 60]]), size=40, scale=2.0)[0]
    assert crop[0, 0] == 30
    assert crop[0, -1] == 69


def test_the_frames_edge_is_repeated_beyond_it():
    crop = square_crops(gradient(40, 40), np.array([[-10, -10, 30, 30]]), size=40)[0]
    assert (crop[:, :11] == 0).all()
    assert crop[0, -1] == 29


def test_a_box_outside_the_frame_repeats_its_border():
    crop = square_crops(gradient(40, 40), np.array([[100, 0, 110, 10]]), size=10)[0]
    assert (crop == 39).all()


def test_shrinking_averages_instead_of_picking():
    checkerboard = (np.indices((480, 480)).sum(axis=0) % 2 * 255).astype(np.uint8)
    crop = square_crops(checkerboard, np.array([[0, 0, 480, 480]]), size=48)[0]
    assert (np.abs(crop.astype(int) - 127) <= 1).all()


def test_colour_becomes_grey_by_luminance():
    green = np.zeros((48, 48, 3), np.uint8)
    green[:, :, 1] = 255
    crop = square_crops(green, np.array([[0, 0, 48, 48]]), size=8)[0]
    assert (crop == 150).all()  # 0.587 * 255, ITU-R BT.601


def test_many_boxes_keep_their_order():
    crops = square_crops(
        gradient(60, 250), np.array([[i, 0, i + 10, 10] for i in (0, 99, 200)]), size=10
    )
    assert crops[:, 0, 0].tolist() == [0, 99, 200]


@pytest.mark.parametrize("arguments", [{"size": 0}, {"size": 48, "scale": 0.0}])
def test_sizes_out_of_range_are_refused(arguments):
    with pytest.raises(ValueError, match="Out of range"):
        square_crops(gradient(4, 4), np.zeros((0, 4)), **arguments)


def test_an_upright_crop_of_an_upright_face_is_the_plain_crop():
    frame = gradient(100, 200)
    face = Detections([[10, 20, 58, 68]], [0.9], [0.0])
    upright = upright_crops(frame, face, size=48).astype(int)
    assert np.abs(upright - square_crops(frame, face.xyxy, size=48)).max() <= 1


@pytest.mark.parametrize("degrees", [30, 90, 180, -120])
def test_a_turned_face_comes_out_upright(portrait_bgr, turn, degrees):
    square = np.array([[320.0, 240.0, 200.0]])
    upright = Detections([[220, 140, 420, 340]], [0.9], [0.0], squares=square)
    turned = Detections([[220, 140, 420, 340]], [0.9], [float(degrees)], squares=square)
    straight = upright_crops(portrait_bgr, upright, size=48).astype(int)
    straightened = upright_crops(turn(portrait_bgr, degrees), turned, size=48).astype(int)
    assert np.abs(straight - straightened).mean() < 6


def test_nobody_gives_no_upright_crop():
    assert upright_crops(gradient(9, 9), Detections.empty(), size=48).shape == (0, 48, 48)


def test_an_upright_crop_has_at_least_a_pixel():
    with pytest.raises(ValueError, match="Out of range"):
        upright_crops(gradient(9, 9), Detections.empty(), size=0)
