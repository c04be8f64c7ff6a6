from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from fer_core.faces.haar_tilt import PHOTO, VIDEO, HaarTiltConfig, HaarTiltDetector
from fer_core.geometry import pairwise_iou


@pytest.fixture(scope="module")
def detector():
    return HaarTiltDetector(PHOTO)


@pytest.mark.parametrize("degrees", [0, 10, 45, 90, 180])
def test_the_face_of_the_portrait_is_found_at_every_tilt_and_its_tilt_is_measured(
    detector, portrait_bgr, turn, degrees
):
    found = detector.detect(turn(portrait_bgr, degrees))
    assert len(found) == 1
    assert (found.roll_deg[0] - degrees + 180) % 360 - 180 == pytest.approx(0, abs=15)


def test_boxes_are_in_pixels_of_the_frame_that_was_given(detector, astronaut_bgr, astronaut_face):
    found = detector.detect(np.repeat(np.repeat(astronaut_bgr, 2, axis=0), 2, axis=1))
    assert pairwise_iou(found.xyxy, 2 * astronaut_face[None]).max() > 0.5


def test_six_faces_are_found(detector, six_faces_bgr):
    assert len(detector.detect(six_faces_bgr)) == 6


def test_a_face_without_eyes_is_not_found(detector, astronaut_bgr):
    masked_bgr = astronaut_bgr.copy()
    masked_bgr[98:124, 180:270] = masked_bgr[150, 200]
    assert len(detector.detect(masked_bgr)) == 0


def test_a_face_with_one_eye_is_not_found(detector, astronaut_bgr):
    masked_bgr = astronaut_bgr.copy()
    masked_bgr[98:124, 225:270] = masked_bgr[150, 200]
    assert len(detector.detect(masked_bgr)) == 0


def test_stripes_have_no_face_at_any_tilt(detector, stripes_bgr, turn):
    for degrees in (0, 45):
        assert len(detector.detect(turn(stripes_bgr, degrees))) == 0


@pytest.mark.parametrize("shape", [(1, 1, 3), (24, 24, 3), (480, 640, 3), (2000, 10, 3)])
def test_a_plain_frame_of_any_size_has_no_face(detector, shape):
    assert len(detector.detect(np.full(shape, 127, np.uint8))) == 0


def test_a_video_finds_a_tilted_face_within_nine_frames_and_keeps_it(portrait_bgr, turn):
    detector = HaarTiltDetector(VIDEO)
    counts = [len(detector.detect(turn(portrait_bgr, 90))) for _ in range(12)]
    assert counts == sorted(counts)
    assert counts[8:] == [1] * 4


def test_a_grey_frame_is_refused(detector):
    with pytest.raises(ValueError, match="uint8 frame"):
        detector.detect(np.zeros((48, 48), np.uint8))


def test_threads_may_share_a_detector(detector, astronaut_bgr):
    alone = detector.detect(astronaut_bgr).xyxy
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(lambda _: detector.detect(astronaut_bgr).xyxy, range(2)))
    assert all(np.array_equal(alone, boxes) for boxes in together)


@pytest.mark.parametrize("changes", [{"n_turns": 0}, {"n_turns": 19}, {"min_score": 1.1}])
def test_settings_out_of_range_are_refused(changes):
    with pytest.raises(ValueError, match="out of range"):
        HaarTiltConfig(PHOTO.search, **changes)
