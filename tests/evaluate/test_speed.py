import numpy as np
import pytest

from fer_core.data import read_portrait
from fer_core.evaluate import speed
from fer_core.evaluate.speed import frame_with_faces, ms_per_face, run_benchmark
from fer_core.expression.recognizer import load_recognizer
from fer_core.faces.occlusion import load_occlusion_network
from fer_core.faces.video_detector import BlazeFaceVideoDetector
from fer_core.pipeline import FacePipeline, load_pipeline

BLACK = np.zeros((50, 50, 3), np.uint8)
STAGES = {"detect", "crop", "track", "classify", "step", "reading step", "draw"}


def test_the_time_per_face_is_the_median_batch_divided_by_its_faces(monkeypatch):
    ticks = iter([0.0, 0.008, 1.0, 1.020, 2.0, 2.006])  # batches of 8, 20 and 6 milliseconds
    monkeypatch.setattr(speed.time, "perf_counter", lambda: next(ticks))
    batches = []
    assert ms_per_face(batches.append, np.zeros((5, 2, 2), np.uint8), batch=2) == 6.0
    assert [len(each) for each in batches] == [2, 2, 2, 1]  # the first one warms up


@pytest.mark.parametrize("n_faces", [0, 1, 2, 7, 64])
@pytest.mark.parametrize(("width", "height"), [(640, 480), (48, 300), (300, 48)])
def test_a_frame_holds_the_requested_faces_and_none_overlap(width, height, n_faces):
    frame_bgr = frame_with_faces(BLACK, width=width, height=height, n_faces=n_faces)
    assert frame_bgr.shape == (height, width, 3)
    n_black = int((frame_bgr[:, :, 0] == 0).sum())
    if not n_faces:
        assert n_black == 0
    else:
        side = np.sqrt(n_black / n_faces)  # equal squares, all of them whole
        assert side >= 1
        assert side == round(side)


@pytest.mark.parametrize(("width", "n_faces"), [(47, 1), (48, -1)])
def test_a_frame_that_is_too_small_or_a_negative_number_of_faces_is_refused(width, n_faces):
    with pytest.raises(ValueError, match="Out of range"):
        frame_with_faces(BLACK, width=width, height=480, n_faces=n_faces)


@pytest.mark.parametrize("n_faces", [0, pytest.param(2, marks=pytest.mark.slow)])
def test_every_stage_gets_a_median_and_a_95th_percentile(tiny_models, n_faces):
    recognizer = load_recognizer("tiny", models=tiny_models)
    pipeline = load_pipeline(detector="haar", model=recognizer, mode="video").pipeline
    found = run_benchmark(pipeline, read_portrait(), width=320, height=240, n_faces=n_faces)
    assert (found.n_faces_drawn, found.n_faces_found) == (n_faces, n_faces)
    assert found.stages.keys() == STAGES
    for stage in found.stages.values():
        assert 0 <= stage.p50_ms <= stage.p95_ms
    assert found.as_dict()["model"] == "tiny"


def test_the_frames_have_the_times_of_a_camera_so_that_one_in_five_is_searched(
    tiny_models, monkeypatch
):
    class Recording(BlazeFaceVideoDetector):
        n_searches = 0

        def track(self, frame_bgr, *, is_searched, followed_ids):
            self.n_searches += is_searched
            return super().track(frame_bgr, is_searched=is_searched, followed_ids=followed_ids)

    detector = Recording()
    recognizer = load_recognizer("tiny", models=tiny_models)
    pipeline = FacePipeline(detector, recognizer, load_occlusion_network())
    monkeypatch.setattr(speed, "_N_TIMED", 45)
    run_benchmark(pipeline, read_portrait(), width=320, height=240, n_faces=1)
    assert detector.n_searches == (5 + 45) / 5


def test_frames_without_classification_do_not_lower_the_time_of_classifying(tiny_models):
    recognizer = load_recognizer("tiny", models=tiny_models)
    pipeline = load_pipeline(model=recognizer, mode="video").pipeline
    found = run_benchmark(pipeline, read_portrait(), width=320, height=240, n_faces=1)
    # a step contains its classification, on a busy machine too
    assert found.stages["reading step"].p50_ms >= found.stages["classify"].p50_ms > 0.01
