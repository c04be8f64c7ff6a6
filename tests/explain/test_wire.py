import io
import json

import numpy as np
import pytest

from fer_core.explain.wire import receive, send


class Dripping(io.RawIOBase):
    """A pipe without a buffer that gives few bytes at a time."""

    def __init__(self, content):
        self._content = io.BytesIO(content)

    def readline(self):
        return self._content.readline()

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


def test_only_two_kinds_of_numbers_pass():
    line = json.dumps({"arrays": [{"dtype": "object", "shape": [1]}]}).encode() + b"\n"
    with pytest.raises(KeyError, match="object"):
        receive(io.BytesIO(line + bytes(8)))
