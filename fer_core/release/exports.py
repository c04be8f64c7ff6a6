"""The files of one model compared: their scores, size and speed, and operations per face."""

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from scipy.special import softmax

from fer_core.data.dataset import FaceDataset
from fer_core.errors import ModelError
from fer_core.evaluate.speed import ms_per_face
from fer_core.expression.card import FLOAT_FILE, INT8_FILE, ExportScores
from fer_core.labels import FER2013_LABELS
from fer_core.metrics.scores import score

BATCHES: Final = (1, 4, 8)  # faces classified at once: one person, a table, a group
N_TIMED: Final = 160  # faces that are classified for each time
MAX_LOSS: Final = 0.002
"""Accuracy or macro-F1 that int8 weights may lose and still be the ones that the app runs."""

_Operator = schema.BuiltinOperator
# Multiply-adds per number of the output, by the shape of the weights:
# convolution (out, height, width, in), depthwise (1, height, width, out), dense (out, in).
_PER_OUTPUT: Final = {
    _Operator.CONV_2D: lambda weights: math.prod(weights[1:]),
    _Operator.DEPTHWISE_CONV_2D: lambda weights: math.prod(weights[1:3]),
    _Operator.FULLY_CONNECTED: lambda weights: weights[-1],
}

Predict = Callable[[np.ndarray], dict[str, np.ndarray]]
"""From crops `(n, size, size)` uint8 to logits `(n, n_classes)` by head."""


@dataclass(frozen=True, slots=True, eq=False)
class Export:
    """One file of a model, measured on the faces of a split.

    Attributes:
        file_name: Its name.
        logits: `(n, n_classes)` by head.
        n_bytes: Its size.
        ms_per_face: Median milliseconds per face, by the number of faces classified at once.
    """

    file_name: str
    logits: dict[str, np.ndarray]
    n_bytes: int
    ms_per_face: dict[str, float]

    def scores(self, label_ids: np.ndarray, *, temperature: float) -> ExportScores:
        """Return the scores of the label head at a temperature, against true labels `(n,)`."""
        probs = softmax(self.logits["label"] / temperature, axis=1)
        scores = score(label_ids, probs, labels=FER2013_LABELS)
        return ExportScores(
            scores.accuracy, scores.macro_f1, scores.ece, self.n_bytes, self.ms_per_face
        )


def run_export(path: Path, predict: Predict, faces: FaceDataset) -> Export:
    """Return a file, measured on faces.

    Args:
        path: The file.
        predict: Runs the network in it.
        faces: At least one.
    """
    crops = faces.pixels[:N_TIMED]
    times = {str(batch): ms_per_face(predict, crops, batch=batch) for batch in BATCHES}
    return Export(path.name, predict(faces.pixels), path.stat().st_size, times)


def choose_export(scores: dict[str, ExportScores]) -> str:
    """Return the file that the app runs: int8, unless it loses `MAX_LOSS` or more.

    Args:
        scores: Scores by file name.

    >>> good, worse = (ExportScores(a, 0.6, 0.0, 1, {}) for a in (0.7, 0.69))
    >>> choose_export({"model.tflite": good, "model_int8.tflite": worse})
    'model.tflite'
    """
    exact, small = scores[FLOAT_FILE], scores[INT8_FILE]
    loss = max(exact.accuracy - small.accuracy, exact.macro_f1 - small.macro_f1)
    return INT8_FILE if loss < MAX_LOSS else FLOAT_FILE


def mflops(weights: bytes) -> float:
    """Return the millions of operations per face; a multiply-add counts as two.

    As usual, convolutions and dense layers are counted. The rest adds well under 1%.

    Args:
        weights: Content of a `.tflite` file for batches of any size.

    Raises:
        ModelError: It is not the content of such a file.
    """
    try:
        model = schema.ModelT.InitFromPackedBuf(weights, 0)
        graph = model.subgraphs[0]
        codes = [max(code.builtinCode, code.deprecatedBuiltinCode) for code in model.operatorCodes]
    except (struct.error, TypeError, ValueError, IndexError) as error:
        raise ModelError(f"Expected the content of a .tflite file ({error}).") from error
    n_multiply_adds = sum(
        _multiply_adds(graph, operator, codes[operator.opcodeIndex]) for operator in graph.operators
    )
    return 2 * n_multiply_adds / 1e6


def _multiply_adds(graph: Any, operator: Any, code: int) -> int:  # noqa: ANN401  # generated classes
    if code not in _PER_OUTPUT:
        return 0
    outputs = [int(side) for side in graph.tensors[operator.outputs[0]].shape]
    weights = [int(side) for side in graph.tensors[operator.inputs[1]].shape]
    return math.prod(outputs) * int(_PER_OUTPUT[code](weights))
