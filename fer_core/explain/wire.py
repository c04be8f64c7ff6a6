"""How the server and its worker process talk: a line of JSON, then the bytes of its arrays.

Nothing is pickled: what comes through a pipe can only become a dictionary and arrays of numbers.
"""

import json
import math
from collections.abc import Sequence
from typing import Any, Final, Protocol

import numpy as np

_DTYPES: Final[dict[str, np.dtype[Any]]] = {
    "uint8": np.dtype(np.uint8),
    "float32": np.dtype(np.float32),
}

Message = dict[str, Any]
"""A JSON object; `arrays` is the wire's own key."""


class ByteSource(Protocol):
    """What bytes are read from, with or without a buffer."""

    def readline(self) -> bytes:
        """Return the next line, or what is left of it at the end."""

    def read(self, n_bytes: int, /) -> bytes | None:
        """Return at most `n_bytes`, none at the end."""


class ByteSink(Protocol):
    """What bytes are written to."""

    def write(self, content: bytes, /) -> object:
        """Write all bytes."""

    def flush(self) -> None:
        """Hand over what was written."""


def send(stream: ByteSink, message: Message, arrays: Sequence[np.ndarray] = ()) -> None:
    """Write a message and its arrays, uint8 or float32 each."""
    described = [{"dtype": array.dtype.name, "shape": array.shape} for array in arrays]
    stream.write(json.dumps({**message, "arrays": described}).encode() + b"\n")
    for array in arrays:
        stream.write(np.ascontiguousarray(array).tobytes())
    stream.flush()


def receive(stream: ByteSource) -> tuple[Message, list[np.ndarray]]:
    """Return the next message and its arrays, which are read-only.

    Raises:
        EOFError: The other side has ended, perhaps in the middle of a message.
    """
    line = stream.readline()
    if not line.endswith(b"\n"):
        raise EOFError
    message: Message = json.loads(line)
    return message, [_array(stream, each) for each in message.pop("arrays")]


def _array(stream: ByteSource, described: Message) -> np.ndarray:
    dtype, shape = _DTYPES[described["dtype"]], tuple(described["shape"])
    content = _exactly(stream, math.prod(shape) * dtype.itemsize)
    return np.frombuffer(content, dtype=dtype).reshape(shape)


def _exactly(stream: ByteSource, n_bytes: int) -> bytes:
    parts: list[bytes] = []
    while n_bytes:
        part = stream.read(n_bytes)  # a pipe without a buffer gives what it holds
        if not part:
            raise EOFError
        parts.append(part)
        n_bytes -= len(part)
    return b"".join(parts)
