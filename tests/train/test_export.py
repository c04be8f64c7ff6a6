import zlib

import keras
import numpy as np
import pytest

from fer_core.errors import ModelError
from fer_core.expression.preprocess import standardise
from fer_core.train.export import (
    MAX_DIFFERENCE,
    MAX_STORED_DIFFERENCE,
    convert,
    largest_difference,
    round_and_compare,
    round_to_float16,
)
from fer_core.train.loop import predict_logits
from fer_core.train.networks import plain
from tests.synthetic import noise_faces


def test_kernels_are_rounded_to_float16_and_biases_are_not():
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    model.set_weights([np.array([[0.1], [2.0]], np.float32), np.array([0.1], np.float32)])
    round_to_float16(model)
    kernel, bias = model.get_weights()
    assert kernel.ravel().tolist() == [float(np.float16(0.1)), 2.0]
    assert bias.tolist() == [float(np.float32(0.1))]


def test_the_effect_of_rounding_is_described():
    note = round_and_compare(plain(widths=(4,)), noise_faces(14))
    assert "On 14 validation faces the accuracy was" in note
    assert "no probability changed by more than 0.00" in note


@pytest.mark.slow
def test_the_kernels_of_a_trained_model_fit_into_16_bits_and_compress_by_a_third(tiny_models):
    model = keras.models.load_model(tiny_models.path_of("tiny") / "model.keras", compile=False)
    kernels = [weights for weights in model.get_weights() if weights.ndim > 1]
    assert len(kernels) > 5
    for kernel in kernels:
        assert np.array_equal(kernel, kernel.astype(np.float16).astype(np.float32))
    packed = zlib.compress(b"".join(kernel.tobytes() for kernel in kernels))
    assert len(packed) < 0.7 * sum(kernel.nbytes for kernel in kernels)


@pytest.mark.slow
def test_exports_predict_the_probabilities_of_keras(tiny_models):
    folder = tiny_models.path_of("tiny")
    model = keras.models.load_model(folder / "model.keras", compile=False)
    crops = noise_faces(20, seed=9).pixels
    pixels, logits = standardise(crops), predict_logits(model, crops)
    assert largest_difference(folder / "model.tflite", pixels, logits) < MAX_STORED_DIFFERENCE
    assert largest_difference(folder / "model_int8.tflite", pixels, logits) < 0.05
    logits["label"][0, 0] += 20
    assert largest_difference(folder / "model.tflite", pixels, logits) > MAX_STORED_DIFFERENCE


@pytest.mark.slow
def test_the_conversion_itself_changes_nothing(tiny_models):
    training = tiny_models.card("tiny").details.training
    assert training.export_largest_difference < MAX_DIFFERENCE


@pytest.mark.slow
def test_a_file_that_is_not_a_model_cannot_be_converted(tmp_path):
    path = tmp_path / "model.keras"
    path.write_bytes(b"not a model")
    with pytest.raises(ModelError, match=r"model\.keras could not be converted to LiteRT: "):
        convert(
            path,
            exact_path=tmp_path / "a.tflite",
            float_path=tmp_path / "b.tflite",
            int8_path=tmp_path / "c.tflite",
        )
