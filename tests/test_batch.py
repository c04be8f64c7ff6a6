import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from fer_core.batch import expand_paths, read_picture, read_pictures
from fer_core.errors import ModelError
from fer_core.results import FrameResult

ORDINARY_USER = 65534


class NoFaces:
    """A pipeline that finds nothing in any frame."""

    def analyze(self, frame_bgr: np.ndarray) -> FrameResult:
        return FrameResult(frame_bgr.shape[1], frame_bgr.shape[0])


def draw(path: Path, *, width: int = 8) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), np.zeros((6, width, 3), np.uint8))
    return path


@pytest.fixture
def folder_of_anyone() -> Iterator[Path]:
    """Return a folder outside the superuser's, while this process is not the superuser."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        is_superuser = os.geteuid() == 0
        if is_superuser:
            os.seteuid(ORDINARY_USER)
        try:
            yield Path(name)
        finally:
            if is_superuser:
                os.seteuid(0)


def test_a_folder_stands_for_all_shown_files_in_and_below_it(tmp_path):
    for name in ("b.png", "sub/c.png", "a.txt", ".hidden.png", ".git/d.png", "~lock.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = expand_paths([tmp_path])
    assert [path.relative_to(tmp_path).as_posix() for path in found] == [
        *("a.txt", "b.png", "sub/c.png")
    ]


def test_a_path_named_outright_is_kept_as_often_as_it_is_named(tmp_path):
    hidden = tmp_path / ".a.png"
    missing = tmp_path / "none.png"
    assert expand_paths([hidden, missing, hidden]) == (hidden, missing, hidden)
    assert expand_paths([]) == ()


def test_a_folder_that_links_to_itself_is_listed_once(tmp_path):
    draw(tmp_path / "a.png")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to("self")
    assert expand_paths([tmp_path]) == (tmp_path / "a.png", tmp_path / "self")


def test_bad_files_get_a_sentence_and_the_others_are_read(tmp_path):
    draw(tmp_path / "ünï ✓.png", width=9)
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "letter.jpg").write_bytes(b"%PDF-1.7")
    (tmp_path / "no files").mkdir()
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "self").symlink_to("self")
    paths = [*expand_paths([tmp_path]), tmp_path / "none.png", tmp_path / "no files"]
    readings = {Path(reading.source).name: reading for reading in read_pictures(paths, NoFaces())}
    assert readings["ünï ✓.png"].result.width == 9
    assert readings["ünï ✓.png"].error is None
    reasons = {
        "empty.jpg": "got an empty file",
        "letter.jpg": "got a PDF document",
        "pipe.jpg": "got an empty file",
        "self": "symbolic links",
        "none.png": "No such file",
        "no files": "expected a folder of pictures, got one that is empty",
    }
    assert readings.keys() == reasons.keys() | {"ünï ✓.png"}
    for name, reason in reasons.items():
        assert reason in readings[name].error
        assert readings[name].record()["error"] == readings[name].error
        assert readings[name].record()["faces"] == []


def test_files_and_folders_without_permission_get_a_sentence(folder_of_anyone):
    shown = draw(folder_of_anyone / "shown.png")
    shut = draw(folder_of_anyone / "shut.png")
    inside = draw(folder_of_anyone / "locked" / "a.png")
    shut.chmod(0)
    inside.parent.chmod(0)
    readings = read_pictures(expand_paths([folder_of_anyone, inside]), NoFaces())
    errors = {reading.source: reading.error for reading in readings}
    inside.parent.chmod(0o755)
    assert errors[str(shown)] is None
    assert "Permission denied" in errors[str(shut)]
    assert "may not be listed" in errors[str(inside.parent)]
    assert "Permission denied" in errors[str(inside)]


def test_readings_come_one_by_one(tmp_path):
    readings = read_pictures([draw(tmp_path / "a.png"), tmp_path / "never touched"], NoFaces())
    assert next(readings).error is None


def test_bytes_are_read_under_the_name_given(tmp_path):
    data = draw(tmp_path / "a.png").read_bytes()
    assert read_picture(data, NoFaces(), source="upload.png").record()["source"] == "upload.png"
    assert "upload.png: expected" in read_picture(b"?", NoFaces(), source="upload.png").error


class Choking(NoFaces):
    """A pipeline that raises for pictures 9 pixels wide."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def analyze(self, frame_bgr: np.ndarray) -> FrameResult:
        if frame_bgr.shape[1] == 9:
            raise self._error
        return super().analyze(frame_bgr)


@pytest.mark.parametrize("kind", [cv2.error, ValueError, KeyError, MemoryError, ZeroDivisionError])
def test_whatever_one_picture_raises_becomes_its_sentence_and_is_logged(tmp_path, caplog, kind):
    paths = [draw(tmp_path / f"{width}.png", width=width) for width in (8, 9, 10)]
    first, second, third = read_pictures(paths, Choking(kind("inner words")))
    assert (first.error, third.error) == (None, None)
    assert second.error.startswith(f"{paths[1]}: expected")
    assert "inner words" not in second.error
    assert second.record()["faces"] == []
    (record,) = caplog.records
    assert record.exc_info[0] is kind


def test_whatever_one_upload_raises_becomes_its_sentence(tmp_path):
    data = draw(tmp_path / "a.png", width=9).read_bytes()
    reading = read_picture(data, Choking(RuntimeError("inner words")), source="upload.png")
    assert reading.error.startswith("upload.png: expected to read it, but the program failed on it")


def test_a_problem_of_all_pictures_is_raised_at_the_first(tmp_path):
    path = draw(tmp_path / "a.png", width=9)
    with pytest.raises(ModelError, match="weights are gone"):
        next(read_pictures([path], Choking(ModelError("The weights are gone."))))


def test_an_interrupt_is_no_problem_of_a_picture(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        next(read_pictures([draw(tmp_path / "a.png", width=9)], Choking(KeyboardInterrupt())))
