"""Commands as users start them: in their own process, in a copy of the product with one model."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Command = Callable[..., subprocess.CompletedProcess[str]]
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture(scope="session")
def sigint_enabled() -> Iterator[None]:
    """Let the commands receive SIGINT; children of a shell's background job would ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def start(tiny_product: Path, sigint_enabled: None) -> Start:
    """Return a function that starts `python -m fer_core` with the given arguments."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "COLUMNS": "200"}
    environment.pop("FER2013_CSV", None)

    def start_command(*words: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "fer_core", *map(str, words)],
            cwd=tiny_product,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    return start_command


@pytest.fixture(scope="session")
def command(start: Start) -> Command:
    """Return a function that runs a command and waits for it."""

    def run_command(*words: object) -> subprocess.CompletedProcess[str]:
        process = start(*words)
        stdout, stderr = process.communicate()
        return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)

    return run_command
