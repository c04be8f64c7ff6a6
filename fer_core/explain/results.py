"""Frozen results of looking inside a network. No TensorFlow here: pages and charts use them."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

Method = Literal["grad_cam", "occlusion"]

METHOD_WORDS: Final = {"grad_cam": "Grad-CAM", "occlusion": "Occlusion map"}


def scaled(heat: np.ndarray) -> np.ndarray:
    """Return a map divided by its largest magnitude, as an `Attribution` needs it; 0 stays 0.

    >>> scaled(np.array([[1.0, -4.0]])).tolist()
    [[0.25, -1.0]]
    """
    largest = np.abs(heat).max()
    # a subnormal divisor would give infinity
    is_flat = largest < np.finfo(np.float32).tiny
    return (np.zeros_like(heat) if is_flat else heat / largest).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class LayerMaps:
    """The activation maps of one layer for one face.

    Attributes:
        name: Name of the layer in the Keras model.
        kind: Class of the layer, for example `Conv2D`.
        stage: Number of halvings of the picture before it: 0 for full resolution.
        sentence: What such a layer does, in plain words.
        maps: `(height, width, n_channels)` float32, one map per channel.
    """

    name: str
    kind: str
    stage: int
    sentence: str
    maps: np.ndarray

    def __post_init__(self) -> None:
        if self.maps.ndim != 3 or self.maps.dtype != np.float32:
            raise ValueError(
                f"Expected float32 maps (height, width, n_channels), got {self.maps.dtype} "
                f"{self.maps.shape}."
            )
        self.maps.setflags(write=False)


@dataclass(frozen=True, slots=True, eq=False)
class Activations:
    """What every layer of a model computes for one face.

    Attributes:
        model_id: The model.
        crop: `(size, size)` uint8, the face as the network sees it.
        layers: From the first layer to the last one that keeps an image.
        filters: `(height, width, n_filters)` float32, the kernels of the first convolution.
    """

    model_id: str
    crop: np.ndarray
    layers: tuple[LayerMaps, ...]
    filters: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Attribution:
    """Which places of a face speak for one expression.

    Attributes:
        method: How it was computed.
        model_id: The model.
        head: Head of the model, `label` or `votes`.
        label: The expression.
        heat: `(size, size)` float32 in `[-1, 1]`: above 0 speaks for the expression, below 0
            against it. The largest magnitude is 1, or all is 0.
    """

    method: Method
    model_id: str
    head: str
    label: str
    heat: np.ndarray

    def __post_init__(self) -> None:
        if self.heat.ndim != 2 or not np.isfinite(self.heat).all():
            raise ValueError(f"Expected a finite map (size, size), got {self.heat.shape}.")
        self.heat.setflags(write=False)
