import os
import pty
import subprocess
import sys

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from fer_core.cli.main import commands
from fer_core.cli.terminal import ends_in_a_sentence, number, print_table
from fer_core.faces.registry import DETECTOR_NAMES


def run(*words: object):
    return CliRunner().invoke(commands, [str(word) for word in words], env={"COLUMNS": "200"})


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["analyze"], "Missing argument"),
        (
            ["analyze", "a.jpg", "--detector", "psychic"],
            "'psychic' is not one of 'blazeface', 'haar'",
        ),
        (["analyze", "a.jpg", "--json", "-", "--csv", "-"], "only one of --json and --csv"),
        (["analyze", "a.jpg", "--json", "no folder/out.json"], "expected a file in a folder that"),
        (["analyze", "a.jpg", "--csv", "."], "expected a file in a folder that exists"),
        (["analyze", "a.jpg", "--model", "nobody"], "No model 'nobody'. Available:"),
        pytest.param(
            ["train", "magic", "--out", "models/x"],
            "expected a recipe of plain, dropout, mini_xception, vgg, best, general, got 'magic'",
            marks=pytest.mark.slow,  # recipes are made of Keras layers, whose import takes seconds
        ),
        (["train", "plain"], "Missing option '--out'"),
        (["train", "plain", "--out", "x", "--epochs", "0"], "Invalid value for '--epochs'"),
        pytest.param(
            ["train", "plain", "--out", "models/default"],
            "'default' means the default model",
            marks=pytest.mark.slow,
        ),
        (
            ["evaluate", "default", "--split", "Test"],
            "'Test' is not one of 'Training', 'PublicTest'",
        ),
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


def test_help_shows_the_choices_of_an_option():
    text = run("analyze", "--help").stdout
    assert "|".join(DETECTOR_NAMES) in text


@pytest.mark.slow
@pytest.mark.parametrize("words", [["--data", "none.csv"], []])
def test_a_missing_data_set_is_one_sentence_with_status_1(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FER2013_CSV", raising=False)
    done = run("train", "plain", "--out", "m", *words)
    assert done.exit_code == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("Expected ")


@pytest.mark.slow
def test_missing_votes_are_reported_before_the_data_set_is_read(tmp_path):
    done = run("train", "plain", "--out", tmp_path / "m", "--votes", tmp_path / "none.csv")
    assert done.exit_code == 1
    assert "Expected FER+'s votes at" in done.stderr


def test_a_table_in_a_pipe_has_one_line_per_row_and_no_markup(capsys):
    print_table("name", number("score"), rows=[("a [red] :smile: fox", "9"), ("long " * 90, "10")])
    header, first, second = capsys.readouterr().out.splitlines()
    assert header.split() == ["name", "score"]
    assert first.startswith("a [red] :smile: fox ")
    assert first.split()[-1] == "9"
    assert second.split() == ["long"] * 90 + ["10"]


def test_a_table_without_headers_has_no_header_line(capsys):
    print_table("", number(""), rows=[("blur", "1")])
    assert capsys.readouterr().out.split() == ["blur", "1"]


def test_results_reach_the_pipe_while_a_terminal_shows_the_progress():
    code = (
        "from fer_core.cli.terminal import progress_bar\n"
        "with progress_bar() as bar:\n"
        "    bar.add_task('Working')\n"
        "    print('result')\n"
    )
    terminal, end_of_process = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=end_of_process, check=True
    )
    os.close(end_of_process)
    assert done.stdout == b"result\n"
    assert b"Working" in os.read(terminal, 100_000)
    os.close(terminal)


def test_a_stage_that_goes_on_is_one_line_in_a_pipe_as_soon_as_it_begins():
    code = (
        "import sys\n"
        "from fer_core.cli.terminal import progress_bar, stage_teller\n"
        "with progress_bar() as bar:\n"
        "    say = stage_teller(bar, bar.add_task(''))\n"
        "    for sentence in ('One.', 'One.', 'Two.'):\n"
        "        say(sentence)\n"
        "    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as working:
        assert working.stderr.readline() == b"One.\n"  # while the work goes on
        assert working.stderr.readline() == b"Two.\n"
        assert working.communicate() == (b"", b"")


def test_ctrl_c_in_the_middle_of_a_message_still_ends_in_a_sentence(monkeypatch, capsys):
    def interrupt():
        raise KeyboardInterrupt

    console = Console(stderr=True)
    monkeypatch.setattr(console, "_exit_buffer", interrupt)  # rich prints nothing from then on
    monkeypatch.setattr("fer_core.cli.terminal.messages", console)
    with pytest.raises(typer.Exit) as ended, ends_in_a_sentence():
        console.print("Epoch 1")
    assert ended.value.exit_code == 130
    assert capsys.readouterr().err.endswith("Stopped.\n")
