"""A failing browser test shows what the server logged since the test began, and no more."""

import subprocess
import sys

from tests.browser.server import ROOT

TESTS = """
import pytest
from tests.browser.server import Server

class QuietServer(Server):
    def __init__(self, log_path):
        self.url, self.log_path = "http://localhost:1", log_path
        log_path.write_text("before\\n")

    def say(self, words):
        with self.log_path.open("a") as log:
            log.write(words)

@pytest.fixture(scope="session")
def server(tmp_path_factory):
    return QuietServer(tmp_path_factory.mktemp("server") / "log.txt")

def test_passes(server):
    server.say("said while all was well\\n")

def test_fails(server):
    server.say("said while it failed\\n")
    assert False
"""


def test_a_failing_test_prints_the_servers_log_since_it_began(tmp_path):
    path = tmp_path / "test_two.py"
    path.write_text(TESTS)
    command = [sys.executable, "-m", "pytest", "-p", "tests.browser.conftest", "-q", str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "1 failed, 1 passed" in done.stdout
    assert "Log of http://localhost:1" in done.stdout
    assert "said while it failed" in done.stdout.split("Log of http://localhost:1")[1]
    assert "said while all was well" not in done.stdout
