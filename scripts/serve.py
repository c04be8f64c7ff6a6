"""Start the app on a port of this machine, or explain in one sentence why that is impossible.

python scripts/serve.py 8501
"""

import errno
import os
import socket
import sys

LOOPBACK = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))  # "localhost" may be either


def port_problem(text: str) -> str | None:
    """Return one sentence why `text` cannot be the app's port, or None if it can."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        return f"Expected a port from 1 to 65535, got {text!r}: make run PORT=8501."
    for family, address in LOOPBACK:
        try:
            with socket.socket(family) as server:
                server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                server.bind((address, int(text)))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return (
                    f"Expected port {text} to be free, but another program uses it: stop that "
                    f"program or choose another port, as in make run PORT={int(text) % 65535 + 1}."
                )
            if error.errno == errno.EACCES:
                return f"Port {text} is reserved for the administrator: make run PORT=8501."
            # Any other error means that this machine has no IPv6.
    return None


def main(port: str) -> None:
    """Replace this process with the app's server."""
    if problem := port_problem(port):
        sys.exit(problem)
    command = ["-m", "streamlit", "run", "app.py", "--server.port", port]
    os.execv(sys.executable, [sys.executable, *command])  # noqa: S606 (no shell is wanted)


if __name__ == "__main__":
    main(sys.argv[1])
