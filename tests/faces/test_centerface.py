import numpy as np
import pytest

from fer_core.faces.centerface import CenterFace, decode
from fer_core.regions import Region

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
def test_a_look_at_a_face_measures_it_and_one_beside_it_finds_nothing(
    network, astronaut_bgr, astronaut_face, scale
):
    face = square_of(astronaut_face)
    found = network.look(astronaut_bgr, face, scale=scale)
    assert found.scores[0] > 0.7
    assert np.hypot(*(found.centres[0] - (face.x, face.y))) < 0.2 * face.side
    assert abs(np.log2(found.sides[0] / face.side)) < 0.5
    beside = Region(face.x + face.side, face.y, face.side)
    assert network.look(astronaut_bgr, beside, scale=scale).scores.max(initial=0.0) < 0.3


@pytest.mark.parametrize("n_quarter_turns", [0, 1, 2, 3])
def test_faces_are_found_in_the_quarter_turn_that_is_asked_for(
    network, portrait_bgr, turn, n_quarter_turns
):
    degrees = 90 * n_quarter_turns
    turned_bgr = turn(portrait_bgr, degrees)
    found = best(network.propose(turned_bgr, min_score=0.5, n_quarter_turns=n_quarter_turns))
    assert (found.rolls_deg[0] - degrees + 180) % 360 - 180 == pytest.approx(0, abs=12)
    look = network.look(turned_bgr, found.region(0), scale=3.0)
    assert look.scores[0] > 0.7
    assert np.hypot(*(look.centres[0] - found.centres[0])) < 0.1 * found.sides[0]


@pytest.mark.parametrize("shape", [(480, 640, 3), (1, 1, 3), (1, 500, 3)])
def test_a_plain_frame_has_no_face(network, shape):
    frame_bgr = np.full(shape, 127, np.uint8)
    assert len(network.propose(frame_bgr, min_score=0.3)) == 0
    centre = Region(shape[1] / 2, shape[0] / 2, 60)
    assert network.look(frame_bgr, centre, scale=3.0).scores.max(initial=0.0) < 0.3


def test_a_cell_is_decoded_as_published():
    """A cell at row 2, column 3: centre (3.5 + 0.25, 2.5 - 0.5) cells, 40 pixels high, 20 wide."""
    confidence = np.zeros((1, 1, 8, 8), np.float32)
    confidence[0, 0, 2, 3] = 0.8
    log_size = np.zeros((1, 2, 8, 8), np.float32)
    log_size[0, :, 2, 3] = np.log([10.0, 5.0])
    offset = np.zeros((1, 2, 8, 8), np.float32)
    offset[0, :, 2, 3] = (-0.5, 0.25)
    landmarks = np.zeros((1, 10, 8, 8), np.float32)
    landmarks[0, :, 2, 3] = (0.25, 0.2, 0.25, 0.8, 0.5, 0.5, 0.75, 0.3, 0.75, 0.7)
    found = decode(confidence, log_size, offset, landmarks, min_score=0.5)
    assert len(found) == 1
    assert found.scores[0] == pytest.approx(0.8)
    x, y = 15.0, 8.0
    side = np.sqrt(40 * 20) / 1.08
    np.testing.assert_allclose(found.centres[0], [x, y + 0.06 * side], rtol=1e-6)
    assert found.sides[0] == pytest.approx(side)
    eyes_nose_mouth = [[x - 6, y - 10], [x + 6, y - 10], [x, y], [x, y + 10]]
    np.testing.assert_allclose(found.keypoints[0, :4], eyes_nose_mouth, atol=1e-4)
    np.testing.assert_allclose(found.rolls_deg, [0.0], atol=1e-4)
