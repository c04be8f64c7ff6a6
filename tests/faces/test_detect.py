import numpy as np
import pytest

from fer_core.faces.detect import Detections, check_frame_bgr


def two_faces(**changes):
    fields = {"xyxy": [[0, 0, 4, 4], [5, 5, 9, 9]], "scores": [0.9, 0.5], "roll_deg": [0, 180]}
    return Detections(**(fields | changes))


def test_no_faces_has_the_same_shapes_as_some():
    nobody = Detections.empty()
    assert len(nobody) == 0
    assert nobody.xyxy.shape == (0, 4)
    assert nobody.scores.shape == nobody.roll_deg.shape == (0,)


def test_arrays_are_the_results_own_and_cannot_be_written():
    scores = np.array([0.9, 0.5])
    found = two_faces(scores=scores)
    scores[:] = 0
    assert found.scores.tolist() == pytest.approx([0.9, 0.5])
    with pytest.raises(ValueError, match="read-only"):
        found.xyxy[0, 0] = 1


def test_a_box_may_reach_over_the_edge():
    assert two_faces(xyxy=[[-5, -5, 4, 4], [0, 0, 9999, 9]]).xyxy[0, 0] == -5


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"xyxy": [[0, 0, 4, 4]]}, "Expected scores of shape"),
        ({"scores": [0.9]}, "Expected scores of shape"),
        ({"scores": [0.9, 1.1]}, "Scores lie in"),
        ({"scores": [0.9, float("nan")]}, "Scores lie in"),
        ({"roll_deg": [0, -180]}, "Roll angles lie in"),
        ({"xyxy": [[4, 0, 4, 4], [5, 5, 9, 9]]}, "finite x2 > x1"),
        ({"xyxy": [[0, 0, float("inf"), 4], [5, 5, 9, 9]]}, "finite x2 > x1"),
        ({"squares": np.zeros((2, 4))}, r"shape \(2, 3\)"),
    ],
)
def test_faces_that_do_not_fit_together_are_refused(changes, message):
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
