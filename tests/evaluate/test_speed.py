import numpy as np
import pytest

from fer_core.data.portrait import read_portrait
from fer_core.evaluate.speed import frame_with_faces, run_benchmark
from fer_core.expression.recognizer import load_recognizer
from fer_core.faces.occlusion import load_occlusion_network
from fer_core.faces.registry import create_detector
from fer_core.pipeline import FacePipeline

BLACK = np.zeros((50, 50, 3), np.uint8)
STAGES = {"detect", "crop", "track", "classify", "step", "reading step", "draw"}


@pytest.mark.parametrize("n_faces", [0, 1, 2, 7, 64])
@pytest.mark.parametrize(("width", "height"), [(640, 480), (48, 300), (300, 48)])
def test_a_frame_holds_as_many_faces_as_asked_none_over_another(width, height, n_faces):
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
def test_a_frame_too_small_or_fewer_faces_than_none_are_refused(width, n_faces):
    with pytest.raises(ValueError, match="Out of range"):
        frame_with_faces(BLACK, width=width, height=480, n_faces=n_faces)


@pytest.mark.parametrize("n_faces", [0, 2])
def test_every_stage_gets_a_median_and_a_95th_percentile(tiny_models, n_faces):
    recognizer = load_recognizer("tiny", models_folder=tiny_models)
    pipeline = FacePipeline(
        create_detector("haar", mode="video"), recognizer, load_occlusion_network()
    )
    found = run_benchmark(pipeline, read_portrait(), width=320, height=240, n_faces=n_faces)
    assert (found.n_faces_drawn, found.n_faces_found) == (n_faces, n_faces)
    assert found.stages.keys() == STAGES
    for stage in found.stages.values():
        assert 0 <= stage.p50_ms <= stage.p95_ms
    assert found.as_dict()["model"] == "tiny"


def test_frames_in_which_no_face_is_read_do_not_make_reading_look_cheap(tiny_models):
    recognizer = load_recognizer("tiny", models_folder=tiny_models)
    pipeline = FacePipeline(
        create_detector("blazeface", mode="video"), recognizer, load_occlusion_network()
    )
    found = run_benchmark(pipeline, read_portrait(), width=320, height=240, n_faces=1)
    assert found.stages["classify"].p50_ms > 0.01
    one_face = [found.stages[name].p50_ms for name in ("detect", "crop", "classify")]
    assert found.stages["reading step"].p50_ms > max(one_face)
