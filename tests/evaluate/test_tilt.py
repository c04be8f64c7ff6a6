import cv2
import numpy as np
import pytest

from fer_core.errors import DataError
from fer_core.evaluate.composite import sample_of, set_into_frame
from fer_core.evaluate.tilt import TILTS_DEG, evaluate_turned
from fer_core.faces.detect import Detections
from fer_core.labels import FER2013_LABELS
from tests.synthetic import noise_faces


class Finder:
    """Finds a face in the frame's middle, `off` pixels away from where it is, and one elsewhere."""

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
    """Reads every crop as angry if it is bright, else as disgust."""

    card = Card()

    def predict_probs(self, crops, *, head):
        assert head == "label"
        probs = np.zeros((len(crops), len(FER2013_LABELS)))
        probs[np.arange(len(crops)), (crops.mean(axis=(1, 2)) < 128).astype(int)] = 1.0
        return probs


@pytest.fixture
def faces():
    """Two faces: a bright one that is angry, a dark one that is disgusted."""
    both = noise_faces(2)
    both.pixels[0] //= 4
    both.pixels[0] += 190
    both.pixels[1] //= 4
    return both


def test_a_sample_has_as_many_of_each_label_and_no_blank_picture():
    faces = noise_faces(21)
    faces.pixels[0] = 7
    chosen = sample_of(faces, per_label=3)
    assert np.bincount(chosen.label_ids).tolist() == [2, 3, 3, 3, 3, 3, 3]
    assert np.array_equal(chosen.rows, sample_of(faces, per_label=3).rows)


def test_no_faces_are_no_sample():
    with pytest.raises(DataError, match="holds no faces"):
        sample_of(noise_faces(0), per_label=3)


def test_an_upright_face_stands_in_the_middle_and_keeps_its_pixels():
    pixels = np.zeros((48, 48), np.uint8)
    pixels[:, 24:] = 200  # dark on the left, bright on the right
    frame = set_into_frame(pixels, 0, seed=0)
    assert frame.shape == (360, 480)
    assert frame[180, 180] < 20
    assert frame[180, 300] > 180


def test_a_quarter_turn_clockwise_brings_the_right_side_down():
    pixels = np.zeros((48, 48), np.uint8)
    pixels[:, 24:] = 200
    frame = set_into_frame(pixels, 90, seed=0)
    assert frame[120, 240] < 20
    assert frame[240, 240] > 180


def test_faces_found_and_read_by_both_are_counted_at_every_tilt(faces):
    result = evaluate_turned(
        Bright(), [Finder("one"), Finder("other", off=20.0)], faces, split="PublicTest"
    )
    assert (result.model, result.n_faces, result.own_crop_macro_f1) == ("bright", 2, 1.0)
    assert [row.degrees for row in result.tilts] == [*TILTS_DEG, *TILTS_DEG]
    assert {(row.n_found, row.macro_f1) for row in result.tilts} == {(2, 1.0)}
    assert {(row.n_faces, row.agreement) for row in result.crops} == {(2, 1.0)}
    assert result.crops[0].macro_f1 == {"one": 1.0, "other": 1.0}


@pytest.mark.parametrize("detector", [Blind(), Finder("off", off=60.0)])
def test_a_face_that_is_not_found_where_it_is_counts_as_lost(faces, detector):
    result = evaluate_turned(Bright(), [detector, Finder("one")], faces, split="PublicTest")
    lost = [row for row in result.tilts if row.detector == detector.name]
    assert {(row.share_found, row.n_read, row.macro_f1) for row in lost} == {(0.0, 0, 0.0)}
    assert result.crops == ()


class Choking(Finder):
    """Raises once, after so many calls."""

    def __init__(self, name, *, n_calls_before):
        super().__init__(name)
        self._n_calls_left = n_calls_before

    def detect(self, frame_bgr):
        self._n_calls_left -= 1
        if self._n_calls_left == -1:
            raise cv2.error("inner words")
        return super().detect(frame_bgr)


def test_a_face_that_raises_is_told_and_counts_at_no_tilt_and_for_no_detector(faces, caplog):
    problems = []
    choking = Choking("one", n_calls_before=len(TILTS_DEG) - 1)  # at the first face's last tilt
    result = evaluate_turned(
        Bright(), [choking, Finder("other")], faces, split="PublicTest", on_problem=problems.append
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
        evaluate_turned(Bright(), [Choking("one", n_calls_before=0)], one, split="PublicTest")
