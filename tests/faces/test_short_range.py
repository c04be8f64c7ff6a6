import numpy as np
import pytest

from fer_core.faces.short_range import ShortRangeBlazeFace
from fer_core.regions import Region

SCALES = (1.8, 2.5, 3.5)


@pytest.fixture(scope="module")
def network():
    return ShortRangeBlazeFace()


def square_of(face, roll_deg=0.0):
    x1, y1, x2, y2 = face
    return Region((x1 + x2) / 2, (y1 + y2) / 2, float(y2 - y1), roll_deg)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("is_mirrored", [False, True])
def test_a_face_has_a_high_score_at_each_scale_and_in_the_mirror(
    network, astronaut_bgr, astronaut_face, scale, is_mirrored
):
    face = square_of(astronaut_face)
    score = network.score(astronaut_bgr, face, scale=scale, is_mirrored=is_mirrored)
    assert 0.8 < score <= 1


@pytest.mark.parametrize("scale", SCALES)
def test_a_square_beside_the_face_or_of_another_size_has_a_low_score(
    network, astronaut_bgr, astronaut_face, scale
):
    face = square_of(astronaut_face)
    beside = Region(face.x + face.side, face.y, face.side)
    assert network.score(astronaut_bgr, beside, scale=scale) < 0.3
    assert network.score(astronaut_bgr, face.scaled(0.3), scale=scale) < 0.5


def test_the_square_is_turned_with_the_face(network, portrait_bgr, turn):
    face = Region(320, 195, 110)
    turned_bgr = turn(portrait_bgr, 180)
    height, width = turned_bgr.shape[:2]
    turned = Region(width - face.x, height - face.y, face.side, 180.0)
    assert network.score(turned_bgr, turned, scale=2.5) > 0.8


@pytest.mark.parametrize("shape", [(480, 640, 3), (1, 1, 3)])
def test_a_plain_frame_has_a_low_score(network, shape):
    frame_bgr = np.full(shape, 127, np.uint8)
    assert network.score(frame_bgr, Region(shape[1] / 2, shape[0] / 2, 60), scale=2.5) < 0.3
