from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from fer_core.body import person_detector
from fer_core.errors import ModelError
from fer_core.litert import LiteRtNetwork


@pytest.fixture(scope="module")
def network(tiny_models) -> LiteRtNetwork:
    return LiteRtNetwork((tiny_models.path_of("tiny") / "model.tflite").read_bytes(), source="tiny")


def batch(n: int) -> np.ndarray:
    return np.random.default_rng(n).normal(size=(n, 48, 48, 1)).astype(np.float32)


def test_shapes_leave_the_size_of_the_batch_open(network):
    assert network.input_shape == (-1, 48, 48, 1)
    assert sorted(network.output_shapes) == [(-1, 7), (-1, 8)]


def test_batches_of_changing_size_give_outputs_of_their_size(network):
    for n in (1, 5, 2):
        shapes = [output.shape for output in network.run(batch(n))]
        assert shapes == [(n, shape[1]) for shape in network.output_shapes]


def test_the_next_call_does_not_change_earlier_outputs(network):
    first = network.run(batch(2))[0]
    before = first.copy()
    network.run(batch(2) + 1)
    assert np.array_equal(first, before)


def test_threads_may_share_a_network(network):
    expected = [network.run(batch(n))[0] for n in range(1, 9)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: network.run(batch(n))[0], range(1, 9)))
    for one, other in zip(expected, found, strict=True):
        assert np.array_equal(one, other)


@pytest.mark.parametrize(
    "wrong",
    [
        *(np.zeros((1, 48, 48), np.float32), np.zeros((1, 48, 47, 1), np.float32)),
        *(np.zeros((1, 48, 48, 1)), np.zeros((0, 48, 48, 1), np.float32)),
    ],
)
def test_a_batch_of_another_shape_or_type_is_refused_and_the_network_stays_usable(network, wrong):
    with pytest.raises(ValueError, match="Expected float32"):
        network.run(wrong)
    assert len(network.run(batch(1))) == 2


@pytest.mark.parametrize("weights", [b"", b"not weights", b"\x1c\x00\x00\x00TFL3" + b"\x00" * 40])
def test_bytes_that_are_not_weights_are_refused(weights):
    with pytest.raises(ModelError, match=r"LiteRT cannot load broken\.tflite"):
        LiteRtNetwork(weights, source="broken.tflite")


def test_a_network_that_takes_plain_pixels_refuses_numbers_of_another_type():
    plain = LiteRtNetwork(person_detector.WEIGHTS.read_verified(), source="plain pixels")
    assert plain.input_dtype == np.uint8
    with pytest.raises(ValueError, match=r"Expected uint8 \(1, 320, 320, 3\), got float32"):
        plain.run(np.zeros((1, 320, 320, 3), np.float32))
