"""Activation maps of a Keras network: one functional sub-model with every layer worth showing.

Two layers look alike if one scales and shifts each channel of the other: batch normalisation, and
dropout while nothing is trained. Of such layers the last is shown. Needs the extra `train`.
"""

import math
from typing import Final

import keras
import numpy as np
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


def activations(model: keras.Model, crop: np.ndarray, card: ModelCard) -> Activations:
    """Return what each layer worth showing computes for one face.

    Args:
        model: The network of the card.
        crop: `(size, size)` uint8 grey.
        card: Says how pixels are normalised.
    """
    shown = shown_layers(model)
    views = keras.Model(model.input, [layer.output for layer in shown])
    outputs = views(NORMALISATIONS[card.normalisation](crop[None]), training=False)
    maps = (
        LayerMaps(
            layer.name,
            type(layer).__name__,
            halvings(layer, size=card.input_size),
            sentence_on(layer, model),
            np.array(output[0], dtype=np.float32),
        )
        for layer, output in zip(shown, outputs, strict=True)
    )
    return Activations(card.model_id, crop.copy(), tuple(maps), first_filters(model))


def shown_layers(model: keras.Model) -> tuple[keras.Layer, ...]:
    """Return the layers worth showing, from the first to the last that keeps an image.

    Convolutions whose outputs are normalised and then rectified or reweighted are left out, except
    the first one: the layer after them shows the same.
    """
    images = [layer for layer in model.layers if isinstance(layer, _SHOWN) and _is_image(layer)]
    first = next((layer for layer in images if isinstance(layer, _CONVOLUTIONS)), None)
    return tuple(
        layer
        for layer in images
        if layer is first or not (isinstance(layer, _CONVOLUTIONS) and _looks_alike(layer, model))
    )


def first_filters(model: keras.Model) -> np.ndarray:
    """Return the kernels of the first convolution, `(height, width, n_filters)` float32."""
    first = next(layer for layer in model.layers if isinstance(layer, layers.Conv2D))
    kernels = np.array(first.get_weights()[0], dtype=np.float32)  # (height, width, 1, n_filters)
    return np.ascontiguousarray(kernels[:, :, 0, :])


def last_maps(model: keras.Model) -> keras.Layer:
    """Return the last layer with maps that every head sees and no pooling has shrunk."""
    heads = [keras.Model(model.input, output) for output in model.output.values()]
    seen = set.intersection(*({layer.name for layer in head.layers} for head in heads))
    pooling = (layers.MaxPooling2D, layers.AveragePooling2D)
    return next(
        layer
        for layer in reversed(shown_layers(model))
        if layer.name in seen and not isinstance(layer, pooling)
    )


def halvings(layer: keras.Layer, *, size: int) -> int:
    """Return how many times the picture was halved on its way to a layer's output."""
    return round(math.log2(size / layer.output.shape[1]))


def sentence_on(layer: keras.Layer, model: keras.Model) -> str:
    """Return in a plain sentence what such a layer does."""
    after = _consumers(layer, model)
    if any(each.name in model.output for each in after):
        return "One map per expression: the mean of a map is what the network says for it."
    if isinstance(layer, layers.Add):
        return "Adds what the block has found to what it was given, so nothing gets lost."
    if isinstance(layer, layers.Multiply):
        return "Turns each map up or down as a whole, by what the face as a whole needs."
    if isinstance(layer, layers.MaxPooling2D):
        return "Keeps the strongest answer of each small neighbourhood and shrinks the picture."
    if isinstance(layer, layers.AveragePooling2D):
        return "Averages each small neighbourhood and shrinks the picture."
    if isinstance(layer, _CONVOLUTIONS):
        return _sentence_on_convolution(layer)
    return _sentence_on_rectifier(layer, model)


def _sentence_on_convolution(layer: keras.Layer) -> str:
    if layer.kernel_size == (1, 1):
        return "Mixes the maps at each place, to pass them by the block in its number of maps."
    return "Slides small patterns over the picture; a map is bright where its pattern fits."


def _sentence_on_rectifier(layer: keras.Layer, model: keras.Model) -> str:
    before = [each for each in model.layers if layer in _consumers(each, model)]
    if any(isinstance(each, layers.Add) for each in before):
        return "What the block passes on: places where its patterns are found, all else is 0."
    return "Keeps the places where a pattern fits and sets all others to 0."


def _is_image(layer: keras.Layer) -> bool:
    shape = layer.output.shape
    return len(shape) == 4 and shape[1] > 1


def _looks_alike(layer: keras.Layer, model: keras.Model) -> bool:
    """Return whether a convolution is followed by a layer that shows the same, but for scale."""
    after = _consumers(layer, model)
    if not (len(after) == 1 and isinstance(after[0], layers.BatchNormalization)):
        return False
    last = _consumers(after[0], model)
    return any(isinstance(each, (layers.ReLU, layers.Multiply)) for each in last)


def _consumers(layer: keras.Layer, model: keras.Model) -> list[keras.Layer]:
    outputs = {id(layer.output)}
    return [each for each in model.layers if outputs & {id(i) for i in _inputs(each)}]


def _inputs(layer: keras.Layer) -> list[keras.KerasTensor]:
    given = layer.input
    return list(given) if isinstance(given, (list, tuple)) else [given]
