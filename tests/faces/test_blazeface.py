import numpy as np
import pytest

from fer_core.faces.blazeface import BlazeFace, decode
from fer_core.geometry import pairwise_iou
from fer_core.regions import Region


@pytest.fixture(scope="module")
def blazeface():
    return BlazeFace()


def test_a_cell_is_decoded_by_hand():
    boxes, logits = np.zeros((2304, 16), np.float32), np.full(2304, -9.0, np.float32)
    boxes[49, :6] = [1.0, -1.0, 40.0, 40.0, 3.0, 0.0]  # second row, second column
    logits[49] = 0.0
    found = decode(boxes, logits, min_score=0.4)
    assert found.centres.tolist() == [[7.0, 5.0]]  # the centre of that cell is (6, 6)
    assert found.sides.tolist() == [40.0]
    assert found.keypoints[0, :2].tolist() == [[9.0, 6.0], [6.0, 6.0]]
    assert found.scores.tolist() == [0.5]


def test_scores_below_the_threshold_give_no_candidates():
    assert len(decode(np.zeros((2304, 16)), np.full(2304, -9.0), min_score=0.5)) == 0


def test_the_face_of_the_portrait_is_proposed_where_it_is(blazeface, astronaut_bgr, astronaut_face):
    found = blazeface.propose(astronaut_bgr, Region(256, 256, 512), min_score=0.5)
    best = int(found.scores.argmax())
    assert pairwise_iou(found.xyxy, astronaut_face[None])[best, 0] > 0.6
    right_eye, left_eye = found.keypoints[best, :2]
    assert right_eye[0] < left_eye[0]  # the subject's right is on the left of the frame
    assert found.rolls_deg[best] == pytest.approx(0, abs=10)


def test_candidates_of_a_rotated_region_are_in_pixels_and_angles_of_the_frame(
    blazeface, portrait_bgr, turn
):
    found = blazeface.propose(turn(portrait_bgr, 120), Region(320, 240, 640, 120), min_score=0.5)
    assert found.rolls_deg[found.scores.argmax()] == pytest.approx(120, abs=12)
