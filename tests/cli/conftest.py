"""Commands as users run them, in a folder with one small model: in this process or their own."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fer_core.cli.main import commands

Command = Callable[..., subprocess.CompletedProcess[str]]
Start = Callable[..., subprocess.Popen[str]]
ROOT = Path(__file__).parents[2]


def environment_of(product: Path) -> dict[str, str | None]:
    """Return what commands find in their environment: the product's models, and no data set."""
    return {
        "COLUMNS": "200",
        "CUE_MODELS": str(product / "models"),
        "FER2013_CSV": None,
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
    }


@pytest.fixture(scope="session")
def command(tiny_product: Path) -> Command:
    """Return a function that runs a command in this process, which saves a second per command.

    With `product=`, it runs in another folder than `tiny_product`.
    """

    def run_command(
        *words: object, product: Path = tiny_product
    ) -> subprocess.CompletedProcess[str]:
        with contextlib.chdir(product):
            done = CliRunner().invoke(
                commands, list(map(str, words)), env=environment_of(product), catch_exceptions=False
            )
        return subprocess.CompletedProcess(words, done.exit_code, done.stdout, done.stderr)

    return run_command


@pytest.fixture(scope="session")
def sigint_enabled() -> Iterator[None]:
    """Let the commands receive SIGINT; children of a shell's background job would ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def start(tiny_product: Path, sigint_enabled: None) -> Start:
    """Return a function that starts `python -m fer_core` with the given arguments."""
    environment = os.environ | environment_of(tiny_product)

    def start_command(*words: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "fer_core", *map(str, words)],
            cwd=tiny_product,
            env={name: value for name, value in environment.items() if value is not None},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    return start_command


@pytest.fixture(scope="session")
def process(start: Start) -> Command:
    """Return a function that runs a command in its own process and waits for it."""

    def run_process(*words: object) -> subprocess.CompletedProcess[str]:
        process = start(*words)
        stdout, stderr = process.communicate()
        return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)

    return run_process
