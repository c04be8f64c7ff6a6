"""Training as users run it: killed, resumed, stopped with Ctrl-C, and over an earlier model."""

import shutil
import signal
from pathlib import Path

import pytest

from fer_core.evaluate.report import load_evaluation
from fer_core.expression.model_folder import ModelFolder
from fer_core.expression.recognizer import load_recognizer

pytestmark = pytest.mark.slow
MANY_EPOCHS = 10_000  # never reached: the tests stop the training
WORDS = ("train", "plain", "--data", "faces.csv", "--votes", "votes.csv", "--epochs", 1, "--resume")


@pytest.fixture
def models(trained_product, tmp_path):
    """Return a models folder of the test's own, with the trained model `tiny`."""
    shutil.copytree(trained_product / "models" / "tiny", tmp_path / "tiny")
    return ModelFolder(tmp_path)


def contents(models: ModelFolder) -> dict[str, bytes]:
    folder = models.path_of("tiny")
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_a_killed_training_is_resumed_and_ctrl_c_reports_how_to_continue(start, tmp_path):
    words = ("train", "plain", "--data", "faces.csv", "--out", tmp_path / "m")
    with start(*words, "--epochs", MANY_EPOCHS) as process:
        assert _first_epoch(process) == 1
        process.kill()
        process.communicate()

    with start(*words, "--epochs", MANY_EPOCHS, "--resume") as process:
        assert _first_epoch(process) >= 2
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate()
    *epochs, last = stderr.splitlines()
    assert process.returncode == 130
    assert last.startswith("Stopped after epoch ")
    assert last.endswith("; continue with --resume.")
    if epochs:
        assert _number(last.split()[3]) >= _number(epochs[-1].split()[1])
    assert "Traceback" not in stderr


def test_ctrl_c_in_the_first_epoch_reports_that_nothing_was_saved(
    command, trained_product, tmp_path, monkeypatch
):
    def stop(*_args: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("fer_core.train.loop.train", stop)
    done = command(*WORDS, "--out", tmp_path / "m", product=trained_product)
    assert done.returncode == 130
    assert done.stderr.endswith("Stopped before the end of the first epoch; nothing was saved.\n")


def test_a_new_model_replaces_the_earlier_one_and_keeps_other_files(
    command, trained_product, models
):
    folder = models.path_of("tiny")
    (folder / "notes.txt").write_text("mine")
    (folder / "turned.json").write_text("measured with the old weights")
    (folder / "evaluation.json").write_text("old")
    names = set(contents(models))
    done = command(*WORDS, "--out", folder, product=trained_product)
    assert done.returncode == 0, done.stderr
    assert set(contents(models)) == names - {"turned.json"}
    assert load_evaluation("tiny", models=models).n == 21
    assert load_recognizer("tiny", models=models).card.is_default
    assert (folder / "checkpoint").is_dir()
    assert [path.name for path in models.path.iterdir()] == ["tiny"]
    assert done.stdout.startswith("tiny: accuracy ")


def test_a_stop_after_the_training_leaves_the_earlier_model(
    command, trained_product, models, monkeypatch
):
    def stop(fresh: Path, *_args: object, **_options: object) -> None:
        (fresh / "card.json").write_text("new")
        raise KeyboardInterrupt

    monkeypatch.setattr("fer_core.train.save.save_model", stop)
    before = contents(models)
    done = command(*WORDS, "--out", models.path_of("tiny"), product=trained_product)
    assert done.returncode == 130
    assert done.stderr.endswith("Stopped after epoch 1; continue with --resume.\n")
    assert contents(models) == before
    assert [path.name for path in models.path.iterdir()] == ["tiny"]


def _first_epoch(process) -> int:
    """Return the number of the first epoch that the process reports."""
    for line in process.stderr:
        if line.startswith("Epoch "):
            return _number(line.split()[1])
    raise AssertionError("The training ended before its first epoch.")


def _number(word: str) -> int:
    return int(word.rstrip(":;"))
