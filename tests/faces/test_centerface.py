import numpy as np
import pytest

from fer_core.faces.centerface import CenterFace, decode
from fer_core.faces.crop import Region

SCALES = (2.0, 3.0, 4.5)


@pytest.fixture(scope="module")
def network():
    return CenterFace()


def square_of(face, roll_deg=0.0):
    x1, y1, x2, y2 = face
    return Region((x1 + x2) / 2, (y1 + y2) / 2, float(y2 - y1), roll_deg)


def best(found):
    return found.take(np.array([found.scores.argmax()]))


def test_the_face_of_a_photo_is_proposed_with_its_eyes(network, astronaut_bgr, astronaut_face):
    found = best(network.propose(astronaut_bgr, min_score=0.5))
    face = square_of(astronaut_face)
    assert np.hypot(*(found.centres[0] - (face.x, face.y))) < 0.2 * face.side
    assert abs(np.log2(found.sides[0] / face.side)) < 0.5
    right_eye, left_eye, nose, mouth = found.keypoints[0, :4]
    assert right_eye[0] < nose[0] < left_eye[0]
    assert max(right_eye[1], left_eye[1]) < nose[1] < mouth[1]
    assert abs(found.rolls_deg[0]) < 15


def test_a_photo_of_any_size_is_padded_not_stretched(network, astronaut_bgr):
    height, width = astronaut_bgr.shape[:2]
    whole = best(network.propose(astronaut_bgr, min_score=0.3))
    part = best(network.propose(astronaut_bgr[: height - 13, : width - 27], min_score=0.3))
    assert np.abs(part.centres - whole.centres).max() < 2
    assert abs(part.sides[0] / whole.sides[0] - 1) < 0.05


def test_photos_of_changing_sizes_give_what_a_new_network_gives(network, astronaut_bgr):
    """OpenCV's own instance does not: its numbers are wrong after a change of the size."""
    small_bgr = astronaut_bgr[::2, ::2].copy()
    first = network.propose(astronaut_bgr, min_score=0.2)
    network.propose(small_bgr, min_score=0.2)
    again = network.propose(astronaut_bgr, min_score=0.2)
    np.testing.assert_array_equal(first.scores, again.scores)
    np.testing.assert_array_equal(first.centres, again.centres)


@pytest.mark.parametrize("scale", SCALES)
def test_a_face_has_a_high_score_and_a_square_beside_it_has_not(
    network, astronaut_bgr, astronaut_face, scale
):
    face = square_of(astronaut_face)
    beside = Region(face.x + face.side, face.y, face.side)
    assert network.score(astronaut_bgr, face, scale=scale) > 0.7
    assert network.score(astronaut_bgr, beside, scale=scale) < 0.3


def test_the_square_is_turned_with_the_face(network, portrait_bgr, turn):
    face = Region(320, 195, 110)
    turned_bgr = turn(portrait_bgr, 180)
    height, width = turned_bgr.shape[:2]
    turned = Region(width - face.x, height - face.y, face.side, 180.0)
    assert network.score(turned_bgr, turned, scale=3.0) > 0.7


@pytest.mark.parametrize("shape", [(480, 640, 3), (1, 1, 3), (1, 500, 3)])
def test_a_plain_frame_has_no_face(network, shape):
    frame_bgr = np.full(shape, 127, np.uint8)
    assert len(network.propose(frame_bgr, min_score=0.3)) == 0
    assert network.score(frame_bgr, Region(shape[1] / 2, shape[0] / 2, 60), scale=3.0) < 0.3


def test_a_cell_is_decoded_as_published():
    """One cell at row 2, column 3: centre (3.5 + 0.25, 2.5 - 0.5) cells, 40 pixels high, 20 wide."""
    confidence = np.zeros((1, 1, 8, 8), np.float32)
    confidence[0, 0, 2, 3] = 0.8
    log_size = np.zeros((1, 2, 8, 8), np.float32)
    log_size[0, :, 2, 3] = np.log([10.0, 5.0])
    offset = np.zeros((1, 2, 8, 8), np.float32)
    offset[0, :, 2, 3] = (-0.5, 0.25)
    landmarks = np.zeros((1, 10, 8, 8), np.float32)
    landmarks[0, :, 2, 3] = (0.25, 0.2, 0.25, 0.8, 0.5, 0.5, 0.75, 0.3, 0.75, 0.7)
    found = decode(confidence, log_size, offset, landmarks, min_score=0.5)
    assert len(found) == 1 and found.scores[0] == pytest.approx(0.8)
    x, y = 15.0, 8.0
    side = np.sqrt(40 * 20) / 1.08
    np.testing.assert_allclose(found.centres[0], [x, y + 0.06 * side], rtol=1e-6)
    assert found.sides[0] == pytest.approx(side)
    eyes_nose_mouth = [[x - 6, y - 10], [x + 6, y - 10], [x, y], [x, y + 10]]
    np.testing.assert_allclose(found.keypoints[0, :4], eyes_nose_mouth, atol=1e-4)
    np.testing.assert_allclose(found.rolls_deg, [0.0], atol=1e-4)
