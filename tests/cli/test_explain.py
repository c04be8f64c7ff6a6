import cv2
import numpy as np
import pytest

from fer_core.data import PORTRAIT_PATH, read_portrait
from fer_core.errors import SettingsError
from fer_core.explain import worker as worker_module
from fer_core.explain.serving import needs_train
from tests.explain.made_up import MadeUpWorker

pytestmark = pytest.mark.model


@pytest.fixture
def made_up(monkeypatch):
    monkeypatch.setattr(worker_module, "ExplainWorker", MadeUpWorker)


@pytest.fixture
def two_faces(tmp_path):
    path = tmp_path / "two.png"
    cv2.imwrite(str(path), np.hstack([read_portrait(), read_portrait()]))
    return path


def test_one_face_is_written_into_the_folder_itself(command, made_up, tmp_path):
    done = command("explain", PORTRAIT_PATH, "--out", tmp_path / "new")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Face 1: happy ")
    assert done.stdout.endswith("report.html\n")
    assert {"report.html", "grad-cam.png"} <= {path.name for path in (tmp_path / "new").iterdir()}


def test_each_of_several_faces_gets_a_folder(command, made_up, two_faces, tmp_path):
    done = command("explain", two_faces, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 2
    for name in ("face-1", "face-2"):
        assert (tmp_path / name / "report.html").is_file()


def test_a_label_may_be_spelled_as_on_the_page(command, made_up, tmp_path):
    done = command(
        *("explain", PORTRAIT_PATH, "--out", tmp_path, "--label", "Afraid", "--head", "label")
    )
    assert done.returncode == 0, done.stderr
    assert "What speaks for “afraid”" in (tmp_path / "report.html").read_text("utf-8")


@pytest.mark.parametrize(
    "words", [("--label", "joyful"), ("--label", "contempt", "--head", "label")]
)
def test_a_label_that_the_head_does_not_have_is_wrong_usage(command, made_up, tmp_path, words):
    done = command("explain", PORTRAIT_PATH, "--out", tmp_path, *words)
    assert done.returncode == 2
    assert "Expected a label of angry" in done.stderr


def test_an_unknown_model_is_wrong_usage(command, tmp_path):
    done = command("explain", PORTRAIT_PATH, "--out", tmp_path, "--model", "nix")
    assert done.returncode == 2
    assert done.stderr.startswith("No model 'nix'")


def test_a_photo_without_a_face_is_one_sentence(command, tmp_path):
    cv2.imwrite(str(tmp_path / "wall.png"), np.full((200, 200, 3), 120, np.uint8))
    done = command("explain", tmp_path / "wall.png", "--out", tmp_path / "out")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "wall.png: no face found; try another photo."
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("words", [(), ("--label", "sad")])
def test_a_face_that_is_not_fit_to_be_read_gets_its_reason_and_no_word(
    command, made_up, tmp_path, words
):
    cv2.imwrite(str(tmp_path / "dark.png"), read_portrait() // 12)
    out = tmp_path / "out"
    done = command("explain", tmp_path / "dark.png", "--out", out, "--crops", *words)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"Face 1 is not read: too dark to read. Report: {out / 'report.html'}\n"
    report = (out / "report.html").read_text("utf-8")
    assert "Cue does not read this face: too dark to read." in report
    assert "The face shows" not in report


def test_each_stage_is_a_line_in_a_pipe_before_the_result(command, made_up, tmp_path):
    done = command("explain", PORTRAIT_PATH, "--out", tmp_path)
    assert done.stderr.splitlines()[0] == "Searching for faces."
    assert "Computing the maps of all layers." in done.stderr
    assert len(set(done.stderr.splitlines())) == len(done.stderr.splitlines())


def test_a_file_that_is_no_photo_is_one_sentence(command, tmp_path):
    (tmp_path / "a.jpg").write_text("Dear Ann")
    done = command("explain", tmp_path / "a.jpg", "--out", tmp_path / "out")
    assert done.returncode == 1
    assert "expected a photo" in done.stderr


def test_a_missing_tensorflow_is_one_sentence(command, monkeypatch, tmp_path):
    class Without(MadeUpWorker):
        def grad_cam(self, *args, **options):
            raise SettingsError(needs_train("tensorflow"))

    monkeypatch.setattr(worker_module, "ExplainWorker", Without)
    done = command("explain", PORTRAIT_PATH, "--out", tmp_path / "out")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("Maps of layers and Grad-CAM need tensorflow")


def test_a_folder_that_is_a_file_is_wrong_usage(command, tmp_path):
    (tmp_path / "out").write_text("")
    done = command("explain", PORTRAIT_PATH, "--out", tmp_path / "out")
    assert done.returncode == 2


@pytest.mark.slow
def test_a_real_photo_is_explained_by_a_process_that_ends_with_the_command(process, tmp_path):
    done = process("explain", PORTRAIT_PATH, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(done.stderr.splitlines()) < 9  # a line per stage, and nothing of TensorFlow
    assert len(list(tmp_path.glob("layer-*.png"))) == 9
