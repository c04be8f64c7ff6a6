from dataclasses import replace

import numpy as np
import pytest

from fer_core.expression.recognizer import ExpressionRecognizer, load_recognizer
from fer_core.faces.detect import Detections
from fer_core.faces.occlusion import OcclusionNetwork, load_occlusion_network
from fer_core.faces.quality import TOO_DARK
from fer_core.faces.registry import create_detector
from fer_core.pipeline import FacePipeline, VideoPipeline


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
def occlusion() -> OcclusionNetwork:
    return load_occlusion_network()


@pytest.fixture
def recognizer(tiny_models) -> Seeing:
    return Seeing(load_recognizer("tiny", models_folder=tiny_models))


def boxes(*xyxy: tuple[float, float, float, float], roll_deg: float = 0.0) -> Detections:
    n = len(xyxy)
    return Detections(np.array(xyxy).reshape(n, 4), np.full(n, 0.9), np.full(n, roll_deg))


def grainy(gray: int, size: tuple[int, int]) -> np.ndarray:
    """Return a frame of one grey with grain: what is quite flat counts as too blurred to read."""
    grain = np.random.default_rng(0).integers(-20, 21, size)
    return np.repeat((gray + grain).astype(np.uint8)[..., None], 3, axis=2)


def test_a_photographed_face_is_found_and_read(recognizer, occlusion, astronaut_bgr):
    result = FacePipeline(create_detector("haar", mode="photo"), recognizer, occlusion).analyze(
        astronaut_bgr
    )
    (face,) = result.faces
    assert (result.width, result.height) == (512, 512)
    assert face.box.x1 < 220 < face.box.x2  # the nose
    assert face.expression is not None
    assert result.stage_ms.keys() == {"detect", "crop", "classify"}


def test_no_face_is_an_empty_result(recognizer, occlusion):
    frame_bgr = np.zeros((60, 80, 3), np.uint8)
    result = FacePipeline(Found(Detections.empty()), recognizer, occlusion).analyze(frame_bgr)
    assert (result.width, result.height, result.faces) == (80, 60, ())


def test_faces_are_read_in_one_batch_and_listed_from_left_to_right(recognizer, occlusion):
    frame_bgr = grainy(80, (200, 300))
    frame_bgr[:, 200:] = grainy(180, (200, 100))
    found = boxes((210, 10, 290, 90), (10, 10, 90, 90), (100, 100, 180, 180))
    result = FacePipeline(Found(found), recognizer, occlusion).analyze(frame_bgr)
    (crops,) = recognizer.batches
    assert crops.shape == (3, 48, 48)
    assert [face.box.x1 for face in result.faces] == [10, 100, 210]
    assert [crop.mean() for crop in crops] == pytest.approx([80, 80, 180], abs=5)


def test_a_tilted_face_is_turned_upright_before_it_is_read(recognizer, occlusion):
    frame_bgr = np.zeros((200, 200, 3), np.uint8)
    frame_bgr[100:, :] = 255
    pipeline = FacePipeline(Found(boxes((60, 60, 140, 140), roll_deg=90.0)), recognizer, occlusion)
    (crop,) = pipeline.find(frame_bgr).crops
    assert pipeline.analyze(frame_bgr).faces[0].roll_deg == 90
    # turned clockwise by a quarter, the top of the head points right: the light half lies right
    assert (crop[:, :20].mean(), crop[:, 28:].mean()) == pytest.approx((0, 255), abs=1)


def test_a_face_over_the_edge_is_read_with_the_edge_repeated(recognizer, occlusion):
    frame_bgr = grainy(80, (100, 100))
    pipeline = FacePipeline(Found(boxes((-40, -40, 60, 60))), recognizer, occlusion)
    assert len(pipeline.analyze(frame_bgr).faces) == 1
    assert pipeline.find(frame_bgr).crops[0, 0].mean() == pytest.approx(80, abs=20)  # not black


@pytest.mark.parametrize(
    "frame", [np.zeros((9, 9), np.uint8), np.zeros((9, 9, 3)), np.zeros((0, 9, 3), np.uint8)]
)
def test_what_is_no_frame_is_refused(recognizer, occlusion, frame):
    with pytest.raises(ValueError, match="Expected a uint8 frame"):
        FacePipeline(Found(Detections.empty()), recognizer, occlusion).analyze(frame)


def test_warming_up_runs_detection_and_classification(recognizer, occlusion):
    FacePipeline(create_detector("haar", mode="video"), recognizer, occlusion).warm_up()
    assert [len(crops) for crops in recognizer.batches] == [1]


def test_the_frame_is_left_as_it_was(recognizer, occlusion, astronaut_bgr):
    before = astronaut_bgr.copy()
    FacePipeline(create_detector("haar", mode="photo"), recognizer, occlusion).analyze(
        astronaut_bgr
    )
    assert np.array_equal(astronaut_bgr, before)


def test_a_face_that_is_not_fit_to_be_read_says_why_and_the_others_are_read(recognizer, occlusion):
    frame_bgr = np.concatenate([grainy(20, (200, 150)), grainy(120, (200, 150))], axis=1)
    found = boxes((10, 10, 90, 90), (200, 10, 290, 90))
    dark, bright = FacePipeline(Found(found), recognizer, occlusion).analyze(frame_bgr).faces
    assert (dark.expression, dark.reasons) == (None, (TOO_DARK,))
    assert bright.expression is not None


def test_in_a_video_a_face_keeps_its_number_and_its_word(recognizer, occlusion):
    pipeline = VideoPipeline(FacePipeline(Found(boxes((10, 10, 90, 90))), recognizer, occlusion))
    seen = [
        pipeline.analyze(grainy(gray, (200, 300)), time_s=step / 15).faces[0]
        for step, gray in enumerate((80, 180, 90, 170, 100))
    ]
    assert {face.face_id for face in seen} == {1}
    assert len({face.expression.shown_label for face in seen}) == 1, "A word is held for a second."
    assert seen[1].expression.probs.sum() == pytest.approx(1, abs=1e-3)


def test_a_video_may_change_its_picture_size_and_faces_stay_who_they_are(recognizer, occlusion):
    detector = Found(boxes((10, 10, 90, 90)))
    pipeline = VideoPipeline(FacePipeline(detector, recognizer, occlusion))
    small = pipeline.analyze(grainy(80, (200, 300)), time_s=0.0).faces[0]
    detector.detections = boxes((20, 20, 180, 180))
    large = pipeline.analyze(grainy(80, (400, 600)), time_s=0.1).faces[0]
    assert small.face_id == large.face_id


@pytest.mark.parametrize(("n_faces", "n_renewed"), [(5, 2), (10, 2), (11, 3)])
def test_of_many_faces_in_a_video_some_are_read_again_in_each_frame_and_all_are_shown(
    recognizer, occlusion, n_faces, n_renewed
):
    found = boxes(*((10 + 70 * n, 10, 70 + 70 * n, 70) for n in range(n_faces)))
    pipeline = VideoPipeline(FacePipeline(Found(found), recognizer, occlusion))
    for step in range(3):
        faces = pipeline.analyze(grainy(80, (100, 800)), time_s=step / 15).faces
        assert [face.face_id for face in faces] == list(range(1, n_faces + 1))
        assert all(face.expression is not None for face in faces)
    assert [len(crops) for crops in recognizer.batches] == [n_faces, n_renewed, n_renewed]


def test_a_face_that_was_not_looked_for_in_a_frame_is_shown_and_not_read_again(
    recognizer, occlusion
):
    frame_bgr = np.concatenate([grainy(80, (100, 100)), grainy(180, (100, 100))], axis=1)
    detector = Found(boxes((10, 10, 90, 90), (110, 10, 190, 90)))
    pipeline = VideoPipeline(FacePipeline(detector, recognizer, occlusion))
    pipeline.analyze(frame_bgr, time_s=0.0)
    detector.detections = replace(detector.detections, is_fresh=np.array([False, True]))
    faces = pipeline.analyze(frame_bgr, time_s=0.1).faces
    assert [face.face_id for face in faces] == [1, 2]
    assert all(face.expression is not None for face in faces)
    (crop,) = recognizer.batches[-1]
    assert crop.mean() == pytest.approx(180, abs=5)


def test_a_face_that_becomes_too_dark_is_shown_unread_once_that_has_lasted(recognizer, occlusion):
    pipeline = VideoPipeline(FacePipeline(Found(boxes((10, 10, 90, 90))), recognizer, occlusion))
    greys = (80, 20, 80, 20, 20, 20, 20, 20)  # one dark frame alone does not count
    faces = [
        pipeline.analyze(grainy(grey, (100, 100)), time_s=step / 8).faces[0]
        for step, grey in enumerate(greys)
    ]
    is_read = [face.expression is not None for face in faces]
    assert is_read == [True] * 6 + [False] * 2
    assert [face.reasons for face in faces] == [()] * 6 + [(TOO_DARK,)] * 2
