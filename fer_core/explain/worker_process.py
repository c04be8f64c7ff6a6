"""The process that holds TensorFlow, as `ExplainWorker` sees it: one request at a time."""

import contextlib
import itertools
import logging
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import numpy as np

from fer_core.errors import FerError, ModelError, ModelNotFoundError, SettingsError
from fer_core.explain.wire import Message, receive, send
from fer_core.progress import OnMessage

POLL_S: Final = 0.25
"""How often a waiting caller can be cancelled."""

WRONG_ANSWER: Final = "The worker gave an answer that cannot be used, so it was ended. Try again."
_ENDED_EARLY: Final = (
    "The worker ended early, perhaps out of memory. Close other programs and try again."
)
_SENT: Final = "Waiting for the worker."
_ROOT: Final = Path(__file__).resolve().parents[2]
_SERVING: Final = "fer_core.explain.serving"  # named, not imported: it imports Keras
_PATIENCE_S: Final = 180.0  # without a word from the worker; its start took 60 on a busy machine
_END_S: Final = 5.0  # from its last word to its end
_ERRORS: Final = {kind.__name__: kind for kind in (ModelError, ModelNotFoundError, SettingsError)}

Answer = tuple[Message, list[np.ndarray]]
"""The message that ends an answer, and its arrays."""

logger = logging.getLogger(__name__)


class EndedIdleError(Exception):
    """The process ended by itself, without an error, before it saw the request."""


@dataclass(slots=True, eq=False)
class _Request:
    """The request in the pipe, and the newest that is known about it."""

    number: int
    said: str = _SENT
    is_begun: bool = False
    is_left: bool = False  # nobody waits for the answer
    answer: Answer | None = None


class WorkerProcess:
    """The process, and the thread that reads its answers. One caller at a time asks."""

    def __init__(self, idle_s: float, changed: threading.Condition) -> None:
        """Start the process.

        Args:
            idle_s: Seconds without a request after which it ends.
            changed: Held while its state changes, and notified then.
        """
        self._popen = subprocess.Popen(  # noqa: S603  # our module; nothing of a visitor in it
            [sys.executable, "-m", _SERVING, str(idle_s)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=_ROOT,
            env={**os.environ, "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"},
        )
        if self._popen.stdin is None or self._popen.stdout is None:
            raise ValueError("Expected a process with pipes.")
        self._requests, self._answers = self._popen.stdin, self._popen.stdout
        self._changed = changed
        self._writing = threading.Lock()  # who leaves may meet the request of the next
        self._numbers = itertools.count(1)
        self._in_pipe: _Request | None = None
        self._heard_at = time.monotonic()
        self._problem: str | None = None
        self._has_ended = False
        threading.Thread(target=self._read, name="explain-answers", daemon=True).start()

    @property
    def is_alive(self) -> bool:
        """Whether it can take a request."""
        return not self._has_ended and self._popen.poll() is None

    @property
    def is_busy(self) -> bool:
        """Whether it works on a request, wanted or not."""
        return self._in_pipe is not None

    def end(self) -> None:
        """End the process; a caller that waits gets a ModelError."""
        self._popen.kill()
        self._popen.wait()

    def end_if_silent(self) -> None:
        """End the process if it works on a request and has said nothing for too long."""
        if self.is_busy and time.monotonic() - self._heard_at > _PATIENCE_S:
            self.end()

    def ask(self, request: Message, crop: np.ndarray, on_message: OnMessage) -> Answer:
        """Return the answer to a request. The process must not be busy.

        Args:
            request: What to compute.
            crop: The face.
            on_message: Called with what is being done. What it raises breaks the work off.

        Raises:
            EndedIdleError: The process had ended, as nobody asked.
            ModelError: It ended early, or its answer cannot be read.
            FerError: The worker's own sentence.
        """
        asked = _Request(next(self._numbers))
        with self._changed:
            self._heard_at = time.monotonic()
            self._in_pipe = None if self._has_ended else asked
        self._write({**request, "number": asked.number}, [crop])
        try:
            message, arrays = self._wait_for(asked, on_message)
        except BaseException:
            self._leave(asked)
            raise
        if message.get("error"):
            raise _ERRORS.get(str(message.get("kind")), FerError)(str(message["error"]))
        return message, arrays

    def _wait_for(self, asked: _Request, on_message: OnMessage) -> Answer:
        while True:
            with self._changed:
                if asked.answer is None and not self._has_ended:
                    self._changed.wait(POLL_S)
                answer, has_ended = asked.answer, self._has_ended
            if answer is not None:
                return answer
            if has_ended:
                break
            self.end_if_silent()
            on_message(asked.said)
        if self._problem is None and self._popen.returncode == 0 and not asked.is_begun:
            raise EndedIdleError
        raise ModelError(self._problem or _ENDED_EARLY)

    def _leave(self, asked: _Request) -> None:
        """Break a request off; the process is busy until it has noticed that."""
        with self._changed:
            asked.is_left = True
            is_in_pipe = self._in_pipe is asked
        if is_in_pipe:
            self._write({"do": "cancel", "number": asked.number}, [])

    def _write(self, message: Message, arrays: list[np.ndarray]) -> None:
        # broken or closed: the thread that reads says so
        with self._writing, contextlib.suppress(OSError, ValueError):
            send(self._requests, message, arrays)

    def _read(self) -> None:
        """Read answers until the process ends or one cannot be read; wake all who wait then."""
        try:
            with contextlib.suppress(EOFError):
                while True:
                    self._take(*receive(self._answers))
        except (LookupError, MemoryError, OSError, RecursionError, TypeError, ValueError):
            logger.exception("The worker's answer cannot be read.")
            self._problem = WRONG_ANSWER
            self._popen.kill()
        finally:
            self._wait_for_end()
            with self._changed:
                self._has_ended, self._in_pipe = True, None
                self._changed.notify_all()
            for pipe in (self._answers, self._requests):
                _close(pipe)

    def _take(self, message: Message, arrays: list[np.ndarray]) -> None:
        """Give a message to the request in the pipe; nobody gets what is left over.

        Raises:
            ValueError: It is about another request.
        """
        with self._changed:
            asked = self._in_pipe
            if asked is None or message.get("number") != asked.number:
                raise ValueError(f"Expected an answer to {asked}, got {str(message)[:80]}.")
            self._heard_at = time.monotonic()
            if "message" in message:
                asked.said, asked.is_begun = str(message["message"]), True
            else:
                self._in_pipe = None
                asked.answer = None if asked.is_left else (message, arrays)
            self._changed.notify_all()

    def _wait_for_end(self) -> None:
        try:
            self._popen.wait(_END_S)
        except subprocess.TimeoutExpired:  # it closed its pipe and lives on
            self.end()


def _close(pipe: IO[bytes]) -> None:
    with contextlib.suppress(OSError):  # what was never sent
        pipe.close()
