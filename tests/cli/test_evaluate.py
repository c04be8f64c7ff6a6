import json

import pytest


def test_json_on_standard_output_is_pure_and_has_the_keys_of_the_contract(command):
    words = ("--data", "faces.csv", "--votes", "votes.csv", "--split", "PublicTest")
    done = command("evaluate", "default", *words, "--json", "-")
    assert done.returncode == 0, done.stderr
    scores = json.loads(done.stdout)
    assert (scores["model"], scores["split"], scores["n"]) == ("tiny", "PublicTest", 21)
    assert scores["deduplicated"]["n"] == 20
    assert scores["fer_plus"]["n"] == 21
    assert done.stderr == ""


def test_corrupted_faces_are_scored_if_asked_for(command):
    words = ("evaluate", "tiny", "--data", "faces.csv", "--json", "-")
    assert json.loads(command(*words).stdout)["robustness"] is None
    curves = json.loads(command(*words, "--full").stdout)["robustness"]
    assert curves["tilt"]["points"][-1]["level"] == 90


def test_without_json_the_scores_are_a_sentence_on_standard_output(command):
    done = command("evaluate", "tiny", "--data", "faces.csv")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("tiny on 21 faces of PublicTest: accuracy ")
    assert "The app shows a word for " in done.stdout
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


@pytest.mark.slow
def test_save_measures_a_model_again_and_writes_its_pages(command, trained_product):
    models = trained_product / "models"
    before = json.loads((models / "tiny" / "evaluation.json").read_text())
    (models / "tiny" / "README.md").unlink()
    words = ("evaluate", "tiny", "--data", "faces.csv", "--votes", "votes.csv", "--save")
    done = command(*words, product=trained_product)
    assert done.returncode == 0, done.stderr
    after = json.loads((models / "tiny" / "evaluation.json").read_text())
    for name in ("confusion", "fer_plus", "human", "coverage"):
        assert after[name] == before[name], name
    assert (models / "tiny" / "README.md").read_text().startswith("# tiny\n")
    assert "[tiny](tiny/README.md) (default)" in (models / "README.md").read_text()


def test_save_calibrates_on_publictest_alone(command):
    done = command("evaluate", "tiny", "--data", "faces.csv", "--split", "Training", "--save")
    assert done.returncode == 2
    assert "--save measures on PublicTest" in done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--split", "PrivateTest", "--data", "faces.csv"), "no PrivateTest rows; it holds Train"),
        (("--data", "votes.csv"), "votes.csv, line 1: expected a column emotion or label"),
    ],
)
def test_a_failure_is_one_sentence_with_status_1(command, words, message):
    done = command("evaluate", "tiny", *words)
    assert done.returncode == 1
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_votes_with_a_row_left_out_are_refused_in_one_sentence(command, tiny_product, tmp_path):
    lines = (tiny_product / "votes.csv").read_text().splitlines()
    (tmp_path / "votes.csv").write_text("\n".join(lines[:1] + lines[2:]))
    done = command(
        *("evaluate", "tiny", "--data", "faces.csv", "--split", "PublicTest"),
        *("--votes", tmp_path / "votes.csv", "--json", "-"),
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("votes.csv has 83 rows and the faces' file 84; expected one row")
    assert done.stderr.count("\n") == 1
