import cv2
import numpy as np
import pytest

from fer_core.faces.crop import upright_crops
from fer_core.faces.detections import Detections
from fer_core.faces.quality import (
    PARTLY_COVERED,
    TOO_BLURRED,
    TOO_DARK,
    TOO_SMALL,
    TURNED_AWAY,
    QualityConfig,
    brightness,
    sharpness,
    unread_reasons,
)

CLEAR, OCCLUDED = np.array([False]), np.array([True])


def one_face(*, side=100.0, yaw_deg=0.0, pitch_deg=0.0, presence=1.0):
    return Detections(
        [[0, 0, 100, 100]], [0.9], [0.0],
        squares=np.array([[50.0, 50.0, side]]),
        head_deg=np.array([[yaw_deg, pitch_deg]]),
        presence=np.array([presence]),
    )  # fmt: skip


@pytest.fixture(scope="module")
def clear_crop(astronaut_bgr):
    face = Detections([[160, 55, 285, 180]], [0.9], [0.0])
    return upright_crops(astronaut_bgr, face, size=48)


def reasons(crop, *, is_occluded=CLEAR, **face):
    return unread_reasons(one_face(**face), crop, is_occluded, QualityConfig())[0]


def test_a_clear_face_can_be_classified(clear_crop):
    assert reasons(clear_crop) == ()


@pytest.mark.parametrize(
    ("face", "reason"),
    [
        ({"side": 20.0}, TOO_SMALL),
        ({"yaw_deg": 60.0}, TURNED_AWAY),
        ({"yaw_deg": -60.0}, TURNED_AWAY),
        ({"pitch_deg": -50.0}, TURNED_AWAY),
        ({"presence": 0.2}, PARTLY_COVERED),
        ({"presence": 0.2, "yaw_deg": 80.0}, TURNED_AWAY),
    ],
)
def test_each_fault_is_reported_in_words(clear_crop, face, reason):
    assert reasons(clear_crop, **face) == (reason,)


def test_a_blurred_face_is_not_classified(clear_crop):
    assert reasons(cv2.GaussianBlur(clear_crop[0], (0, 0), 3)[None]) == (TOO_BLURRED,)


def test_a_dark_face_is_not_classified(clear_crop):
    assert reasons(clear_crop // 6) == (TOO_DARK,)


def test_an_occluded_face_is_not_classified(clear_crop):
    assert reasons(clear_crop, is_occluded=OCCLUDED) == (PARTLY_COVERED,)


def test_an_occluded_face_with_another_fault_is_reported_with_that_fault_only(clear_crop):
    assert reasons(clear_crop, is_occluded=OCCLUDED, yaw_deg=60.0) == (TURNED_AWAY,)


def test_several_faults_are_all_reported(clear_crop):
    assert reasons(clear_crop // 6, side=10.0, yaw_deg=70.0) == (TOO_SMALL, TOO_DARK, TURNED_AWAY)


def test_what_the_detector_does_not_know_is_not_a_reason(clear_crop):
    box_only = Detections([[0, 0, 100, 100]], [0.9], [0.0])
    assert unread_reasons(box_only, clear_crop, CLEAR, QualityConfig()) == ((),)


def test_no_faces_have_no_reasons():
    crops, is_occluded = np.zeros((0, 48, 48)), np.zeros(0, dtype=bool)
    assert unread_reasons(Detections.empty(), crops, is_occluded, QualityConfig()) == ()


def test_sharpness_does_not_depend_on_contrast(clear_crop):
    fainter = (clear_crop[0].astype(float) / 3 + 60).round().astype(np.uint8)
    assert sharpness(fainter) == pytest.approx(sharpness(clear_crop[0]), rel=0.1)


def test_brightness_is_the_90th_percentile():
    crop = np.zeros((10, 10), np.uint8)
    crop[:2] = 200
    assert brightness(crop) == 200


def test_faces_and_crops_must_match_in_number(clear_crop):
    with pytest.raises(ValueError, match="0 faces but 1 crops and 1 occlusion results"):
        unread_reasons(Detections.empty(), clear_crop, CLEAR, QualityConfig())


@pytest.mark.parametrize("changes", [{"min_side": 0}, {"min_presence": 1.5}])
def test_settings_out_of_range_are_refused(changes):
    with pytest.raises(ValueError, match="out of range"):
        QualityConfig(**changes)
