"""Networks for 48x48 grey faces with two heads: FER2013's label, and shares of people's votes."""

from collections.abc import Callable
from typing import Final

import keras
from keras import layers

from fer_core.data.dataset import IMAGE_SIZE
from fer_core.labels import FER2013_LABELS, VOTE_LABELS

HEADS: Final = {"label": len(FER2013_LABELS), "votes": len(VOTE_LABELS)}

Build = Callable[[], keras.Model]


def plain(*, widths: tuple[int, ...] = (32, 64, 128, 256), dropout: float = 0.0) -> keras.Model:
    """Return a plain convolutional network: two 3x3 convolutions a stage, then pooling.

    Args:
        widths: Channels of each stage; each halves the picture.
        dropout: Share of features dropped after each stage and, doubled, before the heads.
    """
    pixels = _input()
    x = pixels
    for width in widths:
        x = _conv(_conv(x, width), width)
        x = layers.MaxPooling2D()(x)
        if dropout:
            x = layers.Dropout(dropout)(x)
    return _with_heads(pixels, x, dropout=min(2 * dropout, 0.5))


def residual_se(
    *, stem: int, widths: tuple[int, ...], blocks: tuple[int, ...], dropout: float
) -> keras.Model:
    """Return a residual network with squeeze-excitation in every block.

    The stem keeps the full 48x48 pixels; every stage halves them in its first block.

    Args:
        stem: Channels of the first convolution.
        widths: Channels of each stage.
        blocks: Residual blocks of each stage.
        dropout: Share of features dropped before the heads.

    Source: He et al. 2016, arXiv 1512.03385; Hu et al. 2018, arXiv 1709.01507.
    """
    pixels = _input()
    x = _conv(pixels, stem)
    for width, n_blocks in zip(widths, blocks, strict=True):
        for block in range(n_blocks):
            x = _residual_block(x, width, strides=2 if block == 0 else 1)
    return _with_heads(pixels, x, dropout=dropout)


def _input() -> keras.KerasTensor:
    return keras.Input((IMAGE_SIZE, IMAGE_SIZE, 1), name="pixels")


def _conv(x: keras.KerasTensor, width: int, *, strides: int = 1) -> keras.KerasTensor:
    x = layers.Conv2D(
        width, 3, strides=strides, padding="same", use_bias=False, kernel_initializer="he_normal"
    )(x)
    return layers.ReLU()(layers.BatchNormalization()(x))


def _residual_block(x: keras.KerasTensor, width: int, *, strides: int) -> keras.KerasTensor:
    shortcut = x
    if strides > 1:
        shortcut = layers.AveragePooling2D(strides)(shortcut)  # keeps every pixel's say
    if shortcut.shape[-1] != width:
        shortcut = layers.Conv2D(width, 1, use_bias=False)(shortcut)
        shortcut = layers.BatchNormalization()(shortcut)
    x = _conv(x, width, strides=strides)
    x = layers.Conv2D(width, 3, padding="same", use_bias=False, kernel_initializer="he_normal")(x)
    # gamma starts at 0: each block starts as the identity (Goyal et al. 2017, arXiv 1706.02677)
    x = layers.BatchNormalization(gamma_initializer="zeros")(x)
    x = layers.Multiply()([x, _squeeze_excitation(x, width)])
    return layers.ReLU()(layers.Add()([x, shortcut]))


def _squeeze_excitation(x: keras.KerasTensor, width: int) -> keras.KerasTensor:
    gate = layers.GlobalAveragePooling2D(keepdims=True)(x)  # (n, 1, 1, width)
    gate = layers.Conv2D(max(width // 8, 8), 1, activation="relu")(gate)
    return layers.Conv2D(width, 1, activation="sigmoid")(gate)


def _with_heads(pixels: keras.KerasTensor, x: keras.KerasTensor, *, dropout: float) -> keras.Model:
    features = layers.GlobalAveragePooling2D()(x)
    if dropout:
        features = layers.Dropout(dropout)(features)
    # float32: softmax over bfloat16 logits would cost the third digit of every probability
    heads = {
        name: layers.Dense(n_classes, dtype="float32", name=name)(features)
        for name, n_classes in HEADS.items()
    }
    return keras.Model(pixels, heads)
