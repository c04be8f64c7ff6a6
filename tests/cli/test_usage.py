"""What the commands say to wrong words; none of these needs a model."""

import pytest
from typer.testing import CliRunner

from fer_core.cli.main import commands
from fer_core.faces.registry import DETECTOR_NAMES


def run(*words: object):
    return CliRunner().invoke(commands, [str(word) for word in words], env={"COLUMNS": "200"})


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["analyze"], "Missing argument"),
        (["analyze", "a.jpg", "--detector", "psychic"], "expected blazeface or haar, got 'psychic"),
        (["analyze", "a.jpg", "--json", "-", "--csv", "-"], "only one of --json and --csv"),
        (["analyze", "a.jpg", "--json", "no folder/out.json"], "expected a file in a folder that"),
        (["analyze", "a.jpg", "--csv", "."], "expected a file in a folder that exists"),
        (["analyze", "a.jpg", "--model", "nobody"], "No model 'nobody'. Available:"),
        (
            ["train", "magic", "--out", "models/x"],
            "expected a recipe of plain, dropout, mini_xception, vgg, best, got 'magic'",
        ),
        (["train", "plain"], "Missing option '--out'"),
        (["train", "plain", "--out", "x", "--epochs", "0"], "Invalid value for '--epochs'"),
        (["train", "plain", "--out", "models/default"], "'default' means the default model"),
        (["evaluate", "default", "--split", "Test"], "expected Training or PublicTest or Private"),
        (["evaluate", "nobody"], "No model 'nobody'. Available:"),
        (["benchmark", "--size", "640"], "expected --size WIDTHxHEIGHT of 48 to 9999, got '640'"),
        (["benchmark", "--size", "640x20"], "expected --size WIDTHxHEIGHT"),
        (["benchmark", "--faces", "65"], "Invalid value for '--faces'"),
        *(
            (["app", "--port", port], "Invalid value for '--port'")
            for port in ("0", "65536", "-1", "eighty", "", "²")
        ),
        (["dance"], "No such command 'dance'"),
    ],
)
def test_wrong_usage_ends_with_status_2_and_says_what_was_expected(words, message):
    done = run(*words)
    assert done.exit_code == 2
    assert message in " ".join(done.stderr.replace("│", " ").split())
    assert done.stdout == ""


def test_help_names_every_detector():
    text = run("analyze", "--help").stdout
    assert all(name in text for name in DETECTOR_NAMES)


@pytest.mark.parametrize("words", [["--data", "none.csv"], []])
def test_a_data_set_that_is_not_there_is_a_failure_in_one_sentence(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FER2013_CSV", raising=False)
    done = run("train", "plain", "--out", "m", *words)
    assert done.exit_code == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("Expected ")


def test_votes_that_are_not_there_fail_before_the_data_set_is_read(tmp_path):
    done = run("train", "plain", "--out", tmp_path / "m", "--votes", tmp_path / "none.csv")
    assert done.exit_code == 1
    assert "Expected FER+'s votes at" in done.stderr
