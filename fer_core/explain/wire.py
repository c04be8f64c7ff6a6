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

MAX_BYTES: Final = 64 * 1024 * 1024
"""Bytes of all arrays of a message. The maps of a network for 112 pixels have 30 MB."""

_MAX_LINE: Final = 256 * 1024  # the description of 100 layers has 20 kB

Message = dict[str, Any]
"""A JSON object; `arrays` is the wire's own key."""


class ByteSource(Protocol):
    """What bytes are read from, with or without a buffer."""

    def readline(self, n_bytes: int, /) -> bytes:
        """Return the next line, at most `n_bytes` of it, or what is left of it at the end."""

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
        ValueError: What came is no message, or is larger than any.
    """
    line = stream.readline(_MAX_LINE)
    if len(line) == _MAX_LINE:
        raise ValueError(f"Expected a message of one line, got over {_MAX_LINE:,} bytes.")
    if not line.endswith(b"\n"):
        raise EOFError
    message: Message = json.loads(line)
    match message:
        case {"arrays": [*arrays]}:
            described = [_described(each) for each in arrays]
        case _:
            raise ValueError(f"Expected a message with its arrays, got {line[:80]!r}.")
    n_bytes = sum(dtype.itemsize * math.prod(shape) for dtype, shape in described)
    if n_bytes > MAX_BYTES:
        raise ValueError(f"Expected at most {MAX_BYTES:,} bytes of arrays, got {n_bytes:,}.")
    del message["arrays"]
    return message, [_array(stream, dtype, shape) for dtype, shape in described]


def _described(array: object) -> tuple[np.dtype[Any], tuple[int, ...]]:
    match array:
        case {"dtype": str(name), "shape": [*shape]} if name in _DTYPES:
            if all(type(side) is int and side >= 0 for side in shape):
                return _DTYPES[name], tuple(shape)
    raise ValueError(f"Expected dtype and shape of an array, got {str(array)[:80]}.")


def _array(stream: ByteSource, dtype: np.dtype[Any], shape: tuple[int, ...]) -> np.ndarray:
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
