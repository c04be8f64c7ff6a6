"""`evaluate-postures`, with the portrait and a clip that shows it."""

import json
import shutil

import cv2
import pytest

from fer_core.data import PORTRAIT_PATH, read_portrait

pytestmark = pytest.mark.model

HEADER = "source,time_s,x,y,w,h,standing,turned_aside,head_turned_away"
ROWS = [
    "a.jpg,,0,15,300,285,unclear,no,no",
    "a.jpg,,0,15,30,20,unclear,no,yes",  # there is nobody
    "clip.avi,0.1,0,15,300,285,unclear,no,no",
]


@pytest.fixture
def folder(tmp_path):
    """Return a folder of labels, the portrait and a clip of three frames of it."""
    shutil.copy(PORTRAIT_PATH, tmp_path / "a.jpg")
    path = str(tmp_path / "clip.avi")
    writer = cv2.VideoWriter(path, cv2.VideoWriter.fourcc(*"MJPG"), 10, (300, 300))
    for _ in range(3):
        writer.write(read_portrait())
    writer.release()
    write_labels(tmp_path, ROWS)
    return tmp_path


def write_labels(folder, rows):
    (folder / "labels.csv").write_text("\n".join([HEADER, *rows]) + "\n", "utf-8")


def test_people_get_a_table_of_all_rows_and_of_both_halves(command, folder):
    done = command("evaluate-postures", folder / "labels.csv", "--pictures", folder)
    assert done.returncode == 0
    first, *lines = done.stdout.splitlines()
    assert first == "2 of 3 people found."
    assert lines[0].split()[:5] == ["All", "yes", "no", "unclear", "silent"]
    assert lines[1].split()[:8] == ["standing", "0", "0", "3", "0", "0", "=", "-"]
    assert lines[3].split()[:11] == [
        *("head", "turned", "away", "1", "2", "0", "1"),
        *("0", "=", "0.00", "(0.000"),
    ]
    assert lines[3].rstrip().endswith("0 of 0 = -")
    assert [line.split("  ")[0] for line in lines[4::4]] == ["1st, 3rd, 5th row", "The others"]


def test_a_picture_that_is_missing_makes_the_status_1(command, folder):
    write_labels(folder, [*ROWS, "b.jpg,,0,0,10,10,no,no,no", "b.avi,0,0,0,10,10,no,no,no"])
    done = command(
        *("evaluate-postures", folder / "labels.csv", "--pictures", folder, "--json", "-"),
        *("--videos", folder),
    )
    assert done.returncode == 1
    assert "b.jpg" in done.stderr
    assert "b.avi" in done.stderr
    scores = json.loads(done.stdout)
    assert scores.keys() == {"n_people", "n_found", "all", "halves"}
    assert (scores["n_people"], scores["n_found"]) == (3, 2)
    turned = scores["all"]["head turned away"]
    assert (turned["n_yes"], turned["n_wrong"], turned["n_silent"]) == (1, 0, 1)
    assert turned["recall"]["value"] == 0
    assert turned["precision"] is None
