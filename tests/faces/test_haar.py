from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from fer_core.faces.haar import PHOTO, VIDEO, HaarConfig, HaarDetector, face_probability
from fer_core.geometry import pairwise_iou


@pytest.fixture(scope="module")
def detector():
    return HaarDetector(PHOTO)


def test_the_face_of_the_portrait_is_found_where_it_is(detector, astronaut_bgr, astronaut_face):
    found = detector.detect(astronaut_bgr)
    best = int(found.scores.argmax())
    assert pairwise_iou(found.xyxy[best : best + 1], astronaut_face[None])[0, 0] > 0.5
    assert found.scores[best] > 0.5
    assert found.roll_deg[best] == 0


def test_boxes_are_in_pixels_of_the_frame_that_was_given(detector, astronaut_bgr, astronaut_face):
    doubled = cv2.resize(astronaut_bgr, None, fx=3, fy=3)
    found = detector.detect(doubled)
    assert pairwise_iou(found.xyxy, 3 * astronaut_face[None]).max() > 0.5


def test_the_video_search_finds_a_face_of_a_sixth_of_the_height(astronaut_bgr):
    frame = np.full((480, 640, 3), 128, np.uint8)
    frame[20:420, 120:520] = cv2.resize(astronaut_bgr, (400, 400), interpolation=cv2.INTER_AREA)
    assert len(HaarDetector(VIDEO).detect(frame)) >= 1


def test_two_faces_are_found(detector, astronaut_bgr):
    found = detector.detect(np.concatenate([astronaut_bgr, astronaut_bgr], axis=1))
    centres = (found.xyxy[found.scores > 0.5, 0] + found.xyxy[found.scores > 0.5, 2]) / 2
    assert (centres < 512).any()
    assert (centres >= 512).any()


def test_six_faces_are_found(detector, six_faces_bgr):
    found = detector.detect(six_faces_bgr)
    assert (found.scores > 0.5).sum() == 6


def test_a_whole_face_at_the_edge_of_the_frame_is_found(detector, astronaut_bgr):
    frame = np.ascontiguousarray(astronaut_bgr[40:, 150:])
    assert (detector.detect(frame).scores > 0.5).any()


def test_the_front_one_of_two_overlapping_faces_is_found(detector, overlapping_bgr):
    found = detector.detect(overlapping_bgr)
    front = np.array([[250, 130, 365, 250]], np.float32)  # the one that hides the other, by hand
    assert pairwise_iou(found.xyxy, front).max() > 0.5


def test_an_upside_down_face_is_not_found(detector, astronaut_bgr):
    found = detector.detect(np.ascontiguousarray(astronaut_bgr[::-1]))
    upside_down = np.array([[171, 512 - 180, 271, 512 - 64]], np.float32)
    assert len(found) == 0 or pairwise_iou(found.xyxy, upside_down).max() < 0.5


@pytest.mark.parametrize("shape", [(1, 1, 3), (24, 24, 3), (480, 640, 3), (2000, 10, 3)])
def test_a_plain_frame_of_any_size_has_no_face(detector, shape):
    assert len(detector.detect(np.full(shape, 127, np.uint8))) == 0


def test_a_grey_frame_is_refused(detector):
    with pytest.raises(ValueError, match="uint8 frame"):
        detector.detect(np.zeros((48, 48), np.uint8))


def test_threads_may_share_a_detector(detector, astronaut_bgr):
    alone = detector.detect(astronaut_bgr).xyxy
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda _: detector.detect(astronaut_bgr).xyxy, range(8)))
    assert all(np.array_equal(alone, boxes) for boxes in together)


def test_scores_rise_with_the_weight_of_the_cascade():
    scores = face_probability(np.array([-5.0, 2.6, 20.0]))
    assert scores[1] == pytest.approx(0.5)
    assert 0 <= scores[0] < scores[1] < scores[2] <= 1


@pytest.mark.parametrize(
    "changes",
    [{"scale_factor": 1.0}, {"min_neighbors": 0}, {"min_face": 23}, {"working_side": 10}],
)
def test_settings_out_of_range_are_refused(changes):
    fields = {"working_side": 320, "scale_factor": 1.1, "min_neighbors": 3, "min_face": 30}
    with pytest.raises(ValueError, match="out of range"):
        HaarConfig(**(fields | changes))
