import csv
import json
import shutil
import signal
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest

from fer_core.cli.analyze import _analyze_all
from fer_core.data import PORTRAIT_PATH
from fer_core.expression.recognizer import load_recognizer
from fer_core.image import read_image
from fer_core.pipeline import load_pipeline
from fer_core.results import Box, Expression, Face, FrameResult


@dataclass
class Outcome:
    folder: Path
    done: object
    records: dict[str, dict]  # by the file's name


@pytest.fixture(scope="module")
def outcome(process, tmp_path_factory) -> Outcome:
    """Analyse a folder of good, bad and oddly named files once."""
    folder = tmp_path_factory.mktemp("photos")
    for name in ("portrait.jpg", "ünï – ✓.jpg", f"{'long ' * 49}.jpg", "sub/portrait.jpg"):
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(PORTRAIT_PATH, folder / name)
    shutil.copy(PORTRAIT_PATH, bytes(folder) + b"/stray \xff byte.jpg")
    assert cv2.imwrite(str(folder / "grey.png"), np.full((50, 60, 3), 128, np.uint8))
    (folder / "empty.jpg").touch()
    (folder / "letter.jpg").write_bytes(b"%PDF-1.7")
    (folder / "cut.tif").write_bytes(_cut_tiff())
    out = tmp_path_factory.mktemp("out")
    files = ("--csv", out / "table.csv", "--annotated", out / "drawn")
    done = process("analyze", folder, folder / "none.jpg", "--json", "-", *files)
    records = {Path(record["source"]).name: record for record in json.loads(done.stdout)}
    return Outcome(out, done, records)


def _cut_tiff() -> bytes:
    is_encoded, buffer = cv2.imencode(".tif", np.full((50, 60, 3), 128, np.uint8))
    assert is_encoded
    return buffer.tobytes()[:-400]


def test_an_unreadable_file_does_not_stop_the_others_and_the_status_is_1(outcome):
    assert outcome.done.returncode == 1
    failed = {name for name, record in outcome.records.items() if record["error"]}
    assert failed == {"empty.jpg", "letter.jpg", "cut.tif", "none.jpg"}
    assert len(json.loads(outcome.done.stdout)) == 10


def test_the_name_of_a_file_cannot_steer_the_terminal(process, tmp_path):
    shutil.copy(PORTRAIT_PATH, tmp_path / "red \x1b[31m\nline.jpg")
    (tmp_path / "bad \x1b[31m.jpg").touch()
    done = process("analyze", tmp_path)
    assert "\x1b" not in done.stdout + done.stderr
    (line,) = done.stdout.splitlines()
    assert "red \\x1b[31m\\nline.jpg: 1 happy" in line
    assert "bad \\x1b[31m.jpg" in done.stderr


def test_json_can_go_to_a_pipe_that_is_named_as_a_file(process):
    done = process("analyze", PORTRAIT_PATH, "--json", "/dev/stdout")
    assert done.returncode == 0
    assert json.loads(done.stdout)[0]["faces"][0]["expression"]["label"] == "happy"


def test_each_record_has_the_keys_of_the_contract(outcome):
    record = outcome.records["ünï – ✓.jpg"]
    assert record.keys() == {"source", "width", "height", "faces", "error"}
    assert (record["width"], record["height"], record["error"]) == (300, 300, None)
    (face,) = record["faces"]
    assert face.keys() == {"box", "detection_score", "roll_deg", "expression", "reasons"}
    assert face["expression"].keys() == {"label", "confidence", "said", "min_confidence", "probs"}
    assert sum(face["expression"]["probs"].values()) == pytest.approx(1, abs=1e-3)


def test_to_dict_gives_the_very_record_of_the_json(outcome, tiny_models):
    pipeline = load_pipeline(model=load_recognizer("tiny", models=tiny_models))
    record = outcome.records["portrait.jpg"]
    result = pipeline.analyze(read_image(record["source"]))
    assert result.to_dict(source=record["source"]) == record
    assert [face.to_dict() for face in result.faces] == record["faces"]


def test_a_photo_without_a_face_is_read_and_has_no_faces(outcome):
    assert outcome.records["grey.png"]["faces"] == []
    assert outcome.records["grey.png"]["error"] is None


def test_standard_error_holds_nothing_but_our_sentences(outcome):
    lines = outcome.done.stderr.splitlines()
    errors = [record["error"] for record in outcome.records.values() if record["error"]]
    assert sorted(lines[:-1]) == sorted(errors)
    assert lines[-1] == "Photos read: 6 of 10. Faces found: 5."


def test_the_csv_names_the_same_files(outcome):
    with (outcome.folder / "table.csv").open(newline="", encoding="utf-8") as stream:
        sources = {Path(row["source"]).name for row in csv.DictReader(stream)}
    assert sources == outcome.records.keys()


def test_every_photo_that_was_read_is_annotated_under_a_different_name(outcome):
    drawn = sorted((outcome.folder / "drawn").iterdir())
    assert len(drawn) == 6
    assert sum(path.name.endswith("-portrait.jpg") for path in drawn) == 2
    assert read_image(drawn[0]).shape[2] == 3


def test_without_files_to_write_each_photo_gets_a_line(command, tmp_path):
    shutil.copy(PORTRAIT_PATH, tmp_path / "a.jpg")
    done = command("analyze", tmp_path / "a.jpg")
    assert done.returncode == 0
    (line,) = done.stdout.splitlines()
    assert line.startswith(f"{tmp_path / 'a.jpg'}: 1 ")


def test_crops_are_read_whole(command, tmp_path):
    face = read_image(PORTRAIT_PATH)[60:180, 100:210]
    assert cv2.imwrite(str(tmp_path / "face.png"), face)
    assert cv2.imwrite(str(tmp_path / "tiny.png"), face[:20])
    done = command("analyze", tmp_path, "--crops", "--json", "-")
    assert done.returncode == 0
    (read,), (tiny,) = (record["faces"] for record in json.loads(done.stdout))
    assert read["box"] == [0, 0, 110, 120]
    assert read["expression"] is not None
    assert (tiny["expression"], tiny["reasons"]) == (None, ["too small to read"])


def test_an_empty_folder_is_reported_as_unreadable(command, tmp_path):
    done = command("analyze", tmp_path, "--json", "-")
    assert done.returncode == 1
    (record,) = json.loads(done.stdout)
    assert "expected a folder of photos, got one that is empty" in record["error"]


def test_ctrl_c_ends_in_one_sentence(start, tmp_path):
    for number in range(2_000):
        (tmp_path / f"{number}.jpg").symlink_to(PORTRAIT_PATH)
    with start("analyze", tmp_path) as process:
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        stderr = process.stderr.read()
    assert process.returncode == 130
    assert stderr.startswith("Stopped after ")
    assert stderr.endswith(" of 2000 photos; no JSON or CSV was written.\n")
    assert stderr.count("\n") == 1


class Failing:
    """A pipeline that raises for the second photo and finds a face that cannot be drawn."""

    n_calls = 0

    def analyze(self, frame_bgr):
        self.n_calls += 1
        if self.n_calls == 2:
            raise cv2.error("inner words")
        width, height = frame_bgr.shape[1::-1]
        unknown = Expression.from_probs(("bored",), np.array([1.0]))  # a label without a drawing
        face = Face(Box(10, 10, 60, 60), 0.9, expression=unknown)
        return FrameResult(width, height, (face,) if self.n_calls == 3 else ())


def test_photos_that_raise_when_read_or_drawn_are_reported_and_the_others_written(tmp_path, capsys):
    paths = [tmp_path / f"{number}.jpg" for number in range(4)]
    for path in paths:
        shutil.copy(PORTRAIT_PATH, path)
    records = _analyze_all(paths, Failing(), tmp_path / "drawn", has_lines=False)
    assert [record["error"] is None for record in records] == [True, False, False, True]
    reported = capsys.readouterr().err
    assert reported.count("the program failed on it") == 2
    assert sorted(path.name for path in (tmp_path / "drawn").iterdir()) == [
        *("0001-0.jpg", "0004-3.jpg")
    ]


def test_with_body_each_photo_has_its_people_and_a_file_that_cannot_be_read_has_none(
    command, tmp_path
):
    shutil.copy(PORTRAIT_PATH, tmp_path / "a.jpg")
    assert cv2.imwrite(str(tmp_path / "b.png"), np.full((50, 60, 3), 128, np.uint8))
    (tmp_path / "c.jpg").touch()
    done = command("analyze", tmp_path, "--body", "--json", "-")
    assert done.returncode == 1
    portrait, grey, empty = json.loads(done.stdout)
    (person,) = portrait["people"]
    keys = {"face_id", "box", "landmarks", "world_m", "posture", "distance_m"}
    assert person.keys() == keys
    assert (person["face_id"], person["posture"], person["distance_m"]) == (0, [], None)
    assert [len(row) for row in person["landmarks"]] == [4] * 33
    assert [len(row) for row in person["world_m"]] == [3] * 33
    x1, y1, x2, y2 = portrait["faces"][0]["box"]
    nose_x, nose_y, _, visibility = person["landmarks"][0]
    assert x1 < nose_x < x2
    assert y1 < nose_y < y2
    assert visibility > 0.9
    assert grey["people"] == empty["people"] == []


def test_bodies_of_cut_out_faces_are_wrong_usage(command, tmp_path):
    done = command("analyze", PORTRAIT_PATH, "--body", "--crops")
    assert done.returncode == 2
    assert "--body has nothing to find" in done.stderr
