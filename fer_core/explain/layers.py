"""`LayerView`: activation maps of a Keras network, by one functional sub-model.

Two layers look alike if one scales and shifts each channel of the other: batch normalisation, and
dropout while nothing is trained. Of such layers the last is shown. Needs the extra `train`.
"""

import math
from typing import Final

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from fer_core.explain.results import Activations, LayerMaps
from fer_core.expression.card import ModelCard
from fer_core.expression.preprocess import NORMALISATIONS

_CONVOLUTIONS: Final = (layers.Conv2D, layers.SeparableConv2D, layers.DepthwiseConv2D)
_SHOWN: Final = (
    *_CONVOLUTIONS,
    layers.ReLU,
    layers.Activation,
    layers.MaxPooling2D,
    layers.AveragePooling2D,
    layers.Add,
    layers.Multiply,
)


class LayerView:
    """The maps of a network's layers. It is prepared once; a face then takes milliseconds."""

    def __init__(self, model: keras.Model, card: ModelCard) -> None:
        """Choose the layers and connect them to one sub-model.

        Args:
            model: A functional network with one picture as input and a dictionary of heads.
            card: Its card, which says how pixels are normalised.
        """
        self.model = model
        self.card = card
        self.shown = shown_layers(model)
        self.filters = first_filters(model)
        sub_model = keras.Model(model.input, [layer.output for layer in self.shown])
        # as one graph: 10 ms per face instead of 100 with the layers called one by one
        self._run = tf.function(lambda pixels: sub_model(pixels, training=False))
        neighbours = _Neighbours(model)
        self._sentences = [sentence_on(layer, neighbours) for layer in self.shown]

    def normalised(self, crop: np.ndarray) -> np.ndarray:
        """Return a crop `(size, size)` uint8 as the network takes it, `(1, size, size, 1)`."""
        return NORMALISATIONS[self.card.normalisation](crop[None])

    def maps(self, pixels: np.ndarray) -> list[np.ndarray]:
        """Return the maps of the layers in `shown`, `(height, width, n_channels)` float32 each.

        Args:
            pixels: `(1, size, size, 1)` float32, normalised.
        """
        outputs = self._run(tf.constant(pixels))
        return [np.ascontiguousarray(output[0], dtype=np.float32) for output in outputs]

    def activations(self, crop: np.ndarray) -> Activations:
        """Return what each layer worth showing computes for one face.

        Args:
            crop: `(size, size)` uint8 grey.
        """
        size = self.card.input_size
        found = zip(self.shown, self._sentences, self.maps(self.normalised(crop)), strict=True)
        maps_of_layers = tuple(
            LayerMaps(layer.name, type(layer).__name__, halvings(layer, size=size), sentence, maps)
            for layer, sentence, maps in found
        )
        return Activations(self.card.model_id, crop.copy(), maps_of_layers, self.filters)


class _Neighbours:
    """Which layers come directly before and after each layer of a functional network."""

    def __init__(self, model: keras.Model) -> None:
        maker = {id(layer.output): layer for layer in model.layers}
        self.heads = frozenset(model.output)
        self.before: dict[str, list[keras.Layer]] = {layer.name: [] for layer in model.layers}
        self.after: dict[str, list[keras.Layer]] = {layer.name: [] for layer in model.layers}
        for layer in model.layers:
            given = layer.input
            for tensor in given if isinstance(given, (list, tuple)) else [given]:
                source = maker.get(id(tensor))
                if source is not None and source is not layer:
                    self.before[layer.name].append(source)
                    self.after[source.name].append(layer)


def shown_layers(model: keras.Model) -> tuple[keras.Layer, ...]:
    """Return the layers worth showing, from the first to the last that keeps an image.

    Convolutions whose outputs are normalised and then rectified or reweighted are left out, except
    the first one: the layer after them shows the same.
    """
    images = [layer for layer in model.layers if isinstance(layer, _SHOWN) and _is_image(layer)]
    first = next((layer for layer in images if isinstance(layer, _CONVOLUTIONS)), None)
    neighbours = _Neighbours(model)
    return tuple(
        layer
        for layer in images
        if layer is first
        or not (isinstance(layer, _CONVOLUTIONS) and _looks_alike(layer, neighbours))
    )


def first_filters(model: keras.Model) -> np.ndarray:
    """Return the kernels of the first convolution, `(height, width, n_filters)` float32."""
    first = next(layer for layer in model.layers if isinstance(layer, layers.Conv2D))
    kernels = np.array(first.get_weights()[0], dtype=np.float32)  # (height, width, 1, n_filters)
    return np.ascontiguousarray(kernels[:, :, 0, :])


def last_maps(model: keras.Model, shown: tuple[keras.Layer, ...]) -> keras.Layer:
    """Return the last layer in `shown` that every head sees and that does not pool."""
    heads = [keras.Model(model.input, output) for output in model.output.values()]
    seen = set.intersection(*({layer.name for layer in head.layers} for head in heads))
    pooling = (layers.MaxPooling2D, layers.AveragePooling2D)
    return next(
        layer for layer in reversed(shown) if layer.name in seen and not isinstance(layer, pooling)
    )


def halvings(layer: keras.Layer, *, size: int) -> int:
    """Return how many times the picture was halved on its way to a layer's output."""
    return round(math.log2(size / layer.output.shape[1]))


def sentence_on(layer: keras.Layer, neighbours: _Neighbours) -> str:
    """Return in a plain sentence what such a layer does."""
    if any(each.name in neighbours.heads for each in neighbours.after[layer.name]):
        return "One map per expression: its mean is the score of that expression."
    if isinstance(layer, layers.Add):
        return "Adds what the block has found to what came into the block, so nothing gets lost."
    if isinstance(layer, layers.Multiply):
        return "Turns each map as a whole up or down, depending on what all maps have found."
    if isinstance(layer, layers.MaxPooling2D):
        return "Keeps the strongest answer of each small neighbourhood, so the map shrinks."
    if isinstance(layer, layers.AveragePooling2D):
        return "Averages each small neighbourhood, so the map shrinks."
    if isinstance(layer, _CONVOLUTIONS):
        if layer.kernel_size == (1, 1):
            return "Mixes the maps at each place; this is the way around the block."
        return "Slides small patterns over the picture; a map is bright where its pattern fits."
    if any(isinstance(each, layers.Add) for each in neighbours.before[layer.name]):
        return "What the block passes on: places where its patterns fit; all others are 0."
    return "Keeps the places where a pattern fits, and sets all others to 0."


def _is_image(layer: keras.Layer) -> bool:
    shape = layer.output.shape
    return len(shape) == 4 and shape[1] > 1


def _looks_alike(layer: keras.Layer, neighbours: _Neighbours) -> bool:
    """Return whether a convolution is followed by a layer that shows the same, but for scale."""
    after = neighbours.after[layer.name]
    if not (len(after) == 1 and isinstance(after[0], layers.BatchNormalization)):
        return False
    last = neighbours.after[after[0].name]
    return any(isinstance(each, (layers.ReLU, layers.Multiply)) for each in last)
