"""The Keras file itself, measured beside its LiteRT twins; this needs a Keras backend."""

import time
from pathlib import Path
from statistics import median

import keras
import numpy as np

from fer_core.data.dataset import FaceDataset
from fer_core.expression.card import KERAS_FILE
from fer_core.expression.preprocess import standardise
from fer_core.release.exports import BATCHES, N_TIMED, Export
from fer_core.train.loop import predict_logits


def run_keras_benchmark(folder: Path, faces: FaceDataset) -> Export:
    """Return a model's Keras file, run on faces.

    Args:
        folder: `models/<model_id>`.
        faces: At least one.
    """
    path = folder / KERAS_FILE
    model = keras.models.load_model(path, compile=False, safe_mode=True)
    crops = faces.pixels[:N_TIMED]
    times = {str(batch): _ms_per_face(model, crops, batch) for batch in BATCHES}
    logits = predict_logits(model, faces.pixels)["label"]
    return Export(KERAS_FILE, logits, path.stat().st_size, times)


def _ms_per_face(model: keras.Model, crops: np.ndarray, batch: int) -> float:
    """Return the median milliseconds a face by `predict_on_batch`, the fastest way Keras has."""
    batches = [crops[start : start + batch] for start in range(0, len(crops), batch)]
    model.predict_on_batch(standardise(batches[0]))
    elapsed_ms = []
    for each in batches:
        start = time.perf_counter()
        model.predict_on_batch(standardise(each))
        elapsed_ms.append((time.perf_counter() - start) * 1000 / len(each))
    return round(median(elapsed_ms), 3)
