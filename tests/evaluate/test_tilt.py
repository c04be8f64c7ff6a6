import cv2
import numpy as np
import pytest

from fer_core.errors import DataError
from fer_core.evaluate.tilt import TILTS_DEG, evaluate_turned
from fer_core.faces.detections import Detections
from fer_core.labels import FER2013_LABELS
from tests.synthetic import noise_faces


class CentreDetector:
    """Detects a face `off` pixels from the centre of the frame, and one in a corner."""

    def __init__(self, name, *, off=0.0):
        self.name, self._off = name, off

    def detect(self, frame_bgr):
        x, y = 240 + self._off, 180
        boxes = [[x - 100, y - 100, x + 100, y + 100], [0, 0, 40, 40]]
        return Detections(boxes, [0.9, 0.9], [0.0, 0.0])


class Blind:
    name = "blind"

    def detect(self, frame_bgr):
        return Detections.empty()


class Card:
    model_id, input_size = "bright", 48


class Bright:
    """A recogniser that calls a bright crop angry and a dark one disgusted."""

    card = Card()

    def predict_probs(self, crops, *, head):
        assert head == "label"
        probs = np.zeros((len(crops), len(FER2013_LABELS)))
        probs[np.arange(len(crops)), (crops.mean(axis=(1, 2)) < 128).astype(int)] = 1.0
        return probs


@pytest.fixture
def faces():
    """Return two faces: a bright one labelled angry and a dark one labelled disgust."""
    both = noise_faces(2)
    both.pixels[0] //= 4
    both.pixels[0] += 190
    both.pixels[1] //= 4
    return both


def test_faces_that_both_detectors_find_are_compared_at_every_tilt(faces):
    result = evaluate_turned(
        Bright(),
        [CentreDetector("one"), CentreDetector("other", off=20.0)],
        faces,
        split="PublicTest",
    )
    assert (result.model, result.n_faces, result.own_crop_macro_f1) == ("bright", 2, 1.0)
    assert [row.degrees for row in result.tilts] == [*TILTS_DEG, *TILTS_DEG]
    assert {(row.n_found, row.macro_f1) for row in result.tilts} == {(2, 1.0)}
    assert {(row.n_faces, row.agreement) for row in result.crops} == {(2, 1.0)}
    assert result.crops[0].macro_f1 == {"one": 1.0, "other": 1.0}


@pytest.mark.parametrize("detector", [Blind(), CentreDetector("off", off=60.0)])
def test_a_face_without_a_detection_near_it_is_not_found(faces, detector):
    result = evaluate_turned(Bright(), [detector, CentreDetector("one")], faces, split="PublicTest")
    rows = [row for row in result.tilts if row.detector == detector.name]
    assert {(row.share_found, row.n_read, row.macro_f1) for row in rows} == {(0.0, 0, 0.0)}
    assert result.crops == ()


class Failing(CentreDetector):
    """Raises once, after a number of calls."""

    def __init__(self, name, *, n_good_calls):
        super().__init__(name)
        self._n_calls_left = n_good_calls

    def detect(self, frame_bgr):
        self._n_calls_left -= 1
        if self._n_calls_left == -1:
            raise cv2.error("inner words")
        return super().detect(frame_bgr)


def test_a_face_that_raises_is_reported_and_counts_at_no_tilt_and_for_no_detector(faces, caplog):
    problems = []
    failing = Failing("one", n_good_calls=len(TILTS_DEG) - 1)  # at the first face's last tilt
    result = evaluate_turned(
        Bright(),
        [failing, CentreDetector("other")],
        faces,
        split="PublicTest",
        on_message=problems.append,
    )
    assert result.n_faces == 1
    assert {(row.n_faces, row.n_found, row.macro_f1) for row in result.tilts} == {
        (1, 1, result.own_crop_macro_f1)
    }
    (problem,) = problems
    assert problem.startswith(f"Face {faces.rows[0]} of PublicTest: expected to read it")
    assert "inner words" not in problem
    assert len(caplog.records) == 1


def test_if_no_face_can_be_read_there_is_no_evaluation(faces):
    one = faces.select(np.array([0]))
    with pytest.raises(DataError, match="none could be"):
        evaluate_turned(Bright(), [Failing("one", n_good_calls=0)], one, split="PublicTest")
