"""One network in several files: how alike they read, how large and how fast they are."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import softmax

from fer_core.data.dataset import FaceDataset
from fer_core.evaluate.speed import ms_per_face
from fer_core.expression.card import FLOAT_FILE, INT8_FILE, ExportScores, ModelCard
from fer_core.expression.model_folder import ModelFolder
from fer_core.expression.recognizer import ExpressionRecognizer
from fer_core.labels import FER2013_LABELS
from fer_core.litert import LiteRtNetwork
from fer_core.metrics.scores import score

BATCHES: Final = (1, 4, 8)  # faces read at once: one person, a table, a group
N_TIMED: Final = 160  # faces read for each of the times
MAX_LOSS: Final = 0.002
"""Accuracy or macro-F1 that int8 weights may cost and still be the ones that run."""


@dataclass(frozen=True, slots=True, eq=False)
class Export:
    """One file, what it says of faces before calibration, and how fast it says it."""

    file_name: str
    logits: np.ndarray  # (n, 7), of the label head
    n_bytes: int
    ms_per_face: dict[str, float]

    def scores(self, label_ids: np.ndarray, *, temperature: float) -> ExportScores:
        """Return the scores with the calibrated confidence, against true labels `(n,)`."""
        probs = softmax(self.logits / temperature, axis=1)
        scores = score(label_ids, probs, labels=FER2013_LABELS)
        return ExportScores(
            scores.accuracy, scores.macro_f1, scores.ece, self.n_bytes, self.ms_per_face
        )


def run_exports(card: ModelCard, faces: FaceDataset, *, models: ModelFolder) -> tuple[Export, ...]:
    """Return both LiteRT files of a model, run on the faces of a split.

    Raises:
        ModelError: A file is missing, or is not the one the card describes.
    """
    twins = []
    for file_name in (FLOAT_FILE, INT8_FILE):
        weights = models.weights(card, file_name)
        recognizer = ExpressionRecognizer(card, LiteRtNetwork(weights, source=file_name))
        crops = faces.pixels[:N_TIMED]
        times = {
            str(batch): ms_per_face(recognizer.recognize, crops, batch=batch) for batch in BATCHES
        }
        logits = recognizer.predict_logits(faces.pixels, head="label")
        twins.append(Export(file_name, logits, len(weights), times))
    return tuple(twins)


def choose_export(scores: dict[str, ExportScores]) -> str:
    """Return the file to run: the small one unless it costs `MAX_LOSS` or more.

    Args:
        scores: By file name.

    >>> good, worse = (ExportScores(a, 0.6, 0.0, 1, {}) for a in (0.7, 0.69))
    >>> choose_export({"model.tflite": good, "model_int8.tflite": worse})
    'model.tflite'
    """
    exact, small = scores[FLOAT_FILE], scores[INT8_FILE]
    loss = max(exact.accuracy - small.accuracy, exact.macro_f1 - small.macro_f1)
    return INT8_FILE if loss < MAX_LOSS else FLOAT_FILE
