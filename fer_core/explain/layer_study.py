"""What each layer of a network has learned: linear probes, and the faces that excite its channels.

A linear probe is a linear classifier on the maps of one layer. Its score says how much of the
expression can be read off there without further layers. Source: Alain and Bengio 2016, arXiv
1610.01644. Needs the extra `train`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import keras
import numpy as np
from keras import layers
from sklearn.linear_model import RidgeClassifier
from sklearn.preprocessing import StandardScaler

from fer_core.data.dataset import FaceDataset
from fer_core.data.row_numbers import RowNumbers, check_rows, row_digests
from fer_core.explain.layers import shown_layers
from fer_core.explain.probes import LayerProbes, Probe
from fer_core.expression.card import ModelCard
from fer_core.expression.preprocess import NORMALISATIONS
from fer_core.metrics.scores import score
from fer_core.progress import OnProgress, ignore, within

N_EXCITING: Final = 8
"""Faces kept per channel."""

_GRID: Final = 4  # cells per side, of which a probe gets the mean: 16 numbers per channel
_PENALTY: Final = 100.0  # of the squared weights of standardised features
_BATCH: Final = 128
_PASSES: Final = 0.7  # share of the time that the network's passes take; the probes take the rest
_COLUMNS: Final = ("pixels", "rows")
_INNER: Final = (layers.BatchNormalization, layers.ReLU, layers.MaxPooling2D, layers.Activation)


@dataclass(frozen=True, slots=True, eq=False)
class StudiedLayers:
    """What was found.

    Attributes:
        probes: One probe per block of layers.
        exciting: For each layer that is shown, the value `<layer>/rows`, int32
            `(n_channels, N_EXCITING)`: the rows of the faces whose strongest answer in that channel
            is highest, the highest first.
    """

    probes: LayerProbes
    exciting: RowNumbers


def study_layers(
    model: keras.Model,
    card: ModelCard,
    train: FaceDataset,
    test: FaceDataset,
    *,
    originals: FaceDataset,
    on_progress: OnProgress = ignore,
) -> StudiedLayers:
    """Return the probes and the exciting faces of a network.

    Args:
        model: The network of the card.
        card: Says how pixels are normalised, and the labels.
        train: Faces of the network's size with which the probes are fitted.
        test: Faces of the network's size with which the probes are scored.
        originals: At least these faces, with 48 pixels: their digests go with the rows.
        on_progress: Called with the share of the work that is done.

    Raises:
        DataError: The faces have no row numbers.
    """
    check_rows(train.rows)
    blocks = block_ends(model)
    exciting = _Exciting(shown_layers(model))
    features: dict[str, list[np.ndarray]] = {layer.name: [] for layer in blocks}
    pixels, rows = (np.concatenate([getattr(d, n) for d in (train, test)]) for n in _COLUMNS)
    passes = within(on_progress, 0.0, _PASSES)
    for done, outputs in _outputs(model, card, pixels, on_progress=passes):
        exciting.add(outputs, rows[done : done + _BATCH])
        for name, parts in features.items():
            parts.append(pooled(outputs[name]).reshape(len(outputs[name]), -1).astype(np.float16))
    probes = []
    for index, (name, parts) in enumerate(features.items()):
        probes.append(_probe(name, np.concatenate(parts), train.label_ids, test.label_ids, card))
        on_progress(_PASSES + (1 - _PASSES) * (index + 1) / len(features))
    return StudiedLayers(
        LayerProbes(card.model_id, len(train), len(test), tuple(probes)),
        exciting.numbers(originals),
    )


def block_ends(model: keras.Model) -> tuple[keras.Layer, ...]:
    """Return the layer that ends each block of the network, from the first to the last.

    Everything that the heads see passes through it as an image, and what follows is a convolution
    or the end of the images.
    """
    order = {layer.name: index for index, layer in enumerate(model.layers)}
    after: dict[str, list[keras.Layer]] = {layer.name: [] for layer in model.layers}
    for layer in model.layers:
        for before in _layers_before(layer, model):
            after[before.name].append(layer)
    farthest = -1  # the last layer that anything before the present one leads to
    ends = []
    for index, layer in enumerate(model.layers):
        is_alone = farthest <= index
        farthest = max([farthest, *(order[each.name] for each in after[layer.name])])
        if is_alone and isinstance(layer, (*_INNER, layers.Add)) and _is_image(layer):
            following = _without_dropout(after[layer.name], after)
            if not all(isinstance(each, _INNER) for each in following):
                ends.append(layer)
    return tuple(ends)


def pooled(maps: np.ndarray, *, grid: int = _GRID) -> np.ndarray:
    """Return the means of maps in a grid of cells: `(n, h, w, c)` to at most `(n, 4, 4, c)`.

    >>> pooled(np.arange(16.0).reshape(1, 4, 4, 1), grid=2)[0, :, :, 0].tolist()
    [[2.5, 4.5], [10.5, 12.5]]
    """
    for axis in (1, 2):
        side = maps.shape[axis]
        if side > grid:
            starts = np.arange(grid) * side // grid
            sizes = np.diff([*starts, side])
            shape = [-1 if each == axis else 1 for each in range(4)]
            maps = np.add.reduceat(maps, starts, axis=axis) / sizes.reshape(shape)
    return maps


class _Exciting:
    """The rows that excite each channel most, as faces pass by."""

    def __init__(self, shown: tuple[keras.Layer, ...]) -> None:
        n_channels = {layer.name: layer.output.shape[-1] for layer in shown}
        self._peaks = {name: np.full((n, N_EXCITING), -np.inf) for name, n in n_channels.items()}
        self._rows = {name: np.full((n, N_EXCITING), -1) for name, n in n_channels.items()}

    def add(self, outputs: dict[str, np.ndarray], rows: np.ndarray) -> None:
        """Take a batch of faces with these rows."""
        for name, kept in self._peaks.items():
            peaks = np.hstack([kept, outputs[name].max(axis=(1, 2)).T])
            known = np.hstack([self._rows[name], np.broadcast_to(rows, (len(kept), len(rows)))])
            best = np.argsort(-peaks, axis=1, kind="stable")[:, :N_EXCITING]
            self._peaks[name] = np.take_along_axis(peaks, best, axis=1)
            self._rows[name] = np.take_along_axis(known, best, axis=1)

    def numbers(self, originals: FaceDataset) -> RowNumbers:
        """Return the rows per layer, with a digest of every face that is named."""
        rows = np.concatenate([each.ravel() for each in self._rows.values()])
        named = originals.select(np.isin(originals.rows, rows))
        values = {f"{name}/rows": found.astype(np.int32) for name, found in self._rows.items()}
        return RowNumbers(named.rows, row_digests(named.pixels), values)


def _outputs(
    model: keras.Model, card: ModelCard, pixels: np.ndarray, *, on_progress: OnProgress
) -> Iterator[tuple[int, dict[str, np.ndarray]]]:
    """Yield the place of each batch, and what the layers answer: `(b, h, w, c)` by name."""
    wanted = {layer.name: layer.output for layer in (*shown_layers(model), *block_ends(model))}
    views = keras.Model(model.inputs, wanted)
    normalise = NORMALISATIONS[card.normalisation]
    for start in range(0, len(pixels), _BATCH):
        answers = views.predict_on_batch(normalise(pixels[start : start + _BATCH]))
        yield start, answers
        on_progress(min(1.0, (start + _BATCH) / len(pixels)))


def _probe(
    name: str, features: np.ndarray, train_ids: np.ndarray, test_ids: np.ndarray, card: ModelCard
) -> Probe:
    """Return the scores of a linear classifier, whose classes count alike, on one layer."""
    scaler = StandardScaler()
    fitted = scaler.fit_transform(features[: len(train_ids)].astype(np.float32))
    classifier = RidgeClassifier(alpha=_PENALTY, class_weight="balanced", solver="cholesky")
    classifier.fit(fitted, train_ids)
    unseen = scaler.transform(features[len(train_ids) :].astype(np.float32))
    labels = card.heads["label"]
    answers = np.eye(len(labels))[classifier.predict(unseen)]
    scores = score(test_ids, answers, labels=labels)
    return Probe(name, features.shape[1], scores.accuracy, scores.macro_f1)


def _layers_before(layer: keras.Layer, model: keras.Model) -> list[keras.Layer]:
    given = layer.input if isinstance(layer.input, (list, tuple)) else [layer.input]
    wanted = {id(tensor) for tensor in given}
    return [each for each in model.layers if id(each.output) in wanted and each is not layer]


def _without_dropout(
    following: list[keras.Layer], after: dict[str, list[keras.Layer]]
) -> list[keras.Layer]:
    """Return the layers that follow, with what follows dropout in its place."""
    kept = []
    for layer in following:
        kept += after[layer.name] if isinstance(layer, layers.Dropout) else [layer]
    return kept


def _is_image(layer: keras.Layer) -> bool:
    return len(layer.output.shape) == 4 and layer.output.shape[1] > 1
