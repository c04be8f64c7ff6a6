"""`app`: the browser app, started as a process that takes this one's place."""

import errno
import os
import socket
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Final

import typer

from fer_core.errors import SettingsError

_PACKAGE: Final = Path(__file__).resolve().parents[1]
_INSTALLED: Final = _PACKAGE / "app" / "app.py"  # a wheel holds the app inside the package
_CHECKOUT: Final = _PACKAGE.parent / "app.py"
_NEEDED: Final = ("streamlit", "streamlit_webrtc", "aiortc", "av", "plotly")
_LOOPBACK: Final = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))  # "localhost"


def app(
    *,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of this machine.")] = 8501,
) -> None:
    """Start the app at http://localhost:8501; Ctrl-C ends it."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise SettingsError(
            f"The app needs {', '.join(missing)}: install Cue with its extra 'app', as in "
            "pip install '.[app]'."
        )
    if problem := port_problem(port):
        raise SettingsError(problem)
    script = _INSTALLED if _INSTALLED.is_file() else _CHECKOUT
    os.dup2(sys.stderr.fileno(), 2)  # the server's log goes where our messages go
    command = ["-m", "streamlit", "run", str(script), "--server.port", str(port)]
    os.execv(sys.executable, [sys.executable, *command])  # noqa: S606  # no shell is wanted


def port_problem(port: int) -> str | None:
    """Return one sentence on why the app cannot have a port, or None if it can."""
    for family, address in _LOOPBACK:
        try:
            with socket.socket(family) as server:
                server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                server.bind((address, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return (
                    f"Expected port {port} to be free, but another program uses it: stop that "
                    f"program, or choose another port, such as {port % 65535 + 1}."
                )
            if error.errno == errno.EACCES:
                return f"Port {port} is reserved for the administrator: choose one from 1024 on."
            # Any other error means that this machine has no IPv6.
    return None
