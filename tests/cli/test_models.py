import json

import pytest


def test_each_model_has_a_line_and_the_default_one_is_marked(command):
    done = command("models")
    assert done.returncode == 0
    (line,) = done.stdout.splitlines()
    assert line.startswith("tiny default ")
    assert done.stderr == ""


def test_evaluate_writes_pure_json_with_the_contracts_keys(command):
    words = ("--data", "faces.csv", "--votes", "votes.csv", "--split", "PublicTest")
    done = command("evaluate", "default", *words, "--json", "-")
    assert done.returncode == 0, done.stderr
    scores = json.loads(done.stdout)
    assert (scores["model"], scores["split"], scores["n"]) == ("tiny", "PublicTest", 21)
    assert scores["deduplicated"]["n"] == 20
    assert scores["fer_plus"]["n"] == 21
    assert done.stderr == ""


def test_evaluate_scores_spoilt_faces_only_if_asked_to(command):
    words = ("evaluate", "tiny", "--data", "faces.csv", "--json", "-")
    assert json.loads(command(*words).stdout)["robustness"] is None
    curves = json.loads(command(*words, "--full").stdout)["robustness"]
    assert curves["tilt"]["points"][-1]["level"] == 90


@pytest.mark.slow
def test_a_model_is_measured_anew_in_its_folder_and_the_pages_follow(command, tiny_product):
    models = tiny_product / "models"
    before = json.loads((models / "tiny" / "evaluation.json").read_text())
    (models / "tiny" / "README.md").unlink()
    done = command("evaluate", "tiny", "--data", "faces.csv", "--votes", "votes.csv", "--save")
    assert done.returncode == 0, done.stderr
    after = json.loads((models / "tiny" / "evaluation.json").read_text())
    for name in ("confusion", "fer_plus", "human", "coverage"):
        assert after[name] == before[name], name
    assert (models / "tiny" / "README.md").read_text().startswith("# tiny\n")
    assert "[tiny](tiny/README.md) (default)" in (models / "README.md").read_text()


def test_pages_are_written_anew_from_what_is_stored(command, tiny_product):
    page = tiny_product / "models" / "tiny" / "README.md"
    before = page.read_text()
    page.write_text("spoilt")
    assert command("models", "--write-cards").returncode == 0
    assert page.read_text() == before


def test_a_model_is_calibrated_on_publictest_alone(command):
    done = command("evaluate", "tiny", "--data", "faces.csv", "--split", "Training", "--save")
    assert done.returncode == 2
    assert "--save measures on PublicTest" in done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--split", "PrivateTest", "--data", "faces.csv"), "no PrivateTest rows; it holds Train"),
        (("--data", "votes.csv"), "votes.csv, row 1: expected the columns emotion and pixels"),
    ],
)
def test_evaluate_fails_in_one_sentence(command, words, message):
    done = command("evaluate", "tiny", *words)
    assert done.returncode == 1
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_benchmark_gives_each_stage(command):
    done = command("benchmark", "--size", "320x240", "--faces", "2", "--json", "-")
    assert done.returncode == 0
    measured = json.loads(done.stdout)
    assert (measured["width"], measured["height"], measured["n_faces_drawn"]) == (320, 240, 2)
    stages = {"detect", "crop", "track", "classify", "step", "reading step", "draw"}
    assert measured["stages"].keys() == stages
    assert measured["stages"]["step"].keys() == {"p50_ms", "p95_ms"}
    assert done.stderr == ""
