import numpy as np
import pytest
from hypothesis import given

from fer_core.faces.detections import Detections, FaceStatus, check_frame_bgr
from tests.odd_points import odd_points


def two_faces(**changes):
    fields = {"xyxy": [[0, 0, 4, 4], [5, 5, 9, 9]], "scores": [0.9, 0.5], "roll_deg": [0, 180]}
    return Detections(**(fields | changes))


def test_no_faces_have_arrays_of_the_same_shapes():
    none = Detections.empty()
    assert len(none) == 0
    assert none.xyxy.shape == (0, 4)
    assert none.scores.shape == none.roll_deg.shape == (0,)
    assert none.track_ids.shape == none.statuses.shape == (0,)


def test_arrays_are_copied_and_read_only():
    scores = np.array([0.9, 0.5])
    found = two_faces(scores=scores)
    scores[:] = 0
    assert found.scores.tolist() == pytest.approx([0.9, 0.5])
    with pytest.raises(ValueError, match="read-only"):
        found.xyxy[0, 0] = 1


def test_faces_are_new_and_without_a_track_unless_the_detector_follows_them():
    found = two_faces()
    assert found.track_ids.tolist() == [-1, -1]
    assert found.statuses.tolist() == [FaceStatus.NEW, FaceStatus.NEW]


def test_tracks_and_statuses_stay_with_their_faces():
    found = two_faces(track_ids=[7, 8], statuses=[FaceStatus.TRACKED, FaceStatus.CARRIED])
    turned = found.take(np.array([1, 0])).scaled(2.0)
    assert turned.track_ids.tolist() == [8, 7]
    assert turned.statuses.tolist() == [FaceStatus.CARRIED, FaceStatus.TRACKED]
    assert turned.xyxy[0].tolist() == [10, 10, 18, 18]


def test_a_box_may_extend_beyond_the_edge():
    assert two_faces(xyxy=[[-5, -5, 4, 4], [0, 0, 9999, 9]]).xyxy[0, 0] == -5


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"xyxy": [[0, 0, 4, 4]]}, "Expected scores of shape"),
        ({"scores": [0.9]}, "Expected scores of shape"),
        ({"scores": [0.9, 1.1]}, "Scores lie in"),
        ({"scores": [0.9, float("nan")]}, "Scores lie in"),
        ({"roll_deg": [0, -180]}, "Roll angles lie in"),
        ({"squares": [[1, 1, 2], [1, 1, 0]]}, "Squares need a finite centre and a side"),
        ({"squares": [[1, 1, 2], [1, np.nan, 2]]}, "Squares need a finite centre and a side"),
        ({"xyxy": [[4, 0, 4, 4], [5, 5, 9, 9]]}, "finite x2 > x1"),
        ({"xyxy": [[0, 0, float("inf"), 4], [5, 5, 9, 9]]}, "finite x2 > x1"),
        ({"squares": np.zeros((2, 4))}, r"shape \(2, 3\)"),
        ({"track_ids": [1]}, "Expected track_ids of shape"),
        ({"statuses": [0, 0, 0]}, "Expected statuses of shape"),
    ],
)
def test_arrays_that_do_not_match_or_are_out_of_range_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        two_faces(**changes)


@pytest.mark.parametrize(
    "frame",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((0, 4, 3), np.uint8),
    ],
)
def test_only_bgr_bytes_are_a_frame(frame):
    with pytest.raises(ValueError, match="Expected a uint8 frame"):
        check_frame_bgr(frame)


@pytest.mark.soak
@given(odd_points(3, n_axes=4), odd_points(3, n_axes=3), odd_points(3), odd_points(3, n_axes=2))
def test_detections_are_valid_or_refused_with_a_value_error(xyxy, squares, scores, head_deg):
    try:
        found = Detections(xyxy, scores[:, 0], scores[:, 1], squares=squares, head_deg=head_deg)
    except ValueError:
        return
    assert (found.xyxy[:, 2:] > found.xyxy[:, :2]).all()
    assert np.isfinite(found.squares).all()
    assert ((found.scores >= 0) & (found.scores <= 1)).all()
