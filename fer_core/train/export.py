"""Exports of a Keras network: kernels rounded to 16 bits, and LiteRT files in float and int8.

The app runs the LiteRT files without TensorFlow. Run as a program with four paths, this module
converts; `convert` starts it as a separate process, because conversion needs the TensorFlow backend
whatever backend trained the network.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import keras
import numpy as np
from scipy.special import softmax

from fer_core.data.dataset import FaceDataset
from fer_core.errors import ModelError
from fer_core.labels import FER2013_LABELS
from fer_core.litert import LiteRtNetwork
from fer_core.metrics.scores import score
from fer_core.train.loop import predict_logits

_ROOT: Final = Path(__file__).resolve().parents[2]
MAX_DIFFERENCE: Final = 1e-4  # between probabilities of Keras and of the exact export
MAX_STORED_DIFFERENCE: Final = 5e-3  # the same for the export whose weights are stored in 16 bits


def round_to_float16(model: keras.Model) -> None:
    """Round the kernels of a network, in place, to values that a 16-bit float can hold.

    Half of the bits of each number are then 0, so zlib, and with it git, stores a third less.
    Biases and statistics stay: they are few, and some are too large or too small for 16 bits.
    """
    model.set_weights([_rounded(weights) for weights in model.get_weights()])


def round_and_compare(model: keras.Model, faces: FaceDataset) -> str:
    """Round the kernels of a network, in place; return sentences on what that changed."""
    before = softmax(predict_logits(model, faces.pixels)["label"], axis=1)
    round_to_float16(model)
    after = softmax(predict_logits(model, faces.pixels)["label"], axis=1)
    accuracies = [
        score(faces.label_ids, probs, labels=FER2013_LABELS).accuracy for probs in (before, after)
    ]
    return (
        "The kernels are rounded to values that 16-bit floats can hold, so that the file "
        f"compresses better. On {len(faces):,} validation faces the accuracy was "
        f"{100 * accuracies[0]:.2f}% before and {100 * accuracies[1]:.2f}% after, and no "
        f"probability changed by more than {np.abs(before - after).max():.4f}."
    )


def convert(keras_path: Path, *, exact_path: Path, float_path: Path, int8_path: Path) -> None:
    """Write the LiteRT exports of a saved Keras model; all of them compute in float32.

    Args:
        keras_path: The model.
        exact_path: For the export with weights of 32 bits, which proves the conversion right.
        float_path: For the export whose weights are stored in 16 bits: half the size.
        int8_path: For the export with dynamic-range int8 weights.

    Raises:
        ModelError: The conversion failed.
    """
    environment = {**os.environ, "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
    paths = (path.resolve() for path in (keras_path, exact_path, float_path, int8_path))
    done = subprocess.run(  # noqa: S603  # our own module and our own paths, no shell
        [sys.executable, "-m", "fer_core.train.export", *map(str, paths)],
        cwd=_ROOT,  # where `-m` finds this package, wherever the command was started
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise ModelError(f"{keras_path.name} could not be converted to LiteRT: {reason}")


def largest_difference(
    tflite_path: Path, pixels: np.ndarray, keras_logits: dict[str, np.ndarray]
) -> float:
    """Return the largest difference between a probability of an export and of Keras.

    Args:
        tflite_path: The export.
        pixels: `(n, 48, 48, 1)` float32, standardised.
        keras_logits: Logits that Keras computes for them, by head, `(n, n_classes)`.

    Raises:
        ModelError: LiteRT cannot read the export.
    """
    network = LiteRtNetwork(tflite_path.read_bytes(), source=tflite_path.name)
    probs_by_size = {logits.shape[1]: softmax(logits, axis=1) for logits in network.run(pixels)}
    return max(
        float(np.abs(probs_by_size[logits.shape[1]] - softmax(logits, axis=1)).max())
        for logits in keras_logits.values()
    )


def _rounded(weights: np.ndarray) -> np.ndarray:
    return weights.astype(np.float16).astype(weights.dtype) if weights.ndim > 1 else weights


def _convert_here(keras_path: str, exact_path: str, float_path: str, int8_path: str) -> None:
    import tensorflow as tf

    model = keras.models.load_model(keras_path, compile=False, safe_mode=True)
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    Path(exact_path).write_bytes(converter.convert())
    converter.optimizations = [tf.lite.Optimize.DEFAULT]  # without sample data: dynamic range
    Path(int8_path).write_bytes(converter.convert())
    converter.target_spec.supported_types = [tf.float16]
    Path(float_path).write_bytes(converter.convert())


if __name__ == "__main__":
    _convert_here(*sys.argv[1:])
