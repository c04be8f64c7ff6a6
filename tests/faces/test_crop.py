import numpy as np
import pytest

from fer_core.faces.crop import upright_crops, whole_crop
from fer_core.faces.detections import Detections


def gradient(height, width):
    """Grey frame whose value is its column, up to 255."""
    return np.tile(np.minimum(np.arange(width), 255).astype(np.uint8), (height, 1))


def crops_of(frame, *boxes, size, roll_deg=0.0, squares=None):
    n_faces = len(boxes)
    changes = {} if squares is None else {"squares": np.array(squares)}
    found = Detections(list(boxes), [0.9] * n_faces, [roll_deg] * n_faces, **changes)
    return upright_crops(frame, found, size=size).astype(int)


def test_no_faces_give_no_crops():
    assert upright_crops(gradient(9, 9), Detections.empty(), size=48).shape == (0, 48, 48)


def test_a_square_box_at_its_own_size_is_the_frames_pixels():
    frame = gradient(100, 100)
    crop = crops_of(frame, [10, 20, 58, 68], size=48)[0]
    assert np.abs(crop - frame[20:68, 10:58]).max() <= 1


def test_an_oblong_box_becomes_a_square_about_its_centre():
    crop = crops_of(gradient(100, 100), [30, 10, 40, 50], size=40)[0]
    assert crop[0, [0, -1]] == pytest.approx([15, 54], abs=1)  # centre 35, longer side 40


def test_the_square_of_the_detector_is_used_rather_than_the_box():
    crop = crops_of(gradient(100, 100), [0, 0, 5, 5], size=40, squares=[[50, 50, 40]])[0]
    assert crop[0, [0, -1]] == pytest.approx([30, 69], abs=1)


def test_pixels_beyond_the_frame_repeat_its_edge():
    crop = crops_of(gradient(40, 40), [-10, -10, 30, 30], size=40)[0]
    assert (crop[:, :10] == 0).all()
    assert crop[0, -1] == pytest.approx(29, abs=1)


def test_a_box_outside_the_frame_repeats_its_border():
    assert (crops_of(gradient(40, 40), [100, 0, 110, 10], size=10) == 39).all()


def test_shrinking_averages_pixels():
    checkerboard = (np.indices((480, 480)).sum(axis=0) % 2 * 255).astype(np.uint8)
    crop = crops_of(checkerboard, [0, 0, 480, 480], size=48)[0]
    assert np.abs(crop - 127).max() <= 8


def test_colour_becomes_grey_by_luminance():
    green = np.zeros((48, 48, 3), np.uint8)
    green[:, :, 1] = 255
    assert (crops_of(green, [0, 0, 48, 48], size=8) == 150).all()  # 0.587 * 255, ITU-R BT.601


def test_a_whole_picture_of_the_crops_own_size_keeps_its_pixels():
    picture = np.random.default_rng(0).integers(0, 256, (48, 48), np.uint8)
    assert np.array_equal(whole_crop(picture, size=48), picture[None])


@pytest.mark.parametrize("shape", [(24, 48), (48, 24), (240, 480), (12, 24), (60, 120), (1, 90)])
def test_a_whole_picture_that_is_not_square_is_kept_whole_and_its_edges_are_repeated(shape):
    height, width = shape
    picture = np.full((height, width, 3), 100, np.uint8)
    if width > height:
        picture[:, : width // 2] = 200
    else:
        picture[: height // 2] = 200
    (crop,) = whole_crop(picture, size=48)
    along = crop if width > height else crop.T
    assert along.shape == (48, 48)
    assert (along[:, :20] == 200).all()
    assert (along[:, 28:] == 100).all()


def test_a_strip_as_long_as_a_photo_may_be_does_not_become_a_square_of_gigabytes():
    assert whole_crop(np.zeros((24, 30_000), np.uint8), size=48).shape == (1, 48, 48)


def test_many_boxes_keep_their_order():
    boxes = [[column, 0, column + 10, 10] for column in (5, 99, 200)]
    assert crops_of(gradient(60, 250), *boxes, size=10)[:, 0, 0] == pytest.approx(
        [5, 99, 200], abs=1
    )


@pytest.mark.parametrize("degrees", [30, 90, 180, -120])
def test_the_crop_of_a_tilted_face_is_upright(portrait_bgr, turn, degrees):
    box = [220, 140, 420, 340]
    straight = crops_of(portrait_bgr, box, size=48)
    straightened = crops_of(turn(portrait_bgr, degrees), box, size=48, roll_deg=float(degrees))
    assert np.abs(straight - straightened).mean() < 6


def test_a_crop_without_a_pixel_is_refused():
    with pytest.raises(ValueError, match="Out of range"):
        upright_crops(gradient(9, 9), Detections.empty(), size=0)
