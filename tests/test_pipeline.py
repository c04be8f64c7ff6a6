import numpy as np
import pytest

from fer_core.expression.recognizer import ExpressionRecognizer, load_recognizer
from fer_core.faces.detect import Detections
from fer_core.faces.registry import create_detector
from fer_core.pipeline import FacePipeline


class Found:
    """A detector that finds what it was given."""

    name = "found"

    def __init__(self, detections: Detections) -> None:
        self.detections = detections

    def detect(self, frame_bgr: np.ndarray) -> Detections:
        return self.detections


class Seeing:
    """A recogniser that keeps the crops it is shown, and reads them with a real one."""

    def __init__(self, real: ExpressionRecognizer) -> None:
        self.card = real.card
        self.batches: list[np.ndarray] = []
        self._real = real

    def recognize(self, crops: np.ndarray):
        self.batches.append(crops)
        return self._real.recognize(crops)


@pytest.fixture
def recognizer(tiny_models) -> Seeing:
    return Seeing(load_recognizer("tiny", models_folder=tiny_models))


def boxes(*xyxy: tuple[float, float, float, float], roll_deg: float = 0.0) -> Detections:
    n = len(xyxy)
    return Detections(np.array(xyxy).reshape(n, 4), np.full(n, 0.9), np.full(n, roll_deg))


def test_a_photographed_face_is_found_and_read(recognizer, astronaut_bgr):
    result = FacePipeline(create_detector("haar", mode="photo"), recognizer).analyze(astronaut_bgr)
    (face,) = result.faces
    assert (result.width, result.height) == (512, 512)
    assert face.box.x1 < 220 < face.box.x2  # the nose
    assert face.expression is not None
    assert result.stage_ms.keys() == {"detect", "crop", "classify"}


def test_no_face_is_an_empty_result(recognizer):
    frame_bgr = np.zeros((60, 80, 3), np.uint8)
    result = FacePipeline(Found(Detections.empty()), recognizer).analyze(frame_bgr)
    assert (result.width, result.height, result.faces) == (80, 60, ())


def test_faces_are_read_in_one_batch_and_listed_from_left_to_right(recognizer):
    frame_bgr = np.zeros((200, 300, 3), np.uint8)
    frame_bgr[:, 200:] = 200
    found = boxes((210, 10, 290, 90), (10, 10, 90, 90), (100, 100, 180, 180))
    result = FacePipeline(Found(found), recognizer).analyze(frame_bgr)
    (crops,) = recognizer.batches
    assert crops.shape == (3, 48, 48)
    assert [face.box.x1 for face in result.faces] == [10, 100, 210]
    assert [crop.mean() for crop in crops] == [0, 0, 200]


def test_a_tilted_face_is_turned_upright_before_it_is_read(recognizer):
    frame_bgr = np.zeros((200, 200, 3), np.uint8)
    frame_bgr[100:, :] = 255
    pipeline = FacePipeline(Found(boxes((60, 60, 140, 140), roll_deg=90.0)), recognizer)
    (face,) = pipeline.analyze(frame_bgr).faces
    crop = recognizer.batches[0][0]
    assert face.roll_deg == 90
    # turned clockwise by a quarter, the top of the head points right: the light half lies right
    assert (crop[:, :20].mean(), crop[:, 28:].mean()) == pytest.approx((0, 255), abs=1)


def test_a_face_over_the_edge_is_read_with_the_edge_repeated(recognizer):
    frame_bgr = np.full((100, 100, 3), 70, np.uint8)
    result = FacePipeline(Found(boxes((-40, -40, 60, 60))), recognizer).analyze(frame_bgr)
    assert len(result.faces) == 1
    assert set(recognizer.batches[0].ravel()) == {70}


@pytest.mark.parametrize(
    "frame", [np.zeros((9, 9), np.uint8), np.zeros((9, 9, 3)), np.zeros((0, 9, 3), np.uint8)]
)
def test_what_is_no_frame_is_refused(recognizer, frame):
    with pytest.raises(ValueError, match="Expected a uint8 frame"):
        FacePipeline(Found(Detections.empty()), recognizer).analyze(frame)


def test_warming_up_runs_detection_and_classification(recognizer):
    FacePipeline(create_detector("haar", mode="video"), recognizer).warm_up()
    assert [len(crops) for crops in recognizer.batches] == [0, 1]


def test_the_frame_is_left_as_it_was(recognizer, astronaut_bgr):
    before = astronaut_bgr.copy()
    FacePipeline(create_detector("haar", mode="photo"), recognizer).analyze(astronaut_bgr)
    assert np.array_equal(astronaut_bgr, before)
