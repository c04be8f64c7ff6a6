"""`evaluate-people`, with the portrait and keypoints by hand."""

import json
import shutil

import pytest

from fer_core.data import PORTRAIT_PATH

pytestmark = pytest.mark.model

# Of the portrait, by hand: nose, eyes, shoulders; the other flags say that nothing is seen. The
# hips, which are needed for the torso, are annotated below the photo.
SEEN = {0: (150, 132), 1: (176, 114), 2: (134, 107), 5: (222, 218), 6: (64, 180)}
GUESSED = {3: (190, 120), 4: (120, 110), 7: (250, 310), 8: (40, 290), 11: (175, 430), 12: (65, 415)}


@pytest.fixture
def folder(tmp_path):
    """Return a folder of one portrait, one portrait without people and a file that is missing."""
    for name in ("a.jpg", "b.jpg"):
        shutil.copy(PORTRAIT_PATH, tmp_path / name)
    rows = [
        (*SEEN.get(index, GUESSED.get(index, (0, 0))), 2 * (index in SEEN) + (index in GUESSED))
        for index in range(17)
    ]
    flat = [value for row in rows for value in row]
    person = {"box_xywh": [0, 15, 300, 285], "keypoints": flat, "iscrowd": 0}
    photos = [
        {"file": "a.jpg", "people": [person]},
        {"file": "b.jpg", "people": []},
        {"file": "c.jpg", "people": []},
    ]
    (tmp_path / "annotations.json").write_text(json.dumps(photos))
    return tmp_path


def test_the_json_has_scores_over_all_and_a_file_that_cannot_be_read_makes_the_status_1(
    command, folder
):
    done = command("evaluate-people", folder, "--json", "-")
    assert done.returncode == 1
    assert "c.jpg" in done.stderr
    scores = json.loads(done.stdout)
    assert scores.keys() == {"n_photos", "n_false", "ms_per_photo", "all", "halves"}
    assert (scores["n_photos"], scores["n_false"]) == (2, 1)  # in b.jpg nobody is annotated
    everyone = scores["all"]
    assert (everyone["n_people"], everyone["n_found"], everyone["pck"]) == (1, 1, 1.0)
    assert everyone["interval"] == [1.0, 1.0]
    assert set(everyone["joints"]) == {
        *("nose", "left_eye", "right_eye", "left_shoulder", "right_shoulder")
    }
    assert everyone["joints"]["nose"] == {"n": 1, "pck": 1.0, "interval": [1.0, 1.0]}
    assert scores["halves"] == [everyone, None]


def test_without_json_people_get_a_table(command, folder):
    shutil.copy(PORTRAIT_PATH, folder / "c.jpg")
    done = command("evaluate-people", folder)
    assert done.returncode == 0
    first, second, *lines = done.stdout.splitlines()
    assert first.startswith("3 photos, ")
    assert first.endswith(" ms per photo, 2 found where no person is annotated.")
    assert second == "All: 1 of 1 people found, PCK@0.2 1.000 (1.000 to 1.000)."
    assert lines[0].split() == ["keypoint", "seen", "PCK@0.2", "95%", "interval"]
    assert lines[1].split() == ["nose", "1", "1.000", "1.000", "to", "1.000"]
    assert lines[-1].startswith("1st, 3rd, 5th photo: 1 of 1 people found")


def test_a_folder_without_annotations_is_reported_in_a_sentence(command, tmp_path):
    done = command("evaluate-people", tmp_path)
    assert done.returncode == 1
    assert "annotations.json cannot be read" in done.stderr
