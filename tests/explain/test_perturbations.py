"""A face that is cut out in other ways, covered, shrunk, blurred and darkened."""

import cv2
import numpy as np
import pytest

from fer_core.explain.framed_face import FramedFace, framed_faces
from fer_core.explain.perturbations import Perturbation, perturbed_crop
from fer_core.faces.crop import upright_crops, whole_crop
from fer_core.faces.detections import Detections
from fer_core.frames import to_gray

SIZE = 48
FACE = Detections(
    np.array([[160, 60, 290, 200]]),
    np.ones(1),
    np.array([8.0]),
    squares=np.array([[224.0, 130.0, 150.0]]),
)


@pytest.fixture(scope="module")
def framed(astronaut_bgr):
    (face,) = framed_faces(astronaut_bgr, FACE)
    return face


def bright_spot(y: int, x: int) -> np.ndarray:
    """Return a black frame with a white spot."""
    frame = np.zeros((200, 200, 3), np.uint8)
    cv2.circle(frame, (x, y), 8, (255, 255, 255), -1)
    return frame


def place_of_spot(crop: np.ndarray) -> tuple[float, float]:
    """Return row and column of the centre of the light in a crop."""
    rows, columns = np.indices(crop.shape)
    weight = crop / crop.sum()
    return float((rows * weight).sum()), float((columns * weight).sum())


def test_unchanged_it_is_the_crop_that_the_pipeline_cuts_out(framed, astronaut_bgr):
    expected = upright_crops(to_gray(astronaut_bgr), FACE, size=SIZE)[0]
    crop = perturbed_crop(framed, Perturbation(), size=SIZE)
    assert np.abs(crop.astype(int) - expected).max() <= 1


def test_a_whole_picture_unchanged_is_its_crop():
    gray = np.random.default_rng(0).integers(0, 256, (60, 48)).astype(np.uint8)
    crop = perturbed_crop(FramedFace(gray), Perturbation(), size=SIZE)
    assert (crop == whole_crop(gray, size=SIZE)[0]).all()


def test_of_a_large_frame_only_the_part_around_the_face_is_kept_and_shrunk():
    frame = np.zeros((4000, 6000, 3), np.uint8)
    square = np.array([[3000.0, 2000.0, 1200.0]])
    box = np.array([[2400, 1400, 3600, 2600]])
    (face,) = framed_faces(frame, Detections(box, np.ones(1), np.zeros(1), squares=square))
    assert face.gray.shape == (1024, 1024)
    assert face.square.side == pytest.approx(1200 * 1024 / 2400)
    assert (face.square.x, face.square.y) == (pytest.approx(512), pytest.approx(512))


def test_a_face_beyond_the_corner_of_its_frame_can_be_cut_out():
    square = np.array([[-5.0, -5.0, 30.0]])
    box = np.array([[-20, -20, 10, 10]])
    found = Detections(box, np.ones(1), np.zeros(1), squares=square)
    (face,) = framed_faces(bright_spot(0, 0), found)
    assert face.crop(SIZE, framing=1.25).shape == (SIZE, SIZE)


def test_no_faces_give_none():
    assert framed_faces(bright_spot(0, 0), Detections.empty()) == ()


@pytest.mark.parametrize("is_framed", [True, False], ids=["frame", "whole picture"])
def test_a_positive_tilt_turns_the_face_clockwise(is_framed):
    frame = bright_spot(70, 100)  # above the centre
    box = np.array([[50, 50, 150, 150]])
    found = Detections(box, np.ones(1), np.zeros(1), squares=np.array([[100.0, 100.0, 100.0]]))
    face = framed_faces(frame, found)[0] if is_framed else FramedFace(to_gray(frame))
    row, column = place_of_spot(face.crop(SIZE, tilt_deg=90.0))
    assert column > SIZE / 2 + 5  # what was above is now on the right
    assert row == pytest.approx(SIZE / 2 - 0.5, abs=1)


def test_a_tilted_crop_shows_the_frame_in_its_corners_not_black(framed):
    crop = framed.crop(SIZE, tilt_deg=45.0, framing=1.25)
    assert (crop[[0, 0, -1, -1], [0, -1, 0, -1]] > 0).all()


def test_a_tighter_frame_enlarges_the_face_and_a_wider_one_shows_more():
    frame = bright_spot(100, 120)
    box = np.array([[50, 50, 150, 150]])
    (face,) = framed_faces(frame, Detections(box, np.ones(1), np.zeros(1)))
    columns = [place_of_spot(face.crop(SIZE, framing=share))[1] for share in (0.6, 1.0, 1.25)]
    away = np.array(columns) - (SIZE - 1) / 2
    assert away[0] / away[1] == pytest.approx(1 / 0.6, rel=0.05)
    assert away[2] / away[1] == pytest.approx(1 / 1.25, rel=0.05)


@pytest.mark.parametrize(
    ("change", "is_changed"),
    [
        (Perturbation(covered_mouth=1.0), np.s_[30:]),
        (Perturbation(covered_eyes=1.0), np.s_[12:24]),
    ],
    ids=["mouth", "eyes"],
)
def test_covering_changes_the_rows_of_that_part_alone(framed, change, is_changed):
    plain = perturbed_crop(framed, Perturbation(), size=SIZE)
    crop = perturbed_crop(framed, change, size=SIZE)
    assert np.ptp(crop[is_changed]) == 0
    assert (crop[:10] == plain[:10]).all()


def test_few_pixels_and_blur_smooth_the_crop_and_darkness_dims_it(framed):
    plain, *others = (
        perturbed_crop(framed, change, size=SIZE).astype(float)
        for change in (Perturbation(), Perturbation(side_px=8), Perturbation(blur=0.06))
    )
    roughness = [np.abs(np.diff(crop)).mean() for crop in (plain, *others)]
    assert max(roughness[1:]) < roughness[0] / 2
    dark = perturbed_crop(framed, Perturbation(light=0.1), size=SIZE)
    assert dark.mean() == pytest.approx(plain.mean() / 10, abs=1.5)


def test_as_many_pixels_as_the_crop_has_leave_it_as_it_is(framed):
    plain = perturbed_crop(framed, Perturbation(), size=SIZE)
    assert (perturbed_crop(framed, Perturbation(side_px=SIZE), size=SIZE) == plain).all()


def test_the_same_change_gives_the_same_crop_for_every_size(framed):
    change = Perturbation(tilt_deg=20, framing=0.8, covered_eyes=0.5, side_px=16, light=0.2)
    for size in (48, 96):
        first, second = (perturbed_crop(framed, change, size=size) for _ in range(2))
        assert first.shape == (size, size)
        assert (first == second).all()


CHANGES = [
    Perturbation(tilt_deg=30),
    Perturbation(framing=0.8),
    Perturbation(covered_mouth=0.5),
    Perturbation(covered_eyes=0.5),
    Perturbation(side_px=12),
    Perturbation(blur=0.05),
    Perturbation(light=0.05),
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.in_words())
@pytest.mark.parametrize("size", [64, 96, 112])
def test_networks_of_two_sizes_get_the_same_picture(framed, change, size):
    def seen_at_48(change):
        crop = perturbed_crop(framed, change, size=size)
        return cv2.resize(crop, (SIZE, SIZE), interpolation=cv2.INTER_AREA).astype(float)

    before = np.abs(seen_at_48(Perturbation()) - perturbed_crop(framed, Perturbation(), size=SIZE))
    after = np.abs(seen_at_48(change) - perturbed_crop(framed, change, size=SIZE))
    assert after.mean() <= before.mean() + 1.5  # grey levels


def test_more_pixels_than_the_network_takes_change_nothing(framed):
    plain = perturbed_crop(framed, Perturbation(), size=SIZE)
    assert (perturbed_crop(framed, Perturbation(side_px=64), size=SIZE) == plain).all()
    larger = perturbed_crop(framed, Perturbation(), size=96)
    assert (perturbed_crop(framed, Perturbation(side_px=64), size=96) != larger).any()


def test_a_change_says_what_it_does():
    change = Perturbation(tilt_deg=30, framing=0.8, covered_mouth=0.5, side_px=16, light=0.1)
    assert change.in_words() == (
        "tilted by 30 degrees to the right, framed tighter (80% of the usual side), "
        "mouth 50% covered, shrunk to 16 px, 10% of the light"
    )


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"tilt_deg": 91}, "tilt_deg lies in"),
        ({"framing": 0.5}, "framing lies in"),
        ({"framing": float("nan")}, "framing lies in"),
        ({"light": 0.0}, "light lies in"),
        ({"blur": -0.01}, "blur lies in"),
        ({"side_px": 7}, "side_px is at least 8, got 7"),
    ],
)
def test_a_change_out_of_range_is_refused(values, message):
    with pytest.raises(ValueError, match=message):
        Perturbation(**values)
