import json
from types import SimpleNamespace

import cv2
import pytest
from skimage import data

from fer_core.cli.experiments import _print_ablation
from fer_core.metrics.intervals import Interval


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder of two annotated photos: a portrait, and a file that is not a photo."""
    path = tmp_path_factory.mktemp("annotated")
    cv2.imwrite(str(path / "portrait.png"), cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2BGR))
    (path / "broken.png").write_bytes(b"not a photo")
    face = {"x": 171, "y": 64, "w": 100, "h": 116}
    entries = [
        {"file": name, "width": 512, "height": 512, "boxes": [face]}
        for name in ("broken.png", "portrait.png")
    ]
    (path / "annotations.json").write_text(json.dumps(entries))
    return path


def test_a_broken_photo_is_reported_once_and_the_others_count(command, folder):
    done = command("evaluate-faces", "--data", folder, "--mode", "video", "--json", "-")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "broken.png" in done.stderr
    detectors = json.loads(done.stdout)["detectors"]
    assert [each["detector"] for each in detectors] == ["blazeface", "haar", "haar-tilt"]
    blazeface, haar, _ = detectors
    assert [tilt["degrees"] for tilt in haar["tilts"]] == [0, 15, 30, 45, 60, 90, 135, 180]
    assert (blazeface["tilts"][0]["n_photos"], blazeface["tilts"][0]["recall"]) == (1, 1.0)


def test_small_faces_of_the_other_photos_are_measured_on_request(command, tmp_path):
    cv2.imwrite(str(tmp_path / "portrait.png"), cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2BGR))
    nothing = {"x": 0, "y": 0, "w": 15, "h": 12}
    entry = {"file": "portrait.png", "width": 512, "height": 512, "boxes": [nothing]}
    (tmp_path / "annotations.json").write_text(json.dumps([entry]))
    given = ("evaluate-faces", "--data", tmp_path, "--small", "--detector", "haar")
    done = command(*given)
    assert done.stdout == "haar, photo: 1 photos, 1 faces of 24 to 40 pixels, recall 0.000\n"
    (scores,) = json.loads(command(*given, "--json", "-").stdout)["detectors"]
    assert (scores["n_faces"], scores["recall"]) == (1, 0)


def test_small_faces_are_refused_where_there_are_none(command, folder):
    done = command("evaluate-faces", "--data", folder, "--small")
    assert done.returncode == 1
    assert "No face of 24 to 40 pixels" in done.stderr


def test_one_detector_is_measured_if_it_is_named(command, folder):
    done = command("evaluate-faces", "--data", folder, "--detector", "haar", "--mode", "video")
    assert done.stdout.startswith("haar, video: 1 photos, 1 faces, ")
    assert "blazeface" not in done.stdout
    assert done.stdout.splitlines()[1].split() == [
        *("tilt", "recall", "false", "faces", "per", "photo")
    ]
    assert done.stdout.splitlines()[2].split()[:2] == ["0°", "1.000"]


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (("--data", "nowhere"), 1, "No annotations.json in nowhere"),
        (
            ("--data", ".", "--detector", "psychic"),
            2,
            "'psychic' is not one of 'blazeface', 'haar'",
        ),
        (("--data", ".", "--mode", "film"), 2, "'film' is not one of 'video', 'photo'"),
        ((), 2, "Missing option '--data'"),
    ],
)
def test_wrong_options_are_reported(command, words, status, message):
    done = command("evaluate-faces", *words)
    assert done.returncode == status
    assert message in " ".join(done.stderr.replace("│", " ").split())
    assert done.stdout == ""


def test_a_folder_without_suitable_photos_is_reported(command, tmp_path):
    (tmp_path / "annotations.json").write_text("[]")
    done = command("evaluate-faces", "--data", tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "has at most 10 faces of at least 40 pixels" in done.stderr


@pytest.mark.slow
def test_turned_faces_are_counted_per_detector_and_tilt(command, tmp_path):
    words = ("--data", "faces.csv", "--per-label", "1", "--json", tmp_path / "turned.json")
    done = command("evaluate-turned", "tiny", *words)
    assert done.returncode == 0, done.stderr
    result = json.loads((tmp_path / "turned.json").read_text())
    assert (result["model"], result["n_faces"], len(result["tilts"])) == ("tiny", 7, 10)
    assert all(row["n_found"] <= row["n_faces"] == 7 for row in result["tilts"])
    heading, header, *rows = done.stdout.splitlines()
    assert heading.startswith("tiny on 7 faces of PublicTest: macro-F1 ")
    assert header.split() == ["detector", "tilt", "found", "macro-F1", "of", "those"]
    assert [row.split()[:2] for row in rows[:2]] == [["blazeface", "0°"], ["blazeface", "15°"]]


def test_an_ablation_is_a_table_of_percentages_with_intervals(capsys):
    row = SimpleNamespace(  # of `AblationRow`, whose module imports keras
        change="labels only, no votes",
        loss=1.234,
        accuracy=0.6543,
        accuracy_interval=Interval(0.64, 0.67),
        macro_f1=0.6,
        macro_f1_interval=Interval(0.58, 0.62),
        fer_plus=None,
    )
    _print_ablation([row])
    _, line = capsys.readouterr().out.splitlines()
    scores = ["65.4", "(64.0–67.0)", "60.0", "(58.0–62.0)", "–", "1.23"]
    assert line.split() == ["labels", "only,", "no", "votes", *scores]
