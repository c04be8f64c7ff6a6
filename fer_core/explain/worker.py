"""`ExplainWorker`: activation maps and Grad-CAM from one worker process that holds TensorFlow.

The server never imports TensorFlow, so a process beside it does. All visitors share it: it answers
one request at a time and keeps the last few models. It starts with the first request, ends after
some idle minutes, and ends with the server, whose end of the pipe closes.

A thread of the server reads every answer to its end. So a caller can leave at any moment: the
answer that it no longer wants is dropped, and the next caller's request follows in the same pipe.
"""

import contextlib
import itertools
import os
import queue
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from fer_core.errors import FerError, ModelError, ModelNotFoundError, SettingsError
from fer_core.explain.results import Activations, Attribution, LayerMaps
from fer_core.explain.target import class_index
from fer_core.explain.wire import Message, receive, send
from fer_core.expression.card import ModelCard
from fer_core.expression.model_folder import SHIPPED_MODELS, ModelFolder
from fer_core.progress import OnMessage, ignore

STARTING: Final = "Starting TensorFlow, which takes some seconds."
WAITING: Final = "Other faces are computed first."
_SENT: Final = "Waiting for the worker."
_ROOT: Final = Path(__file__).resolve().parents[2]
_SERVING: Final = "fer_core.explain.serving"  # named, not imported: it imports Keras
_IDLE_S: Final = 300.0
_PATIENCE_S: Final = 180.0  # without a word from the worker; its start took 60 on a busy machine
_POLL_S: Final = 0.25  # how often a waiting caller can be cancelled
_ERRORS: Final = {kind.__name__: kind for kind in (ModelError, ModelNotFoundError, SettingsError)}


class ExplainWorker:
    """One worker process, shared by any number of threads. It needs the extra `train`.

    >>> with ExplainWorker() as worker:  # nothing starts before the first request
    ...     worker.n_started
    0
    """

    def __init__(self, models: ModelFolder = SHIPPED_MODELS, *, idle_s: float = _IDLE_S) -> None:
        """Prepare; the process starts with the first request.

        Args:
            models: Where the models lie.
            idle_s: Seconds without a request after which the process ends; above 0.

        Raises:
            ValueError: `idle_s` is out of range.
        """
        if not idle_s > 0:
            raise ValueError(f"Out of range: {idle_s=} (above 0).")
        self.n_started = 0
        self._models = models
        self._idle_s = idle_s
        self._turn = threading.Lock()  # held by the caller whose request is being answered
        self._slot = _Slot()
        weakref.finalize(self, self._slot.end)  # also when the program ends

    def activations(
        self, model_id: str, crop: np.ndarray, *, on_message: OnMessage = ignore
    ) -> Activations:
        """Return the activation maps of every layer worth showing, for one face.

        Args:
            model_id: The model; `default` names the default one.
            crop: `(size, size)` uint8 grey, of the size that the model takes.
            on_message: Called with what is being done, several times a second with the same
                sentence while nothing changes. What it raises ends the wait.

        Raises:
            ModelNotFoundError: There is no such model.
            ModelError: Its card or its Keras file cannot be used, or the worker ended early.
            SettingsError: TensorFlow is not installed.
            ValueError: The crop has another shape or dtype.
        """
        card = self._checked(model_id, crop)
        answer, arrays = self._ask({"do": "activations", "model": card.model_id}, crop, on_message)
        filters, *maps = arrays
        layers = tuple(
            LayerMaps(maps=each, **described)
            for described, each in zip(answer["layers"], maps, strict=True)
        )
        return Activations(card.model_id, crop.copy(), layers, filters)

    def grad_cam(
        self,
        model_id: str,
        crop: np.ndarray,
        *,
        head: str,
        label: str,
        on_message: OnMessage = ignore,
    ) -> Attribution:
        """Return which places of one face speak for a label, by Grad-CAM.

        Args:
            model_id: The model; `default` names the default one.
            crop: `(size, size)` uint8 grey, of the size that the model takes.
            head: Head of the model, `label` or `votes`.
            label: One of the head's labels.
            on_message: As for `activations`.

        Raises:
            ModelNotFoundError: There is no such model.
            ModelError: Its card or its Keras file cannot be used, or the worker ended early.
            SettingsError: TensorFlow is not installed.
            ValueError: The model has no such head or label, or the crop another shape or dtype.
        """
        card = self._checked(model_id, crop)
        class_index(card, head=head, label=label)
        request = {"do": "grad_cam", "model": card.model_id, "head": head, "label": label}
        _, (heat,) = self._ask(request, crop, on_message)
        return Attribution("grad_cam", card.model_id, head, label, heat)

    def close(self) -> None:
        """End the process. A later request starts a new one."""
        self._slot.end()

    def __enter__(self) -> "ExplainWorker":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _checked(self, model_id: str, crop: np.ndarray) -> ModelCard:
        card = self._models.card(model_id)
        size = card.input_size
        if crop.shape != (size, size) or crop.dtype != np.uint8:
            raise ValueError(
                f"Expected a uint8 crop ({size}, {size}), got {crop.dtype} {crop.shape}."
            )
        return card

    def _ask(self, request: Message, crop: np.ndarray, on_message: OnMessage) -> "_Answer":
        """Return the worker's answer; a worker that was idle too long is started again."""
        request = {**request, "models": str(self._models.path.resolve())}
        while not self._turn.acquire(timeout=_POLL_S):
            on_message(WAITING)
        try:
            for _ in range(2):
                process = self._running(on_message)
                with contextlib.suppress(_EndedIdleError):
                    return process.ask(request, crop, on_message)
            raise ModelError("The worker ended before it could answer. Try again.")
        finally:
            self._turn.release()

    def _running(self, on_message: OnMessage) -> "_Process":
        process = self._slot.process
        if process is None or not process.is_alive:
            on_message(STARTING)
            process = self._slot.process = _Process(self._idle_s)
            self.n_started += 1
        return process


class _EndedIdleError(Exception):
    """The process ended by itself, without an error, before it saw the request."""


_Answer = tuple[Message, list[np.ndarray]]


class _Process:
    """The process, and the thread that reads its answers. One caller at a time asks."""

    def __init__(self, idle_s: float) -> None:
        command = [sys.executable, "-m", _SERVING, str(idle_s)]
        self._popen = subprocess.Popen(  # noqa: S603  # our module; nothing of a visitor in it
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=_ROOT, env=_environment()
        )
        self._numbers = itertools.count(1)
        # replaced as a whole: the number of the request whose answer is wanted, and its queue
        self._wanted: tuple[int, queue.SimpleQueue[_Answer | None]] = (0, queue.SimpleQueue())
        self._has_ended = False
        threading.Thread(target=self._read, name="explain-answers", daemon=True).start()

    @property
    def is_alive(self) -> bool:
        return not self._has_ended and self._popen.poll() is None

    def end(self) -> None:
        self._popen.kill()
        self._popen.wait()

    def ask(self, request: Message, crop: np.ndarray, on_message: OnMessage) -> _Answer:
        number, answers = self._wanted = (next(self._numbers), queue.SimpleQueue())
        if self._has_ended:  # the reader may have looked at the queue before
            answers.put(None)
        if self._popen.stdin is not None:
            with contextlib.suppress(OSError, ValueError):  # broken or closed: the reader says so
                send(self._popen.stdin, {**request, "number": number}, [crop])
        is_begun = False
        for message, arrays in self._answers_in(answers, on_message):
            if message.get("error"):
                raise _ERRORS.get(message["kind"], FerError)(message["error"])
            if "message" not in message:
                return message, arrays
            is_begun = True
        if self._popen.wait() == 0 and not is_begun:
            raise _EndedIdleError
        raise ModelError(
            "The worker ended early, perhaps out of memory. Close other programs and try again."
        )

    def _answers_in(
        self, answers: "queue.SimpleQueue[_Answer | None]", on_message: OnMessage
    ) -> Iterator[_Answer]:
        """Yield the answers to one request until the process ends, and report them meanwhile."""
        said, silent_since = _SENT, time.monotonic()
        while True:
            try:
                answer = answers.get(timeout=_POLL_S)
            except queue.Empty:
                if time.monotonic() - silent_since > _PATIENCE_S:
                    self.end()
                on_message(said)
                continue
            if answer is None:
                return
            said, silent_since = answer[0].get("message", said), time.monotonic()
            on_message(said)
            yield answer

    def _read(self) -> None:
        """Read answers to their end, wanted or not, so that the pipe is never out of step."""
        if self._popen.stdout is None or self._popen.stdin is None:
            raise ValueError("Expected a process with pipes.")
        with contextlib.suppress(EOFError, ValueError):  # ValueError: a line that is cut off
            while True:
                message, arrays = receive(self._popen.stdout)
                number, answers = self._wanted
                if message["number"] == number:
                    answers.put((message, arrays))
        self._has_ended = True
        self._wanted[1].put(None)
        self._popen.wait()
        for pipe in (self._popen.stdout, self._popen.stdin):
            with contextlib.suppress(OSError):  # what was never sent
                pipe.close()


class _Slot:
    """Holds the process, so that it ends with the `ExplainWorker` that started it."""

    process: _Process | None = None

    def end(self) -> None:
        if self.process is not None:
            self.process.end()


def _environment() -> dict[str, str]:
    return {**os.environ, "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
