from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from fer_core.errors import ModelError
from fer_core.faces.centerface import WEIGHTS
from fer_core.onnx import OnnxNetwork

KEPT = (1, 3, 64, 64)


@pytest.fixture(scope="module")
def create():
    weights = WEIGHTS.read_verified()
    return lambda: OnnxNetwork(weights, source="net", outputs=("537", "538"), kept_shape=KEPT)


def batch(height, width, seed=0):
    return np.random.default_rng(seed).uniform(0, 255, (1, 3, height, width)).astype(np.float32)


def test_batches_of_changing_size_give_what_a_new_network_gives(create):
    network = create()
    for size in ((64, 64), (96, 64), (64, 64), (32, 128), (64, 64)):
        for output, expected in zip(
            network.run(batch(*size)), create().run(batch(*size)), strict=True
        ):
            np.testing.assert_array_equal(output, expected)


def test_the_next_call_does_not_change_earlier_outputs(create):
    network = create()
    first = network.run(batch(64, 64))[0]
    before = first.copy()
    network.run(batch(64, 64, seed=1))
    np.testing.assert_array_equal(first, before)


def test_threads_may_share_a_network(create):
    network = create()
    expected = [network.run(batch(64, 64, seed=n))[0] for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: network.run(batch(64, 64, seed=n))[0], range(8)))
    for one, other in zip(expected, found, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("weights", [b"", b"not weights"])
def test_bytes_that_are_not_weights_are_refused(weights):
    with pytest.raises(ModelError, match=r"OpenCV cannot load broken\.onnx"):
        OnnxNetwork(weights, source="broken.onnx", outputs=("a",), kept_shape=KEPT)
