"""Grad-CAM: which places of a face speak for an expression, from gradients. Needs `train`.

Source: Selvaraju et al. 2017, "Grad-CAM", arXiv 1610.02391, equations 1 and 2: each map of the last
convolution is weighted by the mean gradient of the expression's score, and the weighted maps are
added. The paper keeps what is above 0 in this sum, since that speaks for the expression. The result
here keeps the sign, so that what speaks against it shows too: its part above 0 is the paper's map.
"""

from collections.abc import Callable

import cv2
import keras
import numpy as np
import tensorflow as tf

from fer_core.explain.layers import LayerView, last_maps
from fer_core.explain.results import Attribution, scaled
from fer_core.explain.target import class_index

_Gradients = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]


class GradCam:
    """Grad-CAM of one network. Each head is prepared once; a face then takes milliseconds."""

    def __init__(self, view: LayerView) -> None:
        """Find the last maps.

        Args:
            view: The network and the maps of its layers.
        """
        self._view = view
        self._last = last_maps(view.model, view.shown)
        self._gradients_of_head: dict[str, _Gradients] = {}

    def attribution(self, crop: np.ndarray, *, head: str, label: str) -> Attribution:
        """Return the Grad-CAM of one label of one head, resized to the crop.

        Args:
            crop: `(size, size)` uint8 grey.
            head: Head of the model.
            label: One of the head's labels.

        Raises:
            ValueError: The model has no such head, or the head no such label.
        """
        card = self._view.card
        index = class_index(card, head=head, label=label)
        coarse = self.weighted_maps(self._view.normalised(crop), head=head, index=index)
        heat = cv2.resize(coarse, crop.shape[::-1], interpolation=cv2.INTER_LINEAR)
        return Attribution("grad_cam", card.model_id, head, label, scaled(heat))

    def weighted_maps(self, pixels: np.ndarray, *, head: str, index: int) -> np.ndarray:
        """Return the last maps, weighted by their mean gradients and added, `(height, width)`.

        Args:
            pixels: `(1, size, size, 1)` float32, normalised.
            head: Head whose score is derived: its logit, before softmax, as in the paper.
            index: Class of the head.
        """
        maps = self._view.maps(pixels)[self._view.shown.index(self._last)]
        gradients = self._gradients_of(head)(tf.constant(maps[None]), tf.constant(index))
        weights = gradients.numpy()[0].mean(axis=(0, 1))  # (n_channels,)
        return np.asarray(maps @ weights, dtype=np.float32)

    def _gradients_of(self, head: str) -> _Gradients:
        if head not in self._gradients_of_head:
            rest = keras.Model(self._last.output, self._view.model.output[head])
            self._gradients_of_head[head] = _gradient_graph(rest)
        return self._gradients_of_head[head]


def _gradient_graph(rest: keras.Model) -> _Gradients:
    """Return a function `(maps, index)`: how each value of the maps changes one score.

    It is a graph, in which TensorFlow leaves out the gradients of the weights, which nobody needs.
    TensorFlow 2.21 crashes on those of a 3x3 convolution of one face's 3x3 maps, with which
    `mini_xception` ends.

    Args:
        rest: The network from the maps to the scores of one head.
    """

    def gradients(maps: tf.Tensor, index: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            tape.watch(maps)
            score = rest(maps, training=False)[0, index]
        return tape.gradient(score, maps)

    graph: _Gradients = tf.function(gradients)
    return graph
