"""`cue app` before it starts the server: the port, and the packages it needs."""

import socket

import pytest
from typer.testing import CliRunner

from fer_core.cli import app as app_module
from fer_core.cli.app import port_problem
from fer_core.cli.main import commands


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as server:
            server.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.fixture
def busy_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


@pytest.mark.parametrize(("family", "address"), [("AF_INET", "127.0.0.1"), ("AF_INET6", "::1")])
def test_a_busy_port_is_reported_before_the_app_starts(family, address):
    if family == "AF_INET6" and not has_ipv6():
        pytest.skip("this machine has no IPv6")
    with socket.socket(getattr(socket, family)) as server:
        server.bind((address, 0))
        server.listen()
        port = server.getsockname()[1]
        assert port_problem(port).startswith(f"Expected port {port} to be free, but another")


def test_a_free_port_is_no_problem():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
    assert port_problem(port) is None


def test_a_busy_port_ends_the_command_in_one_sentence(busy_port):
    done = CliRunner().invoke(commands, ["app", "--port", str(busy_port)])
    assert done.exit_code == 1
    assert done.stderr.startswith(f"Expected port {busy_port} to be free")
    assert done.stderr.count("\n") == 1


def test_a_missing_package_ends_the_command_in_one_sentence(monkeypatch):
    monkeypatch.setattr(app_module, "find_spec", lambda name: None if name == "av" else name)
    done = CliRunner().invoke(commands, ["app"])
    assert done.exit_code == 1
    assert done.stderr.startswith("The app needs av: install Cue with its extra 'app'")
    assert done.stderr.count("\n") == 1
