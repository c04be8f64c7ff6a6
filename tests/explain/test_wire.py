import io
import json

import numpy as np
import pytest

from fer_core.explain.wire import receive, send


class Dripping(io.RawIOBase):
    """A pipe without a buffer that gives few bytes at a time."""

    def __init__(self, content):
        self._content = io.BytesIO(content)

    def readline(self, n_bytes):
        return self._content.readline(n_bytes)

    def read(self, n_bytes):
        return self._content.read(min(n_bytes, 3))


def sent(message, *arrays):
    stream = io.BytesIO()
    send(stream, message, arrays)
    return stream.getvalue()


def test_a_message_and_its_arrays_arrive_as_they_were():
    arrays = [np.arange(6, dtype=np.uint8).reshape(2, 3).T, np.full((1, 0, 2), 1, np.float32)]
    message, found = receive(Dripping(sent({"do": "say\n"}, *arrays)))
    assert message == {"do": "say\n"}
    for one, other in zip(arrays, found, strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)


def test_two_messages_follow_each_other():
    stream = io.BytesIO(sent({"n": 1}, np.zeros(3, np.uint8)) + sent({"n": 2}))
    assert [receive(stream)[0]["n"] for _ in range(2)] == [1, 2]


def test_what_arrives_cannot_be_changed():
    _, (array,) = receive(io.BytesIO(sent({}, np.zeros(3, np.uint8))))
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1


@pytest.mark.parametrize("n_bytes", [0, 5, -1])
def test_an_end_in_the_middle_is_noticed(n_bytes):
    with pytest.raises(EOFError):
        receive(io.BytesIO(sent({"do": "x"}, np.zeros(9, np.float32))[:n_bytes]))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"Segmentation fault\n", "Expecting value"),
        (b"\xff\xfe\n", "codec can't decode"),
        (b"[1]\n", "Expected a message with its arrays"),
        (b"{}\n", "Expected a message with its arrays"),
        (b'{"arrays": 3}\n', "Expected a message with its arrays"),
        (b"x" * 1_000_000, "a message of one line"),
    ],
)
def test_what_is_no_message_is_a_value_error(line, message):
    with pytest.raises(ValueError, match=message):
        receive(io.BytesIO(line))


@pytest.mark.parametrize(
    "array",
    [
        {"dtype": "object", "shape": [1]},
        {"dtype": "uint8", "shape": [-1]},
        {"dtype": "uint8", "shape": [True]},
        {"dtype": "uint8", "shape": "48"},
        {"dtype": ["uint8"], "shape": [1]},
        {"shape": [1]},
        7,
    ],
)
def test_only_arrays_of_two_kinds_of_numbers_pass(array):
    line = json.dumps({"arrays": [array]}).encode() + b"\n"
    with pytest.raises(ValueError, match="dtype and shape"):
        receive(io.BytesIO(line + bytes(8)))


def test_a_message_cannot_ask_for_more_memory_than_any_needs():
    described = [{"dtype": "float32", "shape": [4_000, 4_000]}] * 2
    line = json.dumps({"arrays": described}).encode() + b"\n"
    with pytest.raises(ValueError, match="at most 67,108,864 bytes"):
        receive(io.BytesIO(line))
