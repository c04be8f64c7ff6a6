"""The LiteRT twins of a Keras model, float and int8: what the app runs, without TensorFlow.

Run as a program with four paths, it converts; `convert` starts it in a process of its own, because
conversion needs the TensorFlow backend whatever backend trained the network.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import numpy as np
from scipy.special import softmax

from fer_core.errors import ModelError
from fer_core.litert import LiteRtNetwork

_ROOT: Final = Path(__file__).resolve().parents[2]
MAX_DIFFERENCE: Final = 1e-4  # between probabilities of an exact twin and Keras's
MAX_STORED_DIFFERENCE: Final = 5e-3  # of the twin whose weights are stored in 16 bits


def convert(keras_path: Path, *, exact_path: Path, float_path: Path, int8_path: Path) -> None:
    """Write the LiteRT twins of a saved Keras model; all of them compute in float32.

    Args:
        keras_path: The model.
        exact_path: For the twin with weights of 32 bits, which proves that conversion is right.
        float_path: For the twin whose weights are stored in 16 bits: half the size.
        int8_path: For the twin with dynamic-range int8 weights.

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
    """Return the largest difference between probabilities of the twin and of Keras.

    Args:
        tflite_path: The twin.
        pixels: `(n, 48, 48, 1)` float32, prepared.
        keras_logits: What Keras answers for them, by head, `(n, n_classes)`.

    Raises:
        ModelError: LiteRT does not understand the twin.
    """
    twin = LiteRtNetwork(tflite_path.read_bytes(), source=tflite_path.name)
    probs_by_size = {logits.shape[1]: softmax(logits, axis=1) for logits in twin.run(pixels)}
    return max(
        float(np.abs(probs_by_size[logits.shape[1]] - softmax(logits, axis=1)).max())
        for logits in keras_logits.values()
    )


def _convert_here(keras_path: str, exact_path: str, float_path: str, int8_path: str) -> None:
    import keras
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
