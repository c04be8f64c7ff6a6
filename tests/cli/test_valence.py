"""`train-valence` and `evaluate-valence`."""

import json

import numpy as np
import pytest


@pytest.fixture
def samples(tmp_path):
    random = np.random.default_rng(0)
    lines = ["label,person,face_x,body_y"]
    for index in range(120):
        person, side = divmod(index, 2)
        face, body = random.normal(2 * side, 1), random.normal(0, 1)
        lines.append(f"{('sad', 'happy')[side]},p{person // 10},{face:.4f},{body:.4f}")
    lines += ["surprise,p1,0,0", "happy,p1,?,0"]
    path = tmp_path / "samples.csv"
    path.write_text("\n".join(lines))
    return path


def test_three_models_are_compared_and_a_body_that_says_nothing_is_left_out(
    command, tmp_path, samples
):
    done = command("train-valence", samples, "--out", tmp_path / "valence.json")
    assert done.returncode == 0, done.stderr
    assert "120 samples of 6 people, 60 positive" in done.stdout
    rows = [line.split()[0] for line in done.stdout.splitlines()]
    assert {"face", "body", "both"} <= set(rows)
    assert "The body adds nothing here" in done.stdout
    assert "samples.csv, line 123: expected a number, got '?'" in done.stderr
    assert "left out because they have no side: 1" in done.stderr
    stored = json.loads((tmp_path / "valence.json").read_text())
    assert stored["used"] == "face"
    assert stored["model"]["columns"] == ["face_x"]
    assert stored["scores"]["face"]["auc"] > 0.85


def test_a_table_without_the_columns_is_one_sentence(command, tmp_path, samples):
    done = command("train-valence", samples, "--label", "mood", "--out", tmp_path / "valence.json")
    assert done.returncode == 1
    assert "expected a column mood" in done.stderr
    assert not (tmp_path / "valence.json").exists()


def test_a_folder_that_is_not_there_is_wrong_usage(command, tmp_path, samples):
    done = command("train-valence", samples, "--out", tmp_path / "none" / "valence.json")
    assert done.returncode == 2


def test_the_sides_of_a_model_are_scored_on_labels_and_votes(command, tmp_path):
    words = ("evaluate-valence", "tiny", "--data", "faces.csv", "--split", "Training")
    done = command(*words, "--votes", "votes.csv", "--json", tmp_path / "scores.json")
    assert done.returncode == 0, done.stderr
    scores = json.loads((tmp_path / "scores.json").read_text())
    assert {(each["truth"], each["surprise"]) for each in scores} == {
        (truth, surprise) for truth in ("labels", "votes") for surprise in ("left out", "neutral")
    }
    on_labels = [each for each in scores if each["truth"] == "labels"]
    by_surprise = {each["surprise"]: each["sides"]["n"] for each in on_labels}
    assert by_surprise["neutral"] > by_surprise["left out"] > 0
    assert set(scores[0]["sides"]["per_class"]) == {"negative", "neutral", "positive"}
    assert [line.split()[0] for line in done.stdout.splitlines()[1:]] == ["labels"] * 2 + [
        "votes"
    ] * 2
