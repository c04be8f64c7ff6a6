"""Networks on the CPU, run by LiteRT. Threads may share one and do not wait for each other."""

import contextlib
import queue
from typing import Final

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from fer_core.errors import ModelError

_MAX_IDLE: Final = 4  # interpreters kept for the next call; each holds a few MB of work space


class LiteRtNetwork:
    """One network. Each call borrows an interpreter, so no thread waits for another.

    An interpreter serves one thread at a time; a call that finds none idle creates one.

    Attributes:
        input_shape: Shape of a batch; -1 where any size is allowed.
        input_dtype: Type of its numbers: float32, or uint8 for a network that takes plain pixels.
        output_shapes: Shapes of the outputs, in the order of `run`.
    """

    def __init__(self, weights: bytes, *, source: str) -> None:
        """Load the weights.

        Args:
            weights: Content of a `.tflite` file.
            source: Its name, for messages.

        Raises:
            ModelError: LiteRT does not understand the weights.
        """
        self._weights = weights
        self._source = source
        self._idle: queue.LifoQueue[Interpreter] = queue.LifoQueue(maxsize=_MAX_IDLE)
        first = self._create()
        details = first.get_input_details()[0]
        self._input_index: int = details["index"]
        self.input_shape: tuple[int, ...] = tuple(int(side) for side in details["shape_signature"])
        self.input_dtype: np.dtype = np.dtype(details["dtype"])
        self.output_shapes: tuple[tuple[int, ...], ...] = tuple(
            tuple(int(side) for side in output["shape_signature"])
            for output in first.get_output_details()
        )
        self._output_indices = [output["index"] for output in first.get_output_details()]
        self._idle.put(first)

    def run(self, batch: np.ndarray) -> list[np.ndarray]:
        """Return copies of the outputs for one batch, in the order of `output_shapes`.

        Args:
            batch: `input_dtype` of `input_shape`.

        Raises:
            ValueError: The batch has another shape or dtype.
        """
        expected = self.input_shape
        is_fit = len(batch.shape) == len(expected) and all(
            side in (-1, given) for side, given in zip(expected, batch.shape, strict=True)
        )
        if not is_fit or batch.dtype != self.input_dtype or batch.size == 0:
            raise ValueError(
                f"Expected {self.input_dtype} {expected}, got {batch.dtype} {batch.shape}."
            )
        try:
            interpreter = self._idle.get_nowait()
        except queue.Empty:
            interpreter = self._create()
        if tuple(interpreter.get_input_details()[0]["shape"]) != batch.shape:
            interpreter.resize_tensor_input(self._input_index, batch.shape)
            interpreter.allocate_tensors()
        interpreter.set_tensor(self._input_index, batch)
        interpreter.invoke()
        outputs = [interpreter.get_tensor(index) for index in self._output_indices]
        with contextlib.suppress(queue.Full):  # enough are idle; this one is freed
            self._idle.put_nowait(interpreter)
        return outputs

    def _create(self) -> Interpreter:
        try:
            # one thread: a second one was never faster at these sizes
            interpreter = Interpreter(model_content=self._weights, num_threads=1)
            interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"LiteRT cannot load {self._source}: {error}") from error
        return interpreter
