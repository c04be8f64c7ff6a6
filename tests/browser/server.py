"""The server of the app in a separate process."""

import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]


class Server:
    """The app as `make run` starts it, in a separate process."""

    def __init__(self, log_path: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.log_path = log_path
        self._log = log_path.open("w")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(self.port)],
            cwd=ROOT,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )

    def wait_until_it_answers(self) -> None:
        deadline_s = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=5):
                    return
            except OSError:
                assert self.process.poll() is None, self.log_path.read_text()
                assert time.monotonic() < deadline_s, "The server did not answer within 60 s."
                time.sleep(0.1)

    def remote_addresses(self) -> set[str]:
        """Return the addresses that the server's sockets are connected to right now."""
        connections = psutil.Process(self.process.pid).net_connections("inet")
        return {connection.raddr.ip for connection in connections if connection.raddr}

    def log_size(self) -> int:
        """Return how many bytes the server has logged so far."""
        return self.log_path.stat().st_size

    def log_since(self, size: int) -> str:
        """Return what the server has logged since its log had `size` bytes."""
        with self.log_path.open("rb") as log:
            log.seek(size)
            return log.read().decode("utf-8", errors="replace")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)
        self._log.close()
