"""A map of a network's features in two dimensions: faces that the network takes as alike are near.

Source: t-SNE, van der Maaten and Hinton 2008, after a principal component analysis, as scikit-learn
computes them. Distances between far points mean little: read which faces are neighbours. Needs the
extra `train`.
"""

from typing import Final, NamedTuple

import keras
import numpy as np
from keras import layers
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE

from fer_core.data.dataset import FaceDataset, is_blank
from fer_core.data.row_numbers import RowNumbers, check_rows, row_digests
from fer_core.expression.card import ModelCard
from fer_core.expression.preprocess import NORMALISATIONS
from fer_core.labels import FER2013_LABELS
from fer_core.progress import OnProgress, ignore, within

XY: Final = "xy"
"""Name of the stored places, float16 `(n, 2)` within [-1, 1], both axes in the same unit."""

ANSWERS: Final = "answers"
"""Name of the stored answers, uint8 `(n,)`: index into `FER2013_LABELS` of what the label head puts
first. They are the model's own, so a map without the file that has the labels can show them."""

MODEL: Final = "model"
"""Name of the stored text array of one entry: the model whose features they are."""

_N_COMPONENTS: Final = 30  # enough for the neighbours, and t-SNE takes half the time
_PERPLEXITY: Final = 30.0  # neighbours that count: the middle of the usual 5 to 50
_LABEL_HEAD: Final = "label"
_BATCH: Final = 256
_PASSES: Final = 0.3  # share of the time that the network takes; t-SNE reports no progress


class NetworkView(NamedTuple):
    """What a network makes of some faces.

    Attributes:
        features: `(n, n_features)` float32, the last numbers that all heads share.
        answers: `(n,)` uint8, index into `FER2013_LABELS` of what the label head puts first.
    """

    features: np.ndarray
    answers: np.ndarray


def map_features(
    model: keras.Model,
    card: ModelCard,
    faces: FaceDataset,
    *,
    originals: FaceDataset,
    on_progress: OnProgress = ignore,
) -> RowNumbers:
    """Return the place of every face that is not blank on the map of a network's features.

    The label that the network puts first goes with it.

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
    view = network_view(model, card, seen.pixels, on_progress=within(on_progress, 0, _PASSES))
    n_components = min(_N_COMPONENTS, view.features.shape[1])
    reduced = PCA(n_components, random_state=0).fit_transform(view.features)
    places = TSNE(perplexity=_PERPLEXITY, init="pca", random_state=0, n_jobs=-1).fit_transform(
        reduced
    )
    places /= np.abs(places).max()  # one scale for both axes: distances stay true
    on_progress(1.0)
    values = {
        XY: places.astype(np.float16),
        ANSWERS: view.answers,
        MODEL: np.array([card.model_id]),
    }
    pixels = originals.pixels[np.isin(originals.rows, seen.rows)]
    return RowNumbers(seen.rows, row_digests(pixels), values)


def network_view(
    model: keras.Model, card: ModelCard, pixels: np.ndarray, *, on_progress: OnProgress = ignore
) -> NetworkView:
    """Return what the heads see of each face, and what the label head says of it.

    Features that are an image are averaged over its places.

    Args:
        model: The network of the card.
        card: Says how pixels are normalised, and the labels of the heads.
        pixels: `(n, side, side)` uint8, at least one.
        on_progress: Called with the share of the work that is done.
    """
    outputs = [_last_shared(model).output, model.output[_LABEL_HEAD]]
    network = keras.Model(model.inputs, outputs)
    normalise = NORMALISATIONS[card.normalisation]
    label_ids = np.array(
        [FER2013_LABELS.index(label) for label in card.heads[_LABEL_HEAD]], dtype=np.uint8
    )
    parts, answers = [], []
    for start in range(0, len(pixels), _BATCH):
        features, logits = network.predict_on_batch(normalise(pixels[start : start + _BATCH]))
        parts.append(features.mean(axis=(1, 2)) if features.ndim == 4 else features)
        answers.append(label_ids[logits.argmax(axis=1)])
        on_progress(min(1.0, (start + _BATCH) / len(pixels)))
    return NetworkView(np.concatenate(parts), np.concatenate(answers))


def _last_shared(model: keras.Model) -> keras.Layer:
    """Return the last layer that every head sees, dropout aside."""
    heads = [keras.Model(model.inputs, output) for output in model.output.values()]
    shared = set.intersection(*({layer.name for layer in head.layers} for head in heads))
    return next(
        layer
        for layer in reversed(model.layers)
        if layer.name in shared and not isinstance(layer, layers.Dropout)
    )
