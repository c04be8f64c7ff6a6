"""The README is short, its examples give what they show, and its figures are the stored ones."""

import doctest
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
MAX_LINES, MAX_NUMBERS = 100, 40
NUMBER = re.compile(r"\d[\d.,]*%?")
URL = re.compile(r"https?://\S+")
PATH = re.compile(r"`((?:\.?[\w-]+/)+(?:[\w.-]+)?|[\w-]+\.py)`")  # a/b.py, a/b/, b.py
PATH_ROOTS = (ROOT, ROOT / "fer_core", ROOT / "models/vendor")
MADE_LATER = (".venv/", ".venv/bin/python", "data/")  # by setup, and by people
LINK = re.compile(r"\]\(([^)#]+)")


def block(language: str) -> str:
    """Return the README's only block of code in a language."""
    (code,) = re.findall(rf"```{language}\n(.*?)```", README, re.S)
    return code


def table_row(start: str) -> str:
    (line,) = (line for line in README.splitlines() if line.startswith(f"| {start}"))
    return line


def test_it_is_short():
    assert len(README.splitlines()) <= MAX_LINES
    assert len(NUMBER.findall(URL.sub("", README))) <= MAX_NUMBERS


def test_the_python_block_gives_the_output_that_it_shows():
    parser = doctest.DocTestParser()
    example = parser.get_doctest(block("python"), {}, "README.md", "README.md", 0)
    assert len(example.examples) == 3
    report: list[str] = []
    result = doctest.DocTestRunner(verbose=False).run(example, out=report.append)
    assert result.failed == 0, "".join(report)


def test_the_command_line_gives_the_output_that_it_shows():
    command, *shown = block("console").splitlines()
    words = shlex.split(command.removeprefix("$ "))
    assert words[0] == "python"
    done = subprocess.run(
        [sys.executable, *words[1:]],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},  # as in a terminal
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == shown


@pytest.mark.parametrize(
    ("row", "keys"),
    [
        ("accuracy", ("accuracy", "intervals")),
        ("macro-F1", ("macro_f1", "intervals")),
        ("agreement", ("fer_plus",)),
    ],
)
def test_the_scores_are_those_of_the_default_model(row, keys):
    folder = ROOT / "models" / default_model()
    stored = json.loads((folder / "evaluation.json").read_text("utf-8"))
    if keys == ("fer_plus",):
        figure, (low, high) = stored["fer_plus"]["accuracy"], stored["fer_plus"]["interval"]
    else:
        figure, (low, high) = stored[keys[0]], stored["intervals"][keys[0]]
    assert table_row(row).endswith(f"| {figure:.3f} | {low:.3f}–{high:.3f} |")


def test_the_calibration_error_is_that_of_the_default_model():
    card = json.loads((ROOT / "models" / default_model() / "card.json").read_text("utf-8"))
    calibration = card["details"]["calibration"]
    figure, chance = calibration["ece_after"]["reading"], calibration["chance_after"]["reading"]
    assert table_row("calibration error").endswith(
        f"| {figure:.3f} | a perfect model: {chance:.3f} |"
    )


def default_model() -> str:
    cards = (json.loads(path.read_text("utf-8")) for path in ROOT.glob("models/*/card.json"))
    (name,) = (card["model_id"] for card in cards if card["is_default"])
    return name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_somewhere(page):
    targets = [link for link in LINK.findall(page.read_text("utf-8")) if ":" not in link]
    assert [link for link in targets if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_that_is_named_exists(page):
    named = set(PATH.findall(page.read_text("utf-8"))) - set(MADE_LATER)
    missing = [name for name in named if not any((root / name).exists() for root in PATH_ROOTS)]
    assert missing == []
