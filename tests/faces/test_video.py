import numpy as np
import pytest

from fer_core.evaluate.speed import frame_with_faces
from fer_core.faces.video import BlazeFaceVideoDetector, VideoConfig
from fer_core.tracking.identity import FaceIdentities


@pytest.fixture
def detector():
    return BlazeFaceVideoDetector()


def test_a_face_is_held_through_a_full_turn(detector, portrait_bgr, turn):
    for degrees in range(0, 361, 12):  # a turn in two seconds at 15 frames a second
        found = detector.detect(turn(portrait_bgr, degrees))
        assert len(found) == 1, f"lost at {degrees} degrees"
        away = (found.roll_deg[0] - degrees + 180) % 360 - 180
        assert away == pytest.approx(0, abs=8)


@pytest.mark.parametrize(
    ("speed_deg_s", "fps"), [(90, 15), (-90, 15), (90, 30), (180, 15), (-180, 15), (-180, 30)]
)
def test_a_turning_face_stays_one_face_with_one_number(
    detector, portrait_bgr, turn, speed_deg_s, fps
):
    identities = FaceIdentities()
    for step in range(360 * fps // abs(speed_deg_s) + 1):
        degrees = step * speed_deg_s / fps
        found = detector.detect(turn(portrait_bgr, degrees))
        assert identities.update(found.xyxy, time_s=step / fps) == (1,), f"at {degrees} degrees"
        away = (found.roll_deg[0] - degrees + 180) % 360 - 180
        assert away == pytest.approx(0, abs=8)


@pytest.mark.parametrize("degrees", [90, -90, 180])
def test_a_tilted_newcomer_is_found_within_six_frames(detector, portrait_bgr, turn, degrees):
    frame = turn(portrait_bgr, degrees)
    assert any(len(detector.detect(frame)) == 1 for _ in range(6))


def test_a_face_that_leaves_is_gone_and_found_again(detector, portrait_bgr):
    assert len(detector.detect(portrait_bgr)) == 1
    assert len(detector.detect(np.full_like(portrait_bgr, 128))) == 0
    assert any(len(detector.detect(portrait_bgr)) == 1 for _ in range(2))


def test_a_face_cut_by_the_frames_edge_is_found(detector, astronaut_bgr):
    frame = np.ascontiguousarray(astronaut_bgr[:, 195:])
    found = [detector.detect(frame) for _ in range(6)][-1]
    assert len(found) == 1
    assert found.xyxy[0, 0] < 5


def test_overlapping_faces_are_both_found(detector, overlapping_bgr):
    assert len([detector.detect(overlapping_bgr) for _ in range(6)][-1]) == 2


def test_six_faces_are_six(detector, six_faces_bgr):
    assert len([detector.detect(six_faces_bgr) for _ in range(6)][-1]) == 6


@pytest.mark.parametrize(("max_wait", "n_fitted"), [(3, 3), (2, 3), (1, 6)])
def test_many_faces_are_followed_in_turn_and_none_is_left_behind(six_faces_bgr, max_wait, n_fitted):
    detector = BlazeFaceVideoDetector(VideoConfig(pass_every=100, max_wait=max_wait))
    before = [detector.detect(six_faces_bgr) for _ in range(6)][-1]
    assert len(before) == 6
    moved_bgr = np.roll(six_faces_bgr, 8, axis=1)
    found = [detector.detect(moved_bgr) for _ in range(4)]
    moved = [faces.xyxy[:, 0] - before.xyxy[:, 0] for faces in found]
    assert (np.abs(moved[0]) > 2).tolist() == found[0].is_fresh.tolist()
    assert found[0].is_fresh.sum() == n_fitted
    assert moved[3] == pytest.approx(np.full(6, 8), abs=3)


def test_a_frame_that_is_searched_is_not_for_reading_those_who_are_known(detector, portrait_bgr):
    found = [detector.detect(portrait_bgr) for _ in range(9)]
    assert [faces.is_fresh.tolist() for faces in found] == [[True], [True], [False]] * 3


@pytest.mark.parametrize("n_faces", [1, 2, 4, 6, 9])
def test_every_face_is_soon_to_be_read_again(portrait_bgr, n_faces):
    detector = BlazeFaceVideoDetector()
    frame_bgr = frame_with_faces(
        portrait_bgr[60:360, 170:470], width=960, height=720, n_faces=n_faces
    )
    for _ in range(12):
        found = detector.detect(frame_bgr)
    assert len(found) == n_faces
    n_read = sum(detector.detect(frame_bgr).is_fresh.astype(int) for _ in range(9))
    assert n_read.min() >= 2


def test_two_faces_are_two_in_every_frame(detector, astronaut_bgr):
    frame = np.ascontiguousarray(
        np.concatenate([astronaut_bgr[:400, 60:380], astronaut_bgr[:400, 60:380]], axis=1)
    )
    assert [len(detector.detect(frame)) for _ in range(6)] == [2] * 6


def test_stripes_and_empty_frames_have_no_face(detector, stripes_bgr):
    for _ in range(6):
        assert len(detector.detect(stripes_bgr)) == 0
        assert len(detector.detect(np.zeros((480, 640, 3), np.uint8))) == 0


def test_a_frame_of_another_size_starts_anew(detector, portrait_bgr):
    detector.detect(portrait_bgr)
    assert len(detector.detect(np.ascontiguousarray(portrait_bgr[:, 100:540]))) == 1


def test_a_half_covered_face_is_followed_where_it_is(detector, portrait_bgr):
    detector.detect(portrait_bgr)
    for step in range(1, 9):
        frame = np.full_like(portrait_bgr, 128)
        frame[:, 10 * step :] = portrait_bgr[:, : 640 - 10 * step]
        frame[175:260, 250 + 10 * step : 400 + 10 * step] = 60  # a hand before the mouth
        found = detector.detect(frame)
    assert found.squares[0, 0] == pytest.approx(322 + 80, abs=15)


@pytest.mark.parametrize(
    "changes",
    [
        {"min_presence": 0.0},
        {"turns_deg": ()},
        {"max_fitted": 0},
        {"max_wait": 0},
        {"pass_every": 1},
    ],
)
def test_settings_out_of_range_are_refused(changes):
    with pytest.raises(ValueError, match="out of range"):
        VideoConfig(**changes)
