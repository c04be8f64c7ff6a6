import os
import subprocess
import sys
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from fer_core.train.networks import residual_se
from fer_core.train.torch_layers import training_copy, training_dtype
from tests.synthetic import noise_faces

ROOT = Path(__file__).resolve().parents[2]
SMALL = partial(residual_se, stem=4, stem_strides=2, widths=(8, 8), blocks=(1, 2), dropout=0.1)


def check_copy() -> None:
    """Fail unless a copy predicts, trains and keeps its weights like the network."""
    network = SMALL()
    weights = [np.random.default_rng(0).uniform(0.1, 0.3, w.shape) for w in network.get_weights()]
    network.set_weights(weights)
    copy = training_copy(network, side=48)
    pixels = noise_faces(4).pixels[..., None].astype(np.float32) / 128 - 1
    for head in ("label", "votes"):
        expected, got = (
            np.asarray(model.predict_on_batch(pixels)[head]) for model in (network, copy)
        )
        assert got == pytest.approx(expected, rel=1e-4)
    losses = []
    for model in (network, copy):
        for layer in model.layers:
            if hasattr(layer, "rate"):
                layer.rate = 0.0  # dropout would draw differently
        model.compile("sgd", loss={"label": "mse", "votes": "mse"}, jit_compile=False)
        wanted = {"label": np.ones((4, 7)), "votes": np.ones((4, 8))}
        losses.append([float(model.train_on_batch(pixels, wanted)[0]) for _ in range(3)])
    assert losses[1] == pytest.approx(losses[0], rel=1e-3)
    for own, copied in zip(network.get_weights(), copy.get_weights(), strict=True):
        assert copied == pytest.approx(own, rel=0.05, abs=1e-3)


def test_the_copy_trains_like_the_network():
    check_copy()


@pytest.mark.skipif(find_spec("torch") is None, reason="PyTorch is not installed")
@pytest.mark.slow
def test_the_copy_trains_like_the_network_with_pytorch():
    code = "from tests.train.test_torch_layers import check_copy; check_copy()"
    environment = {**os.environ, "KERAS_BACKEND": "torch"}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)


def test_a_copy_takes_faces_of_any_side():
    copy = training_copy(SMALL(), side=None)
    for side in (32, 48):
        answer = copy.predict_on_batch(np.zeros((2, side, side, 1), np.float32))
        assert answer["label"].shape == (2, 7)


def test_the_dtype_of_training_is_one_of_two():
    assert training_dtype() in ("float32", "mixed_bfloat16")
