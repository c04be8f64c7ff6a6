import cv2
import numpy as np
import pytest

from fer_core.faces.crop import upright_crops
from fer_core.faces.detections import Detections
from fer_core.faces.quality import (
    CUT_OFF,
    NOT_CLEAR,
    PARTLY_COVERED,
    REASONS,
    TOO_BLURRED,
    TOO_BRIGHT,
    TOO_CLOSE,
    TOO_DARK,
    TOO_SMALL,
    TURNED_AWAY,
    QualityConfig,
    blown_out,
    brightness,
    has_features_inside,
    unread_reasons,
)
from fer_core.geometry import rotation

CLEAR, OCCLUDED = np.array([False]), np.array([True])


FRAME_SIZE = (480, 640)


def one_face(
    *, at=(320.0, 240.0), side=100.0, roll_deg=0.0, yaw_deg=0.0, pitch_deg=0.0, presence=1.0
):
    return Detections(
        [[0, 0, 100, 100]], [0.9], [roll_deg],
        squares=np.array([[*at, side]]),
        head_deg=np.array([[yaw_deg, pitch_deg]]),
        presence=np.array([presence]),
    )  # fmt: skip


@pytest.fixture(scope="module")
def clear_crop(astronaut_bgr):
    face = Detections([[160, 55, 285, 180]], [0.9], [0.0])
    return upright_crops(astronaut_bgr, face, size=48)


def faults(found, crops, is_occluded):
    return unread_reasons(found, crops, is_occluded, QualityConfig(), frame_size=FRAME_SIZE)


def reasons(crop, *, is_occluded=CLEAR, **face):
    (named,) = faults(one_face(**face), crop, is_occluded)
    assert set(named) <= set(REASONS)
    return named


def test_a_clear_face_can_be_classified(clear_crop):
    assert reasons(clear_crop) == ()


@pytest.mark.parametrize(
    ("face", "reason"),
    [
        ({"side": 20.0}, TOO_SMALL),
        ({"yaw_deg": 36.0}, TURNED_AWAY),
        ({"yaw_deg": -36.0}, TURNED_AWAY),
        ({"pitch_deg": -50.0}, TURNED_AWAY),
        ({"presence": 0.2}, NOT_CLEAR),
        ({"presence": 0.2, "yaw_deg": 80.0}, TURNED_AWAY),
        ({"at": (10.0, 240.0)}, CUT_OFF),
        ({"at": (10.0, 240.0), "yaw_deg": 80.0}, TURNED_AWAY),
        ({"at": (50.0, 240.0), "side": 700.0}, CUT_OFF),
        ({"at": (320.0, 240.0), "side": 760.0}, TOO_CLOSE),
        ({"at": (50.0, 240.0), "side": 760.0}, TOO_CLOSE),
    ],
)
def test_each_fault_is_reported_in_words(clear_crop, face, reason):
    assert reasons(clear_crop, **face) == (reason,)


@pytest.mark.parametrize(("yaw_deg", "pitch_deg"), [(34.0, 0.0), (-34.0, 0.0), (0.0, 39.0)])
def test_a_face_that_is_turned_a_little_is_classified(clear_crop, yaw_deg, pitch_deg):
    assert reasons(clear_crop, yaw_deg=yaw_deg, pitch_deg=pitch_deg) == ()


@pytest.mark.parametrize("noise", [0, 5, 10, 20])
def test_a_blurred_face_is_not_classified_and_noise_does_not_make_it_sharp(clear_crop, noise):
    blurred = cv2.GaussianBlur(clear_crop[0], (0, 0), 3).astype(float)
    noisy = blurred + np.random.default_rng(0).normal(0, noise, blurred.shape)
    assert reasons(np.clip(noisy, 0, 255).astype(np.uint8)[None]) == (TOO_BLURRED,)


@pytest.mark.parametrize("noise", [5, 10])
def test_a_sharp_face_with_noise_is_classified(clear_crop, noise):
    noisy = clear_crop + np.random.default_rng(0).normal(0, noise, clear_crop.shape)
    assert reasons(np.clip(noisy, 0, 255).astype(np.uint8)) == ()


@pytest.mark.parametrize("direction", [(1, 0), (0, 1), (1, 1), (1, -1)])
def test_motion_in_any_direction_is_a_blur_and_noise_does_not_hide_it(clear_crop, direction):
    moved = [np.roll(clear_crop[0], (step * direction[1], step * direction[0]), axis=(0, 1))
             for step in range(-6, 7)]  # fmt: skip
    blurred = np.mean(moved, axis=0)
    noisy = blurred + np.random.default_rng(0).normal(0, 5, blurred.shape)
    for crop in (blurred, np.clip(noisy, 0, 255)):
        assert reasons(crop.astype(np.uint8)[None]) == (TOO_BLURRED,)


@pytest.mark.parametrize("roll_deg", [0, 30, 90, 180])
def test_a_tilted_face_is_cut_where_its_eyes_or_mouth_reach_over_the_edge(roll_deg):
    # the mouth is 34 pixels below the centre of a square of 100, in the direction of the tilt
    x, y = rotation(roll_deg) @ [0.0, 34.0]
    points_to = np.array([320.0, 240.0]) + np.sign(np.round([x, y], 6)) * [320.0, 240.0]
    inside, cut = points_to - np.array([x, y]) * 1.6, points_to - np.array([x, y]) * 0.9
    faces = [one_face(at=at, roll_deg=roll_deg) for at in (inside, cut)]
    assert [has_features_inside(face, FRAME_SIZE).item() for face in faces] == [True, False]


def test_the_far_eye_of_a_turned_face_lies_nearer_to_its_centre():
    at_edge = {"at": (15.0, 240.0)}  # the subject's right eye is 20 pixels to the left, or less
    turns_deg = (0.0, np.nan, 30.0, -30.0)  # to the right of the frame, to its left
    faces = [one_face(yaw_deg=yaw_deg, **at_edge) for yaw_deg in turns_deg]
    inside = [has_features_inside(face, FRAME_SIZE).item() for face in faces]
    assert inside == [False, False, False, True]


def test_a_dark_face_is_not_classified(clear_crop):
    assert reasons(clear_crop // 6) == (TOO_DARK,)


def test_a_blown_out_face_is_not_classified_and_not_called_blurred(clear_crop):
    bright = cv2.convertScaleAbs(clear_crop[0], alpha=4)[None]
    assert reasons(bright) == (TOO_BRIGHT,)
    white = np.full_like(clear_crop, 255)
    assert reasons(white) == (TOO_BRIGHT,)


def test_an_occluded_face_is_not_classified(clear_crop):
    assert reasons(clear_crop, is_occluded=OCCLUDED) == (PARTLY_COVERED,)


def test_an_occluded_face_with_another_fault_is_reported_with_that_fault_only(clear_crop):
    assert reasons(clear_crop, is_occluded=OCCLUDED, yaw_deg=60.0) == (TURNED_AWAY,)


def test_several_faults_are_all_reported(clear_crop):
    assert reasons(clear_crop // 6, side=10.0, yaw_deg=70.0) == (TOO_SMALL, TOO_DARK, TURNED_AWAY)


def test_what_the_detector_does_not_know_is_not_a_reason(clear_crop):
    box_only = Detections([[0, 0, 100, 100]], [0.9], [0.0])
    assert faults(box_only, clear_crop, CLEAR) == ((),)


def test_no_faces_have_no_reasons():
    crops, is_occluded = np.zeros((0, 48, 48)), np.zeros(0, dtype=bool)
    assert faults(Detections.empty(), crops, is_occluded) == ()


def test_brightness_is_the_90th_percentile():
    crop = np.zeros((10, 10), np.uint8)
    crop[:2] = 200
    assert brightness(crop) == 200


def test_the_blown_out_share_counts_white_pixels():
    assert blown_out(np.array([[250, 255], [249, 0]], np.uint8)) == 0.5


def test_faces_and_crops_must_match_in_number(clear_crop):
    with pytest.raises(ValueError, match="0 faces but 1 crops and 1 occlusion results"):
        faults(Detections.empty(), clear_crop, CLEAR)


@pytest.mark.parametrize(
    "changes", [{"min_side": 0}, {"min_presence": 1.5}, {"max_blown_out": 1.5}, {"min_detail": 0}]
)
def test_settings_out_of_range_are_refused(changes):
    with pytest.raises(ValueError, match="out of range"):
        QualityConfig(**changes)
