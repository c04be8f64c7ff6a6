import cv2
import numpy as np
import pytest

from fer_core.faces.detections import FaceStatus
from fer_core.faces.video_detector import BlazeFaceVideoDetector, VideoConfig

NEW, TRACKED, CARRIED = FaceStatus


@pytest.fixture
def detector():
    return BlazeFaceVideoDetector()


def follow(detector, frame_bgr, *track_ids):
    """Show a frame that is not searched; only these tracks are followed."""
    return detector.track(frame_bgr, is_searched=False, followed_ids=track_ids)


def two_portraits(astronaut_bgr):
    return np.ascontiguousarray(np.concatenate([astronaut_bgr[:400, 60:380]] * 2, axis=1))


def test_a_face_is_followed_through_a_full_turn(detector, portrait_bgr, turn):
    for degrees in range(0, 361, 12):  # a turn in two seconds at 15 frames per second
        found = follow(detector, turn(portrait_bgr, degrees), *detector.track_ids)
        assert found.track_ids.tolist() == [1], f"lost at {degrees} degrees"
        away = (found.roll_deg[0] - degrees + 180) % 360 - 180
        assert away == pytest.approx(0, abs=8)


def test_the_first_frame_is_searched_and_its_faces_are_new(detector, portrait_bgr):
    found = follow(detector, portrait_bgr)
    assert found.statuses.tolist() == [NEW]
    assert found.track_ids.tolist() == list(detector.track_ids) == [1]


def test_a_followed_face_keeps_its_track(detector, portrait_bgr):
    detector.detect(portrait_bgr)
    for step in range(1, 5):
        found = follow(detector, np.roll(portrait_bgr, 8 * step, axis=1), 1)
        assert found.statuses.tolist() == [TRACKED]
        assert found.track_ids.tolist() == [1]


def test_a_face_that_is_not_followed_is_carried_over(detector, astronaut_bgr):
    frame_bgr = two_portraits(astronaut_bgr)
    before = detector.detect(frame_bgr)
    assert before.track_ids.tolist() == [1, 2]
    found = follow(detector, np.roll(frame_bgr, 8, axis=1), 2)
    assert found.track_ids.tolist() == [1, 2]
    assert found.statuses.tolist() == [CARRIED, TRACKED]
    moved = found.xyxy[:, 0] - before.xyxy[:, 0]
    assert moved == pytest.approx([0, 8], abs=3)
    assert follow(detector, np.roll(frame_bgr, 8, axis=1), 1).statuses.tolist() == [
        TRACKED,
        CARRIED,
    ]


def test_a_frame_that_is_not_searched_shows_no_new_faces(detector, portrait_bgr, astronaut_bgr):
    frame_bgr = two_portraits(astronaut_bgr)
    one_bgr = frame_bgr.copy()
    one_bgr[:, 320:] = 128
    for _ in range(2):  # every other search looks at the upright frame: the next one does
        detector.detect(one_bgr)
    assert len(follow(detector, frame_bgr, 1)) == 1
    found = detector.detect(frame_bgr)
    assert sorted(found.track_ids.tolist()) == [1, 2]
    assert found.statuses[found.track_ids == 2].tolist() == [NEW]


@pytest.mark.parametrize("degrees", [90, -90, 180])
def test_a_tilted_face_is_found_within_six_searches(detector, portrait_bgr, turn, degrees):
    frame = turn(portrait_bgr, degrees)
    assert any(len(detector.detect(frame)) == 1 for _ in range(6))


def test_a_face_that_comes_back_has_a_new_track(detector, portrait_bgr):
    assert detector.detect(portrait_bgr).track_ids.tolist() == [1]
    assert len(detector.detect(np.full_like(portrait_bgr, 128))) == 0
    assert detector.track_ids == ()
    found = [detector.detect(portrait_bgr) for _ in range(2)][-1]
    assert found.track_ids.tolist() == [2]


def test_a_frame_in_which_the_last_known_face_is_lost_is_searched(detector, portrait_bgr):
    detector.detect(portrait_bgr)
    detector.detect(portrait_bgr)  # the next search looks upright again
    found = follow(detector, np.roll(portrait_bgr, 200, axis=1), 1)
    assert found.statuses.tolist() == [NEW]
    assert found.track_ids.tolist() == [2]


def test_two_tracks_on_one_face_become_one_new_track(detector, astronaut_bgr):
    def heads(*lefts):
        frame_bgr = np.full((400, 640, 3), 128, np.uint8)
        for left in lefts:
            frame_bgr[100:300, left : left + 130] = astronaut_bgr[20:220, 160:290]
        return frame_bgr

    assert detector.detect(heads(190, 320)).track_ids.tolist() == [1, 2]
    ids = [
        follow(detector, heads(255), *detector.track_ids).track_ids.tolist()  # one between them
        for _ in range(8)
    ]
    assert ids[0] == [1, 2]
    assert ids[-1] == [3]


@pytest.mark.parametrize("step", [-30, 30])
def test_a_fast_face_is_followed(detector, portrait_bgr, step):
    detector.detect(portrait_bgr)
    away = 0
    for speed in (step // 3, 2 * step // 3, *[step] * 6):  # a quarter of its size per frame
        away += speed
        found = follow(detector, np.roll(portrait_bgr, away, axis=1), 1)
        assert found.track_ids.tolist() == [1]
        assert found.squares[0, 0] == pytest.approx(322 + away, abs=12)


def test_a_fast_face_that_stops_is_still_followed(detector, portrait_bgr):
    detector.detect(portrait_bgr)
    for away in (8, 24, 48, 72, 72, 72):
        found = follow(detector, np.roll(portrait_bgr, away, axis=1), 1)
        assert found.track_ids.tolist() == [1]
    assert found.squares[0, 0] == pytest.approx(322 + 72, abs=6)


def test_a_face_that_was_carried_over_is_found_where_it_has_moved(detector, astronaut_bgr):
    frame_bgr = two_portraits(astronaut_bgr)
    before = detector.detect(frame_bgr)
    follow(detector, np.roll(frame_bgr, 10, axis=1), 1, 2)
    for step in range(2, 5):  # the left face is carried over for three frames: 30 pixels
        follow(detector, np.roll(frame_bgr, 10 * step, axis=1), 2)
    found = follow(detector, np.roll(frame_bgr, 50, axis=1), 1, 2)
    assert found.statuses.tolist() == [TRACKED, TRACKED]
    assert found.xyxy[:, 0] - before.xyxy[:, 0] == pytest.approx([50, 50], abs=6)


def test_a_face_cut_by_the_edge_of_the_frame_is_found(detector, astronaut_bgr):
    frame = np.ascontiguousarray(astronaut_bgr[:, 195:])
    found = [detector.detect(frame) for _ in range(6)][-1]
    assert len(found) == 1
    assert found.xyxy[0, 0] < 5


def test_overlapping_faces_are_both_found(detector, overlapping_bgr):
    assert len([detector.detect(overlapping_bgr) for _ in range(6)][-1]) == 2


def test_six_faces_are_found_and_have_tracks(detector, six_faces_bgr):
    found = [detector.detect(six_faces_bgr) for _ in range(6)][-1]
    assert sorted(found.track_ids.tolist()) == list(detector.track_ids)
    assert len(set(found.track_ids.tolist())) == 6


def test_two_faces_keep_their_tracks_in_every_frame(detector, astronaut_bgr):
    frame = two_portraits(astronaut_bgr)
    assert [detector.detect(frame).track_ids.tolist() for _ in range(6)] == [[1, 2]] * 6


def test_stripes_and_empty_frames_have_no_face(detector, stripes_bgr):
    for _ in range(6):
        assert len(detector.detect(stripes_bgr)) == 0
        assert len(detector.detect(np.zeros((480, 640, 3), np.uint8))) == 0


def a_call(astronaut_bgr, *, n_rows, n_columns, face_height):
    """A video call: the same small face in each cell of a grid, 1280x720."""
    side = round(face_height * 200 / 116)
    head = cv2.resize(astronaut_bgr[20:220, 120:320], (side, side), interpolation=cv2.INTER_AREA)
    frame_bgr = np.full((720, 1280, 3), 90, np.uint8)
    for row in range(n_rows):
        for column in range(n_columns):
            top = round((row + 0.5) * 720 / n_rows - side / 2)
            left = round((column + 0.5) * 1280 / n_columns - side / 2)
            frame_bgr[top : top + side, left : left + side] = head
    return frame_bgr


def test_the_faces_of_a_call_are_found_in_the_tiles_of_a_large_frame(detector, astronaut_bgr):
    frame_bgr = a_call(astronaut_bgr, n_rows=5, n_columns=5, face_height=40)
    assert len([detector.detect(frame_bgr) for _ in range(30)][-1]) == 25


def test_a_face_of_26_pixels_is_found_in_a_large_frame(detector, astronaut_bgr):
    frame_bgr = a_call(astronaut_bgr, n_rows=1, n_columns=1, face_height=26)
    assert len([detector.detect(frame_bgr) for _ in range(40)][-1]) == 1


@pytest.mark.parametrize(("width", "height"), [(480, 480), (640, 480)])
def test_a_face_that_overflows_the_frame_is_found_once_by_the_second_search(
    detector, overflowing_bgr, width, height
):
    frame_bgr = overflowing_bgr(width, height)
    found = [detector.detect(frame_bgr) for _ in range(2)][-1]
    assert len(found) == 1
    assert np.ptp(found.xyxy[0, [1, 3]]) > 0.9 * height


def test_a_face_that_overflows_the_frame_is_found_beside_a_known_one(
    detector, astronaut_bgr, overflowing_bgr
):
    small_bgr = cv2.resize(astronaut_bgr[20:220, 120:320], (150, 150), interpolation=cv2.INTER_AREA)
    frame_bgr = np.full((480, 640, 3), 128, np.uint8)
    frame_bgr[150:300, 480:630] = small_bgr
    detector.detect(frame_bgr)
    assert detector.track_ids == (1,)
    frame_bgr[:, :480] = overflowing_bgr(480, 480)
    assert len([detector.detect(frame_bgr) for _ in range(16)][-1]) == 2


def test_a_change_of_frame_size_ends_all_tracks(detector, portrait_bgr):
    detector.detect(portrait_bgr)
    smaller_bgr = np.ascontiguousarray(portrait_bgr[:, 100:540])
    found = follow(detector, smaller_bgr, 1)
    assert found.statuses.tolist() == [NEW]
    assert found.track_ids.tolist() == [2]


def test_a_half_occluded_face_is_followed_where_it_is(detector, portrait_bgr):
    detector.detect(portrait_bgr)
    for step in range(1, 9):
        frame = np.full_like(portrait_bgr, 128)
        frame[:, 10 * step :] = portrait_bgr[:, : 640 - 10 * step]
        frame[175:260, 250 + 10 * step : 400 + 10 * step] = 60  # a hand in front of the mouth
        found = follow(detector, frame, 1)
    assert found.track_ids.tolist() == [1]
    assert found.squares[0, 0] == pytest.approx(322 + 80, abs=15)


def test_a_grey_frame_is_refused(detector):
    with pytest.raises(ValueError, match="uint8 frame"):
        detector.detect(np.zeros((48, 48), np.uint8))


@pytest.mark.parametrize("changes", [{"min_presence": 0.0}, {"min_proposal": 1}, {"turns_deg": ()}])
def test_settings_out_of_range_are_refused(changes):
    with pytest.raises(ValueError, match="out of range"):
        VideoConfig(**changes)
