import io
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest

from fer_core import priority
from fer_core.data import worker
from fer_core.data.worker import inspect_in_process, serve
from fer_core.errors import DataError

PIXELS = [" ".join(str((position * step) % 256) for position in range(2304)) for step in (1, 7)]
CSV = f"emotion,pixels,Usage\n3,{PIXELS[0]},Training\n6,{PIXELS[1]},PublicTest\n"


class Upload(io.BytesIO):
    def __init__(self, name, content):
        super().__init__(content)
        self.name = name


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "faces.csv"
    path.write_text(CSV)
    return path


def assert_holds_the_two_faces(inspection):
    assert inspection.name == "faces.csv"
    assert inspection.counts["Training"]["happy"] == 1
    assert inspection.cleaning == ("Kept: 1 face for training, 1 for validation.",)
    dataset = inspection.dataset
    assert dataset.pixels[0, 0].tolist() == list(range(48))
    assert dataset.pixels[1, 0, :3].tolist() == [0, 7, 14]
    assert dataset.label_ids.tolist() == [3, 6]
    assert dataset.split_ids.tolist() == [0, 1]
    assert dataset.rows.tolist() == [0, 1]
    assert inspection.collection.faces is dataset
    assert inspection.collection.thumbnails is dataset.pixels
    assert inspection.collection.sizes.tolist() == [[48, 48], [48, 48]]


def test_a_local_file_is_inspected_and_its_progress_reported(path):
    shares = []
    assert_holds_the_two_faces(inspect_in_process(path, on_progress=shares.append))
    assert shares[-1] == 1.0


def test_an_upload_is_inspected_and_its_name_is_not_used_as_a_path():
    assert_holds_the_two_faces(inspect_in_process(Upload("/etc/../faces.csv", CSV.encode())))


def test_the_files_of_an_uploaded_folder_are_inspected():
    table = b"file,label\nhappy/a.png,happy\nb.png,bored\n"
    image = cv2.imencode(".png", np.arange(48 * 48, dtype=np.uint8).reshape(48, 48))[1].tobytes()
    files = [("f/labels.csv", table), ("f/happy/a.png", image), ("f/b.png", image)]
    inspection = inspect_in_process([Upload(*file) for file in files])
    collection = inspection.collection
    assert (inspection.name, collection.files) == ("f", ("happy/a.png", "b.png"))
    assert collection.labels[-1] == "bored"
    assert np.array_equal(collection.thumbnails[0], collection.thumbnails[1])
    assert inspection.counts["Training"]["happy"] == 1
    assert inspection.dataset.rows.tolist() == [-1]  # no votes can be joined to files
    (group,) = inspection.findings.exact
    assert (group.rows, group.labels, group.has_conflict) == ((0, 1), ("happy", "bored"), True)


def test_images_without_a_class_that_the_models_know_are_shown_nevertheless():
    text = "label,pixels\ncat,{0}\ndog,{0}\n".format(" ".join(map(str, range(100))))
    inspection = inspect_in_process(Upload("pets.csv", text.encode()))
    assert inspection.collection.labels == ("cat", "dog")
    assert (inspection.counts, inspection.dataset, inspection.shapes) == ({}, None, ())
    assert inspection.cleaning[-1].startswith("Training needs one of these classes")


def test_a_local_file_is_read_by_the_worker_once(path, monkeypatch):
    first = inspect_in_process(path)
    monkeypatch.setattr(worker.subprocess, "Popen", pytest.fail)
    again = inspect_in_process(path)
    assert_holds_the_two_faces(again)
    assert (again.findings, again.shapes) == (first.findings, first.shapes)
    assert again.shapes[0].shape == (1, 48, 48, 1)


def test_a_bad_row_gives_the_same_sentence_as_without_a_worker():
    bad = Upload("faces.csv", b"emotion,pixels\n-7,0\n")
    with pytest.raises(DataError, match=r"faces\.csv, line 2: expected a word or a whole number"):
        inspect_in_process(bad)


def test_a_name_that_looks_like_a_message_stays_a_name():
    with pytest.raises(DataError, match="is empty"):
        inspect_in_process(Upload('"}\n{"result": 1}', b""))


@pytest.mark.parametrize(
    "source_of",
    [lambda path: path, lambda path: Upload(path.name, path.read_bytes())],
    ids=["local file", "upload"],
)
def test_an_error_in_the_progress_callback_ends_the_worker(path, source_of, monkeypatch):
    started = []

    class Watched(subprocess.Popen):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            started.append(self)

    def leave(share):
        if started:
            raise KeyboardInterrupt

    monkeypatch.setattr(worker.subprocess, "Popen", Watched)
    with pytest.raises(KeyboardInterrupt):
        inspect_in_process(source_of(path), on_progress=leave)
    assert started[0].wait(timeout=30) is not None


@pytest.mark.parametrize("size", [10, 1_000_000], ids=["small", "larger than a pipe"])
def test_a_worker_that_dies_early_is_reported(size, monkeypatch):
    monkeypatch.setattr(worker.sys, "executable", "false")  # a program that ends at once
    with pytest.raises(
        DataError, match=r"^faces\.csv is not read: its process failed with status 1; "
    ):
        inspect_in_process(Upload("faces.csv", b"0" * size))


def test_a_worker_that_cannot_start_is_reported(monkeypatch):
    monkeypatch.setattr(worker.sys, "executable", "/nowhere/python")
    with pytest.raises(DataError, match="its process could not start"):
        inspect_in_process(Upload("faces.csv", CSV.encode()))


@pytest.mark.skipif(not priority.OOM_SCORE.exists(), reason="Linux only")
def test_the_kernel_ends_the_worker_before_the_server_if_memory_runs_out(monkeypatch):
    started, scores = [], []

    class Watched(subprocess.Popen):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            started.append(self)

    def look(share):
        scores.append(Path(f"/proc/{started[0].pid}/oom_score_adj").read_text())

    monkeypatch.setattr(worker.subprocess, "Popen", Watched)
    inspect_in_process(Upload("faces.csv", CSV.encode()), on_progress=look)
    assert set(scores) == {"1000\n"}


@pytest.mark.parametrize("line", [b"", b'{"progress": 0.'])
def test_a_line_that_is_cut_off_is_noticed(line):
    with pytest.raises(EOFError):
        worker._whole_line(io.BytesIO(line))


def test_an_answer_that_is_cut_off_is_noticed():
    answers = io.BytesIO()
    serve(io.BytesIO(b'{"name": "faces.csv"}\n' + CSV.encode()), answers)
    *_, result = (line for line in answers.getvalue().split(b"\n") if b'"result"' in line)
    assert b'"n_rows": 2' in result
    with pytest.raises(EOFError):
        worker._exactly(io.BytesIO(answers.getvalue()[-100:]), 2304)


def test_the_faces_are_read_only_because_pages_share_them(path):
    with pytest.raises(ValueError, match="read-only"):
        inspect_in_process(path).dataset.pixels[0] = np.uint8(0)
