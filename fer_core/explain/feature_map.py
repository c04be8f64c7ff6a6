"""A map of a network's features in two dimensions: faces that the network takes as alike are near.

Source: t-SNE, van der Maaten and Hinton 2008, after a principal component analysis, as scikit-learn
computes them. Distances between far points mean little: read which faces are neighbours. Needs the
extra `train`.
"""

from typing import Final

import keras
import numpy as np
from keras import layers
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE

from fer_core.data.dataset import FaceDataset, is_blank
from fer_core.data.row_numbers import RowNumbers, check_rows, row_digests
from fer_core.expression.card import ModelCard
from fer_core.expression.preprocess import NORMALISATIONS
from fer_core.progress import OnProgress, ignore, within

XY: Final = "xy"
"""Name of the stored places, float16 `(n, 2)` within [-1, 1], both axes in the same unit."""

MODEL: Final = "model"
"""Name of the stored text array of one entry: the model whose features they are."""

_N_COMPONENTS: Final = 30  # enough for the neighbours, and t-SNE takes half the time
_PERPLEXITY: Final = 30.0  # neighbours that count: the middle of the usual 5 to 50
_BATCH: Final = 256
_PASSES: Final = 0.3  # share of the time that the network takes; t-SNE reports no progress


def map_features(
    model: keras.Model,
    card: ModelCard,
    faces: FaceDataset,
    *,
    originals: FaceDataset,
    on_progress: OnProgress = ignore,
) -> RowNumbers:
    """Return the place of every face that is not blank on the map of a network's features.

    Args:
        model: The network of the card.
        card: Says how pixels are normalised.
        faces: At least 100 faces of the network's size, with row numbers.
        originals: The same faces, with 48 pixels: their digests go with the rows.
        on_progress: Called with the share of the work that is done.

    Raises:
        DataError: The faces have no row numbers.
    """
    check_rows(faces.rows)
    seen = faces.select(~is_blank(faces.pixels))
    features = last_features(model, card, seen.pixels, on_progress=within(on_progress, 0, _PASSES))
    n_components = min(_N_COMPONENTS, features.shape[1])
    reduced = PCA(n_components, random_state=0).fit_transform(features)
    places = TSNE(perplexity=_PERPLEXITY, init="pca", random_state=0, n_jobs=-1).fit_transform(
        reduced
    )
    places /= np.abs(places).max()  # one scale for both axes: distances stay true
    on_progress(1.0)
    values = {XY: places.astype(np.float16), MODEL: np.array([card.model_id])}
    pixels = originals.pixels[np.isin(originals.rows, seen.rows)]
    return RowNumbers(seen.rows, row_digests(pixels), values)


def last_features(
    model: keras.Model, card: ModelCard, pixels: np.ndarray, *, on_progress: OnProgress = ignore
) -> np.ndarray:
    """Return what the heads see of each face: `(n, side, side)` uint8 -> `(n, n_features)` float32.

    These are the last numbers that all heads share; an image is averaged over its places.
    """
    shared = keras.Model(model.inputs, _last_shared(model).output)
    normalise = NORMALISATIONS[card.normalisation]
    parts = []
    for start in range(0, len(pixels), _BATCH):
        answers = shared.predict_on_batch(normalise(pixels[start : start + _BATCH]))
        parts.append(answers.mean(axis=(1, 2)) if answers.ndim == 4 else answers)
        on_progress(min(1.0, (start + _BATCH) / len(pixels)))
    return np.concatenate(parts)


def _last_shared(model: keras.Model) -> keras.Layer:
    """Return the last layer that every head sees, dropout aside."""
    heads = [keras.Model(model.inputs, output) for output in model.output.values()]
    shared = set.intersection(*({layer.name for layer in head.layers} for head in heads))
    return next(
        layer
        for layer in reversed(model.layers)
        if layer.name in shared and not isinstance(layer, layers.Dropout)
    )
