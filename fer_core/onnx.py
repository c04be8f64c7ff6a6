"""Convolutional networks in ONNX form on the CPU, run by OpenCV's `dnn`. Threads may share one."""

import contextlib
import queue
from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from fer_core.errors import ModelError

_MAX_IDLE: Final = 4  # instances kept for the next call; each holds its weights and work space


class OnnxNetwork:
    """One network. Each call has its instance, so no thread waits for another.

    After a change of the batch's shape OpenCV 4.14 returns other numbers than a new instance does,
    up to hundreds. So one instance serves one shape: those of `kept_shape` are kept for the next
    call, for any other shape a new one is created in about 30 ms.
    """

    def __init__(
        self,
        weights: bytes,
        *,
        source: str,
        outputs: Sequence[str],
        kept_shape: tuple[int, int, int, int],
    ) -> None:
        """Load the weights.

        Args:
            weights: Content of an `.onnx` file.
            source: Its name, for messages.
            outputs: Names of the outputs, in the order of `run`.
            kept_shape: Shape of the batches that come often.

        Raises:
            ModelError: OpenCV does not understand the weights.
        """
        self._weights = np.frombuffer(weights, np.uint8)
        self._source = source
        self._outputs = tuple(outputs)
        self._kept_shape = kept_shape
        self._idle: queue.LifoQueue[cv2.dnn.Net] = queue.LifoQueue(maxsize=_MAX_IDLE)
        self._idle.put(self._create())

    def run(self, batch: np.ndarray) -> list[np.ndarray]:
        """Return the outputs for one batch, float32 `(n, channels, height, width)` each.

        Args:
            batch: float32 `(n, channels, height, width)`.
        """
        if batch.shape != self._kept_shape:
            return self._forward(self._create(), batch)
        try:
            network = self._idle.get_nowait()
        except queue.Empty:
            network = self._create()
        outputs = self._forward(network, batch)
        with contextlib.suppress(queue.Full):  # enough are idle; this one is freed
            self._idle.put_nowait(network)
        return outputs

    def _forward(self, network: cv2.dnn.Net, batch: np.ndarray) -> list[np.ndarray]:
        network.setInput(batch)
        # the arrays share the instance's memory, which the next call overwrites
        return [np.array(output) for output in network.forward(self._outputs)]

    def _create(self) -> cv2.dnn.Net:
        try:
            return cv2.dnn.readNetFromONNX(self._weights)
        except cv2.error as error:
            raise ModelError(f"OpenCV cannot load {self._source}: {error}") from error
