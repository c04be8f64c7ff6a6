"""`evaluate-faces` and `evaluate-turned` as people start them."""

import json

import cv2
import pytest
from skimage import data


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder of two pictures: the portrait with its face, and a file that is no picture."""
    path = tmp_path_factory.mktemp("annotated")
    cv2.imwrite(str(path / "portrait.png"), cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2BGR))
    (path / "broken.png").write_bytes(b"no picture")
    face = {"x": 171, "y": 64, "w": 100, "h": 116}
    entries = [
        {"file": name, "width": 512, "height": 512, "boxes": [face]}
        for name in ("broken.png", "portrait.png")
    ]
    (path / "annotations.json").write_text(json.dumps(entries))
    return path


def test_a_broken_photo_is_told_once_and_the_others_count(command, folder):
    done = command("evaluate-faces", "--data", folder, "--mode", "video", "--json", "-")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "broken.png" in done.stderr
    blazeface, haar = json.loads(done.stdout)["detectors"]
    assert (blazeface["detector"], haar["detector"]) == ("blazeface", "haar")
    assert [tilt["degrees"] for tilt in haar["tilts"]] == [0, 15, 30, 45, 60, 90, 135, 180]
    assert (blazeface["tilts"][0]["n_photos"], blazeface["tilts"][0]["recall"]) == (1, 1.0)


def test_one_detector_can_be_asked_for(command, folder):
    done = command("evaluate-faces", "--data", folder, "--detector", "haar", "--mode", "video")
    assert done.stdout.startswith("haar, video: 1 photos, 1 faces, ")
    assert "blazeface" not in done.stdout


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (("--data", "nowhere"), 1, "No annotations.json in nowhere"),
        (("--data", ".", "--detector", "psychic"), 2, "expected blazeface or haar"),
        (("--data", ".", "--mode", "film"), 2, "expected photo or video"),
        ((), 2, "Missing option '--data'"),
    ],
)
def test_wrong_words_get_one_sentence(command, words, status, message):
    done = command("evaluate-faces", *words)
    assert done.returncode == status
    assert message in done.stderr
    assert done.stdout == ""


def test_a_folder_in_which_no_picture_counts_is_a_sentence(command, tmp_path):
    (tmp_path / "annotations.json").write_text("[]")
    done = command("evaluate-faces", "--data", tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "No picture of" in done.stderr


def test_turned_faces_are_counted_for_both_detectors_at_each_tilt(command):
    words = ("--data", "faces.csv", "--per-label", "1", "--json", "-")
    done = command("evaluate-turned", "tiny", *words)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["model"], result["n_faces"], len(result["tilts"])) == ("tiny", 7, 10)
    assert all(row["n_found"] <= row["n_faces"] == 7 for row in result["tilts"])
