import cv2
import numpy as np
import pytest

from fer_core.faces.photo_detector import PhotoConfig, PhotoDetector
from fer_core.faces.registry import DETECTOR_NAMES, create_detector
from fer_core.geometry import pairwise_iou


@pytest.fixture(scope="module")
def detector():
    return PhotoDetector()


def test_the_face_of_the_portrait_is_found_with_presence_and_pose(
    detector, astronaut_bgr, astronaut_face
):
    found = detector.detect(astronaut_bgr)
    assert len(found) == 1
    assert pairwise_iou(found.xyxy, astronaut_face[None])[0, 0] > 0.7
    assert found.scores[0] > 0.7
    assert found.presence[0] > 0.9
    assert np.abs(found.head_deg[0]).max() < 30


@pytest.mark.parametrize("degrees", [60, 135, 180])
def test_a_face_is_found_at_any_tilt_and_its_tilt_is_measured(
    detector, portrait_bgr, turn, degrees
):
    found = detector.detect(turn(portrait_bgr, degrees))
    assert len(found) == 1
    assert (found.roll_deg[0] - degrees + 180) % 360 - 180 == pytest.approx(0, abs=8)


@pytest.mark.parametrize("degrees", [30, 150, 270])
def test_small_faces_are_found_at_any_tilt(detector, six_faces_bgr, turn, degrees):
    found = detector.detect(turn(cv2.resize(six_faces_bgr, (380, 285)), degrees))
    assert len(found) == 6


def test_an_upright_and_an_upside_down_face_are_found(detector, astronaut_bgr):
    found = detector.detect(np.concatenate([astronaut_bgr, astronaut_bgr[::-1, ::-1]], axis=1))
    assert len(found) == 2
    upright, turned = np.argsort(found.xyxy[:, 0])
    assert abs(found.roll_deg[upright]) < 8
    assert abs(found.roll_deg[turned]) > 172


def test_overlapping_faces_are_both_found(detector, overlapping_bgr):
    assert len(detector.detect(overlapping_bgr)) == 2


def test_six_faces_are_found(detector, six_faces_bgr):
    assert len(detector.detect(six_faces_bgr)) == 6


@pytest.mark.parametrize(("height", "blur"), [(24, 1.0), (28, 1.5)])
def test_small_blurred_faces_are_all_found(detector, astronaut_bgr, height, blur):
    side = round(height * 200 / 116)
    head_bgr = cv2.resize(
        astronaut_bgr[20:220, 120:320], (side, side), interpolation=cv2.INTER_AREA
    )
    frame_bgr = np.full((600, 900, 3), 90, np.uint8)
    for top in (60, 250, 440):
        for left in (70, 360, 650):
            frame_bgr[top : top + side, left : left + side] = head_bgr
    found = detector.detect(cv2.GaussianBlur(frame_bgr, (0, 0), blur))
    assert len(found) == 9
    assert np.ptp(found.xyxy[:, [1, 3]], axis=1) == pytest.approx(height, rel=0.35)


def test_a_face_cut_by_the_edge_is_found_and_its_box_may_reach_over_the_edge(
    detector, astronaut_bgr
):
    found = detector.detect(np.ascontiguousarray(astronaut_bgr[:, 195:]))
    assert len(found) == 1
    assert found.xyxy[0, 0] < 5


@pytest.mark.parametrize("size", [(48, 48), (100, 100), (640, 480), (480, 640), (3000, 2000)])
def test_a_face_that_overflows_the_photo_is_found_once(detector, overflowing_bgr, size):
    found = detector.detect(cv2.resize(overflowing_bgr(640, 640), size))
    assert len(found) == 1
    assert np.ptp(found.xyxy[0, [1, 3]]) > 0.8 * size[1]


@pytest.mark.parametrize("size", [(48, 48), (100, 100)])
def test_a_dim_tight_crop_is_read_as_the_face_that_the_mesh_shows(detector, astronaut_bgr, size):
    crop_bgr = cv2.resize(astronaut_bgr[98:168, 184:264], size) // 12
    found = detector.detect(crop_bgr)
    assert len(found) == 1
    assert found.presence[0] > 0.5
    assert abs(found.roll_deg[0]) < 15


def test_boxes_are_in_pixels_of_a_large_photo(detector, astronaut_bgr, astronaut_face):
    found = detector.detect(np.repeat(np.repeat(astronaut_bgr, 4, axis=0), 4, axis=1))
    assert pairwise_iou(found.xyxy, 4 * astronaut_face[None]).max() > 0.7


def test_stripes_have_no_face(detector, stripes_bgr):
    assert len(detector.detect(stripes_bgr)) == 0


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 900, 3), (480, 640, 3)])
def test_an_empty_frame_has_no_face(detector, shape):
    assert len(detector.detect(np.full(shape, 127, np.uint8))) == 0


def test_a_grey_frame_is_refused(detector):
    with pytest.raises(ValueError, match="uint8 frame"):
        detector.detect(np.zeros((48, 48), np.uint8))


@pytest.mark.parametrize("changes", [{"min_score": 1.0}, {"working_side": 0}])
def test_settings_out_of_range_are_refused(changes):
    with pytest.raises(ValueError, match="out of range"):
        PhotoConfig(**changes)


@pytest.mark.parametrize("shape", [(1, 30_000, 3), (3_000, 1, 3), (1, 1, 3)])
@pytest.mark.parametrize("name", DETECTOR_NAMES)
def test_a_photo_thinner_than_any_face_has_no_face(name, shape):
    assert len(create_detector(name, mode="photo").detect(np.zeros(shape, np.uint8))) == 0
