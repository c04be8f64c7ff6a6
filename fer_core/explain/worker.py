"""`ExplainWorker`: activation maps and Grad-CAM from one worker process that holds TensorFlow.

The server never imports TensorFlow, so a process beside it does. All visitors share it: it answers
one request at a time and keeps the last few models. It starts with the first request, ends after
some idle minutes, and ends with the server, whose end of the pipe closes.

Callers wait in this process, first come, first served; the pipe holds one request at most. So a
caller can leave at any moment. One that waits is never sent; one whose request is being answered
breaks the answer off, and the next one is sent when the worker is free.
"""

import contextlib
import threading
import weakref
from collections import deque
from collections.abc import Callable
from typing import Final, TypeVar

import numpy as np

from fer_core.errors import ModelError
from fer_core.explain.results import Activations, Attribution, LayerMaps
from fer_core.explain.target import class_index
from fer_core.explain.wire import Message
from fer_core.explain.worker_process import (
    POLL_S,
    WRONG_ANSWER,
    Answer,
    EndedIdleError,
    WorkerProcess,
)
from fer_core.expression.card import ModelCard
from fer_core.expression.model_folder import SHIPPED_MODELS, ModelFolder
from fer_core.progress import OnMessage, ignore

STARTING: Final = "Starting TensorFlow, which takes some seconds."
WAITING: Final = "Other faces are computed first."
_IDLE_S: Final = 300.0
_T = TypeVar("_T")


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
        self._changed = threading.Condition()  # a caller left, an answer came, the process ended
        self._waiting: deque[object] = deque()  # a ticket per caller; the first one has its turn
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

        def read(answer: Answer) -> Activations:
            message, (filters, *maps) = answer
            layers = tuple(
                LayerMaps(maps=each, **described)
                for described, each in zip(message["layers"], maps, strict=True)
            )
            return Activations(card.model_id, crop.copy(), layers, filters)

        request = {"do": "activations", "model": card.model_id}
        return self._ask(request, crop, read, on_message)

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

        def read(answer: Answer) -> Attribution:
            _, (heat,) = answer
            return Attribution("grad_cam", card.model_id, head, label, heat)

        request = {"do": "grad_cam", "model": card.model_id, "head": head, "label": label}
        return self._ask(request, crop, read, on_message)

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

    def _ask(
        self,
        request: Message,
        crop: np.ndarray,
        read: Callable[[Answer], _T],
        on_message: OnMessage,
    ) -> _T:
        """Return what `read` makes of the worker's answer."""
        request = {**request, "models": str(self._models.path.resolve())}
        ticket = object()
        with self._changed:
            self._waiting.append(ticket)
        try:
            self._wait_for_turn(ticket, on_message)
            answer = self._answer_to(request, crop, on_message)
            try:
                return read(answer)
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                self._slot.end()  # a new process may do better
                raise ModelError(WRONG_ANSWER) from error
        finally:
            with self._changed:
                self._waiting.remove(ticket)
                self._changed.notify_all()

    def _wait_for_turn(self, ticket: object, on_message: OnMessage) -> None:
        while True:
            with self._changed:
                process = self._slot.process
                is_busy = process is not None and process.is_busy
                if self._waiting[0] is ticket and not is_busy:
                    return
                self._changed.wait(POLL_S)
            if process is not None:  # perhaps nobody else waits for the answer it works on
                process.end_if_silent()
            on_message(WAITING)

    def _answer_to(self, request: Message, crop: np.ndarray, on_message: OnMessage) -> Answer:
        """Return the answer; a worker that was idle too long is started again."""
        for _ in range(2):
            process = self._running(on_message)
            with contextlib.suppress(EndedIdleError):
                return process.ask(request, crop, on_message)
        raise ModelError("The worker ended before it could answer. Try again.")

    def _running(self, on_message: OnMessage) -> WorkerProcess:
        process = self._slot.process
        if process is None or not process.is_alive:
            on_message(STARTING)
            process = self._slot.process = WorkerProcess(self._idle_s, self._changed)
            self.n_started += 1
        return process


class _Slot:
    """Holds the process, so that it ends with the `ExplainWorker` that started it."""

    process: WorkerProcess | None = None

    def end(self) -> None:
        if self.process is not None:
            self.process.end()
