"""Networks for small grey faces with two heads: FER2013's label and the shares of votes.

A face has 48x48 pixels unless `side` says otherwise.
"""

from collections.abc import Callable
from typing import Final

import keras
from keras import layers

from fer_core.data.dataset import IMAGE_SIZE
from fer_core.labels import FER2013_LABELS, VOTE_LABELS

HEADS: Final = {"label": len(FER2013_LABELS), "votes": len(VOTE_LABELS)}

Build = Callable[..., keras.Model]  # takes `side`, the pixels of a face


def plain(
    *,
    widths: tuple[int, ...] = (32, 64, 128, 256),
    dense: int = 256,
    dropout: float = 0.0,
    side: int = IMAGE_SIZE,
) -> keras.Model:
    """Return the classic network: stages of convolution and pooling, then a dense layer.

    Args:
        widths: Channels of each stage; each halves the image.
        dense: Width of the dense layer, which holds most of the weights.
        dropout: Share of features dropped after each stage and, doubled, before the heads.
        side: Pixels of a face.
    """
    pixels = _input(side)
    x = pixels
    for width in widths:
        x = layers.MaxPooling2D()(_conv(x, width))
        if dropout:
            x = layers.Dropout(dropout)(x)
    x = layers.Dense(dense, activation="relu")(layers.Flatten()(x))
    return _with_heads(pixels, x, dropout=min(2 * dropout, 0.5))


def vgg(*, widths: tuple[int, ...], dropout: float, side: int = IMAGE_SIZE) -> keras.Model:
    """Return a network after VGG: each stage has two 3x3 convolutions and pooling.

    Args:
        widths: Channels of each stage; each halves the image.
        dropout: Share of features dropped after each stage and, doubled, before the heads.
        side: Pixels of a face.

    Source: Simonyan and Zisserman 2015, arXiv 1409.1556, with batch normalisation and without the
    dense layers, which hold 90% of its weights.
    """
    pixels = _input(side)
    x = pixels
    for width in widths:
        x = layers.MaxPooling2D()(_conv(_conv(x, width), width))
        x = layers.Dropout(dropout)(x)
    x = layers.GlobalAveragePooling2D()(x)
    return _with_heads(pixels, x, dropout=min(2 * dropout, 0.5))


def mini_xception(
    *, widths: tuple[int, ...] = (16, 32, 64, 128), side: int = IMAGE_SIZE
) -> keras.Model:
    """Return mini-Xception: separable convolutions with residuals, 58 thousand weights.

    Args:
        widths: Channels of each residual stage; each halves the image.
        side: Pixels of a face.

    Source: Arriaga et al. 2017, arXiv 1710.07557; here with a second head.
    """
    pixels = _input(side)
    x = _conv(_conv(pixels, 8), 8)
    for width in widths:
        shortcut = layers.Conv2D(width, 1, strides=2, padding="same", use_bias=False)(x)
        shortcut = layers.BatchNormalization()(shortcut)
        x = layers.ReLU()(_separable(x, width))
        x = layers.MaxPooling2D(3, strides=2, padding="same")(_separable(x, width))
        x = layers.Add()([x, shortcut])
    heads = {
        name: layers.GlobalAveragePooling2D(name=name, dtype="float32")(
            layers.Conv2D(n_classes, 3, padding="same")(x)
        )
        for name, n_classes in HEADS.items()
    }
    return keras.Model(pixels, heads)


def residual_se(
    *,
    stem: int,
    widths: tuple[int, ...],
    blocks: tuple[int, ...],
    dropout: float,
    stem_strides: int = 1,
    side: int = IMAGE_SIZE,
) -> keras.Model:
    """Return a residual network with squeeze-excitation in every block.

    The first block of each stage halves the image. If the stem halves it, the first stage does not.

    Args:
        stem: Channels of the first convolution.
        widths: Channels of each stage.
        blocks: Residual blocks of each stage.
        dropout: Share of features dropped before the heads.
        stem_strides: 1 for a 3x3 stem that keeps the size; 2 for a 5x5 stem that halves it.
        side: Pixels of a face.

    Source: He et al. 2016, arXiv 1512.03385; Hu et al. 2018, arXiv 1709.01507.
    """
    pixels = _input(side)
    x = _conv(pixels, stem, kernel=2 * stem_strides + 1, strides=stem_strides)
    for stage, (width, n_blocks) in enumerate(zip(widths, blocks, strict=True)):
        for block in range(n_blocks):
            halves = block == 0 and (stage > 0 or stem_strides == 1)
            x = _residual_block(x, width, strides=2 if halves else 1)
    return _with_heads(pixels, layers.GlobalAveragePooling2D()(x), dropout=dropout)


def _input(side: int) -> keras.KerasTensor:
    return keras.Input((side, side, 1), name="pixels")


def _conv(
    x: keras.KerasTensor, width: int, *, kernel: int = 3, strides: int = 1
) -> keras.KerasTensor:
    x = layers.Conv2D(
        width,
        kernel,
        strides=strides,
        padding="same",
        use_bias=False,
        kernel_initializer="he_normal",
    )(x)
    return layers.ReLU()(layers.BatchNormalization()(x))


def _residual_block(x: keras.KerasTensor, width: int, *, strides: int) -> keras.KerasTensor:
    shortcut = x
    if strides > 1:
        shortcut = layers.AveragePooling2D(strides)(shortcut)  # a stride would skip pixels
    if shortcut.shape[-1] != width:
        shortcut = layers.Conv2D(width, 1, use_bias=False)(shortcut)
        shortcut = layers.BatchNormalization()(shortcut)
    x = _conv(x, width, strides=strides)
    x = layers.Conv2D(width, 3, padding="same", use_bias=False, kernel_initializer="he_normal")(x)
    # with gamma 0 each block starts as the identity (Goyal et al. 2017, arXiv 1706.02677)
    x = layers.BatchNormalization(gamma_initializer="zeros")(x)
    x = layers.Multiply()([x, _squeeze_excitation(x, width)])
    return layers.ReLU()(layers.Add()([x, shortcut]))


def _squeeze_excitation(x: keras.KerasTensor, width: int) -> keras.KerasTensor:
    weights = layers.GlobalAveragePooling2D(keepdims=True)(x)  # (n, 1, 1, width)
    weights = layers.Conv2D(max(width // 8, 8), 1, activation="relu")(weights)
    return layers.Conv2D(width, 1, activation="sigmoid")(weights)


def _separable(x: keras.KerasTensor, width: int) -> keras.KerasTensor:
    x = layers.SeparableConv2D(width, 3, padding="same", use_bias=False)(x)
    return layers.BatchNormalization()(x)


def _with_heads(
    pixels: keras.KerasTensor, features: keras.KerasTensor, *, dropout: float
) -> keras.Model:
    if dropout:
        features = layers.Dropout(dropout)(features)
    # float32, because softmax of bfloat16 logits would lose the third digit of each probability
    heads = {
        name: layers.Dense(n_classes, dtype="float32", name=name)(features)
        for name, n_classes in HEADS.items()
    }
    return keras.Model(pixels, heads)
