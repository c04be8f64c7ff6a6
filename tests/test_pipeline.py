from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from fer_core.data import read_portrait
from fer_core.errors import ModelNotFoundError
from fer_core.expression.recognizer import ExpressionRecognizer, load_recognizer
from fer_core.faces.detections import Detections, FaceDetector, FaceStatus
from fer_core.faces.occlusion import load_occlusion_network
from fer_core.faces.quality import PARTLY_COVERED, TOO_DARK
from fer_core.faces.registry import create_detector
from fer_core.frames import to_gray
from fer_core.pipeline import FacePipeline, VideoPipeline, load_pipeline


class FixedDetector:
    """A detector that finds the faces it was given, in any frame."""

    name = "fixed"

    def __init__(self, detections: Detections) -> None:
        self.detections = detections

    def detect(self, frame_bgr: np.ndarray) -> Detections:
        return self.detections


class FixedTracker(FixedDetector):
    """A detector that follows the faces it was given, and keeps its plans."""

    def __init__(self, detections: Detections) -> None:
        super().__init__(detections)
        self.plans: list[tuple[bool, list[int]]] = []
        self.track_ids: tuple[int, ...] = ()

    def track(self, frame_bgr, *, is_searched, followed_ids):
        self.plans.append((is_searched, sorted(followed_ids)))
        n_known, n_faces = len(self.track_ids), len(self.detections)
        self.track_ids = tuple(range(1, n_faces + 1))
        statuses = [
            FaceStatus.TRACKED if track_id in followed_ids else FaceStatus.CARRIED
            for track_id in self.track_ids[:n_known]
        ] + [FaceStatus.NEW] * (n_faces - n_known)
        found = self.detections
        return Detections(
            found.xyxy, found.scores, found.roll_deg, track_ids=self.track_ids, statuses=statuses
        )


class RecordingRecognizer:
    """A recognizer that keeps the crops it was given and classifies them with a real one."""

    def __init__(self, real: ExpressionRecognizer) -> None:
        self.card = real.card
        self.batches: list[np.ndarray] = []
        self._real = real

    def recognize(self, crops: np.ndarray):
        self.batches.append(crops)
        return self._real.recognize(crops)


class NothingCovered:
    """Stands for the occlusion network, which rightly says that grain is no clear face."""

    def is_occluded(self, crops: np.ndarray) -> np.ndarray:
        return np.zeros(len(crops), dtype=bool)


@pytest.fixture
def recognizer(tiny_models) -> RecordingRecognizer:
    return RecordingRecognizer(load_recognizer("tiny", models=tiny_models))


@pytest.fixture
def pipeline_of(recognizer) -> Callable[[FaceDetector], FacePipeline]:
    """Return a function that builds a pipeline with a detector."""
    return lambda detector: FacePipeline(detector, recognizer, NothingCovered())


def boxes(*xyxy: tuple[float, float, float, float], roll_deg: float = 0.0) -> Detections:
    n = len(xyxy)
    return Detections(np.array(xyxy).reshape(n, 4), np.full(n, 0.9), np.full(n, roll_deg))


def row_of_boxes(n_faces: int) -> Detections:
    return boxes(*((10 + 70 * n, 10, 70 + 70 * n, 70) for n in range(n_faces)))


def grainy(gray: int, size: tuple[int, int]) -> np.ndarray:
    """Return a grey frame with coarse grain: a flat one, or fine noise, counts as too blurred."""
    height, width = size
    grain = np.random.default_rng(0).integers(-20, 21, (height // 4 + 1, width // 4 + 1))
    grain = grain.repeat(4, axis=0).repeat(4, axis=1)[:height, :width]
    return np.repeat((gray + grain).astype(np.uint8)[..., None], 3, axis=2)


def test_the_face_of_a_photo_is_found_and_classified(pipeline_of, astronaut_bgr):
    result = pipeline_of(create_detector("haar", mode="photo")).analyze(astronaut_bgr)
    (face,) = result.faces
    assert (result.width, result.height) == (512, 512)
    assert face.box.x1 < 220 < face.box.x2  # the nose
    assert face.expression is not None
    assert result.stage_ms.keys() == {"detect", "crop", "classify"}


def test_no_face_is_an_empty_result(pipeline_of):
    frame_bgr = np.zeros((60, 80, 3), np.uint8)
    result = pipeline_of(FixedDetector(Detections.empty())).analyze(frame_bgr)
    assert (result.width, result.height, result.faces) == (80, 60, ())


def test_faces_are_classified_in_one_batch_and_listed_from_left_to_right(pipeline_of, recognizer):
    frame_bgr = grainy(80, (200, 300))
    frame_bgr[:, 200:] = grainy(180, (200, 100))
    found = boxes((210, 10, 290, 90), (10, 10, 90, 90), (100, 100, 180, 180))
    result = pipeline_of(FixedDetector(found)).analyze(frame_bgr)
    (crops,) = recognizer.batches
    assert crops.shape == (3, 48, 48)
    assert [face.box.x1 for face in result.faces] == [10, 100, 210]
    assert [crop.mean() for crop in crops] == pytest.approx([80, 80, 180], abs=5)


def test_a_tilted_face_is_rotated_upright_before_it_is_classified(pipeline_of):
    frame_bgr = np.zeros((200, 200, 3), np.uint8)
    frame_bgr[100:, :] = 255
    pipeline = pipeline_of(FixedDetector(boxes((60, 60, 140, 140), roll_deg=90.0)))
    (crop,) = pipeline.find(frame_bgr).crops
    assert pipeline.analyze(frame_bgr).faces[0].roll_deg == 90
    # rotated clockwise by a quarter, the top of the head points right: the light half lies right
    assert (crop[:, :20].mean(), crop[:, 28:].mean()) == pytest.approx((0, 255), abs=1)


def test_the_crop_of_a_face_over_the_edge_repeats_the_edge(pipeline_of):
    frame_bgr = grainy(80, (100, 100))
    pipeline = pipeline_of(FixedDetector(boxes((-40, -40, 60, 60))))
    assert len(pipeline.analyze(frame_bgr).faces) == 1
    assert pipeline.find(frame_bgr).crops[0, 0].mean() == pytest.approx(80, abs=20)  # not black


def test_a_cut_out_face_is_read_whole_although_a_detector_would_find_others(
    pipeline_of, recognizer
):
    gray = to_gray(read_portrait()[60:186, 93:219])
    crop = np.repeat(cv2.resize(gray, (48, 48), interpolation=cv2.INTER_AREA)[..., None], 3, axis=2)
    result = pipeline_of(FixedDetector(row_of_boxes(3))).analyze_crop(crop)
    (face,) = result.faces
    assert (result.width, result.height) == (48, 48)
    assert face.box.as_tuple() == (0, 0, 48, 48)
    assert (face.detection_score, face.roll_deg) == (1.0, 0.0)
    assert face.expression is not None
    (crops,) = recognizer.batches
    assert np.array_equal(crops, crop[None, :, :, 0])


@pytest.mark.parametrize(
    ("crop", "reason"),
    [
        (grainy(120, (100, 23)), "too small to read"),
        (grainy(21, (48, 48)), "too dark to read"),
        (np.full((48, 48, 3), 120, np.uint8), "too blurred to read"),
    ],
)
def test_a_cut_out_face_that_cannot_be_seen_is_not_read(pipeline_of, crop, reason):
    (face,) = pipeline_of(FixedDetector(Detections.empty())).analyze_crop(crop).faces
    assert (face.expression, face.reasons) == (None, (reason,))


def test_a_picture_without_a_face_is_not_read_as_a_cut_out_face(pipeline_of):
    pipeline = pipeline_of(FixedDetector(Detections.empty()))
    (face,) = pipeline.analyze_crop(grainy(120, (48, 48))).faces
    assert (face.expression, face.reasons) == (None, ("not clearly visible",))


@pytest.mark.parametrize(
    "frame", [np.zeros((9, 9), np.uint8), np.zeros((9, 9, 3)), np.zeros((0, 9, 3), np.uint8)]
)
def test_an_array_that_is_not_a_bgr_frame_is_refused(pipeline_of, frame):
    with pytest.raises(ValueError, match="Expected a uint8 frame"):
        pipeline_of(FixedDetector(Detections.empty())).analyze(frame)


def test_warming_up_runs_the_detector_and_the_classifier(pipeline_of, recognizer):
    pipeline_of(create_detector("haar", mode="video")).warm_up()
    assert [len(crops) for crops in recognizer.batches] == [1]


def test_the_frame_is_not_changed(pipeline_of, astronaut_bgr):
    before = astronaut_bgr.copy()
    pipeline_of(create_detector("haar", mode="photo")).analyze(astronaut_bgr)
    assert np.array_equal(astronaut_bgr, before)


def test_a_face_that_cannot_be_classified_has_reasons_and_the_others_are_classified(pipeline_of):
    frame_bgr = np.concatenate([grainy(20, (200, 150)), grainy(120, (200, 150))], axis=1)
    found = boxes((10, 10, 90, 90), (200, 10, 290, 90))
    dark, bright = pipeline_of(FixedDetector(found)).analyze(frame_bgr).faces
    assert (dark.expression, dark.reasons) == (None, (TOO_DARK,))
    assert bright.expression is not None


def test_a_face_behind_a_mask_is_reported_as_partly_covered(recognizer, astronaut_bgr):
    masked_bgr = astronaut_bgr.copy()
    masked_bgr[125:200, 150:290] = 200
    detector = FixedDetector(boxes((160, 55, 285, 180)))
    pipeline = FacePipeline(detector, recognizer, load_occlusion_network())
    (face,) = pipeline.analyze(masked_bgr).faces
    assert (face.expression, face.reasons) == (None, (PARTLY_COVERED,))


def test_in_a_video_a_face_keeps_its_number_and_its_word(pipeline_of):
    pipeline = VideoPipeline(pipeline_of(FixedDetector(boxes((10, 10, 90, 90)))))
    seen = [
        pipeline.analyze(grainy(gray, (200, 300)), time_s=step / 15).faces[0]
        for step, gray in enumerate((80, 180, 90, 170, 100))
    ]
    assert {face.face_id for face in seen} == {1}
    assert len({face.expression.shown_label for face in seen}) == 1, "A word is held for a second."
    assert seen[1].expression.probs.sum() == pytest.approx(1, abs=1e-3)


def test_a_video_may_change_its_resolution_and_faces_keep_their_numbers(pipeline_of):
    detector = FixedDetector(boxes((10, 10, 90, 90)))
    pipeline = VideoPipeline(pipeline_of(detector))
    small = pipeline.analyze(grainy(80, (200, 300)), time_s=0.0).faces[0]
    detector.detections = boxes((20, 20, 180, 180))
    large = pipeline.analyze(grainy(80, (400, 600)), time_s=0.1).faces[0]
    assert small.face_id == large.face_id


@pytest.mark.parametrize("found", [boxes((10, 10, 90, 90)), boxes()], ids=["face", "no face"])
@pytest.mark.parametrize("time_s", [0.9, np.nan, np.inf, -np.inf])
def test_a_frame_out_of_order_is_refused_and_the_next_may_follow(pipeline_of, found, time_s):
    pipeline = VideoPipeline(pipeline_of(FixedDetector(found)))
    frame = grainy(80, (100, 100))
    pipeline.analyze(frame, time_s=1.0)
    with pytest.raises(ValueError, match="in order of time"):
        pipeline.analyze(frame, time_s=time_s)
    assert len(pipeline.analyze(frame, time_s=1.1).faces) == len(found)


@pytest.mark.parametrize(("n_faces", "n_again"), [(5, 2), (11, 2), (20, 3)])
def test_some_of_many_faces_are_classified_again_in_each_frame_and_all_are_shown(
    pipeline_of, recognizer, n_faces, n_again
):
    pipeline = VideoPipeline(pipeline_of(FixedDetector(row_of_boxes(n_faces))))
    for step in range(3):
        faces = pipeline.analyze(grainy(80, (100, 1500)), time_s=step / 15).faces
        assert [face.face_id for face in faces] == list(range(1, n_faces + 1))
        assert all(face.expression is not None for face in faces)
    assert [len(crops) for crops in recognizer.batches] == [n_faces, n_again, n_again]


def test_a_detector_that_tracks_gets_the_plan_of_each_frame(pipeline_of):
    detector = FixedTracker(row_of_boxes(4))
    pipeline = VideoPipeline(pipeline_of(detector))
    for step in range(4):
        pipeline.analyze(grainy(80, (100, 300)), time_s=step / 15)
    assert detector.plans == [(True, []), (False, [1, 2, 3]), (False, [1, 2, 4]), (True, [])]


@pytest.mark.parametrize("pause_s", [0.6, 1.0, 1.6, 3.0])
@pytest.mark.parametrize("n_frames", range(3, 9))
def test_after_a_pause_the_first_frame_shows_what_the_face_shows(pipeline_of, pause_s, n_frames):
    pipeline = VideoPipeline(pipeline_of(FixedTracker(row_of_boxes(1))))
    frame_bgr = grainy(80, (100, 300))
    for step in range(n_frames):
        pipeline.analyze(frame_bgr, time_s=step / 30)
    (face,) = pipeline.analyze(frame_bgr, time_s=n_frames / 30 + pause_s).faces
    assert face.expression is not None


def test_only_followed_and_new_faces_are_classified_and_all_are_shown(pipeline_of, recognizer):
    detector = FixedTracker(row_of_boxes(4))
    pipeline = VideoPipeline(pipeline_of(detector))
    frame_bgr = grainy(80, (100, 400))
    for column in range(4):  # the faces differ in brightness
        frame_bgr[:, 5 + 70 * column :] = grainy(80 + 30 * column, (100, 395 - 70 * column))
    for step in range(2):
        pipeline.analyze(frame_bgr, time_s=step / 15)
    detector.detections = row_of_boxes(5)
    frames = [pipeline.analyze(frame_bgr, time_s=step / 15) for step in (2, 3)]
    assert [len(crops) for crops in recognizer.batches] == [4, 2, 3]  # and none in the last frame
    assert recognizer.batches[2][-1].mean() == pytest.approx(170, abs=8)  # the new face
    for frame in frames:
        assert [face.face_id for face in frame.faces] == [1, 2, 3, 4, 5]
        assert all(face.expression is not None for face in frame.faces)


def test_a_face_that_becomes_too_dark_is_shown_without_a_word_once_that_has_lasted(pipeline_of):
    pipeline = VideoPipeline(pipeline_of(FixedDetector(boxes((10, 10, 90, 90)))))
    greys = (80, 20, 80, 20, 20, 20, 20, 20)  # one dark frame alone does not count
    faces = [
        pipeline.analyze(grainy(grey, (100, 100)), time_s=step / 8).faces[0]
        for step, grey in enumerate(greys)
    ]
    has_expression = [face.expression is not None for face in faces]
    assert has_expression == [True] * 6 + [False] * 2
    assert [face.reasons for face in faces] == [()] * 6 + [(TOO_DARK,)] * 2


@pytest.mark.model
def test_a_video_that_begins_at_no_time_is_refused(pipeline_of):
    pipeline = VideoPipeline(pipeline_of(FixedDetector(boxes((10, 10, 90, 90)))))
    with pytest.raises(ValueError, match="in order of time"):
        pipeline.analyze(grainy(80, (100, 100)), time_s=-np.inf)


@pytest.mark.parametrize("model", [None, Path("models/cue-5"), 5])
def test_what_is_neither_a_models_id_nor_a_recognizer_is_refused(model):
    with pytest.raises(TypeError, match="Expected the ID of a model or a recognizer"):
        load_pipeline(model=model)


@pytest.mark.parametrize(("mode", "kind"), [("photo", FacePipeline), ("video", VideoPipeline)])
def test_the_mode_chooses_the_kind_of_pipeline(mode, kind):
    assert type(load_pipeline(mode=mode)) is kind


@pytest.mark.model
def test_without_words_the_default_detector_and_model_are_loaded():
    pipeline = load_pipeline()
    assert pipeline.detector.name == "blazeface"
    assert pipeline.recognizer.card.is_default


def test_a_loaded_recognizer_is_shared(recognizer):
    assert load_pipeline(detector="haar", model=recognizer).recognizer is recognizer


@pytest.mark.parametrize(
    ("words", "error", "message"),
    [
        ({"detector": "psychic"}, ValueError, "No face detector 'psychic'. Choose one of: blaze"),
        ({"mode": "live"}, ValueError, "mode is 'video' or 'photo', got 'live'"),
        ({"model": "nobody"}, ModelNotFoundError, "No model 'nobody'. Available:"),
    ],
)
def test_a_pipeline_of_unknown_parts_is_refused(words, error, message):
    with pytest.raises(error, match=message):
        load_pipeline(**words)
