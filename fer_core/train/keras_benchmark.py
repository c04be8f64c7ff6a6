"""The Keras file itself, measured beside its LiteRT twins; this needs a Keras backend."""

from pathlib import Path

import keras
import numpy as np

from fer_core.data.dataset import FaceDataset
from fer_core.evaluate.speed import ms_per_face
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

    def classify(batch: np.ndarray) -> None:
        model.predict_on_batch(standardise(batch))  # the fastest way that Keras has

    times = {str(batch): ms_per_face(classify, crops, batch=batch) for batch in BATCHES}
    logits = predict_logits(model, faces.pixels)["label"]
    return Export(KERAS_FILE, logits, path.stat().st_size, times)
