"""Grad-CAM: which places of a face speak for an expression, from gradients. Needs `train`.

Source: Selvaraju et al. 2017, "Grad-CAM", arXiv 1610.02391, equations 1 and 2: each map of the last
convolution is weighted by the mean gradient of the expression's score, and the weighted maps are
added. The paper keeps what is above 0 in this sum, since that speaks for the expression. The result
here keeps the sign, so that what speaks against it shows too: its part above 0 is the paper's map.
"""

import cv2
import keras
import numpy as np
import tensorflow as tf

from fer_core.explain.layers import last_maps
from fer_core.explain.results import Attribution, scaled
from fer_core.explain.target import class_index
from fer_core.expression.card import ModelCard
from fer_core.expression.preprocess import NORMALISATIONS


def grad_cam(
    model: keras.Model, crop: np.ndarray, card: ModelCard, *, head: str, label: str
) -> Attribution:
    """Return the Grad-CAM of one label of one head, resized to the crop.

    Args:
        model: The network of the card.
        crop: `(size, size)` uint8 grey.
        card: Says how pixels are normalised and which labels the heads have.
        head: Head of the model.
        label: One of the head's labels.

    Raises:
        ValueError: The model has no such head, or the head no such label.
    """
    index = class_index(card, head=head, label=label)
    pixels = NORMALISATIONS[card.normalisation](crop[None])
    coarse = weighted_maps(model, pixels, head=head, index=index)
    size = (crop.shape[1], crop.shape[0])
    heat = cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC)
    return Attribution("grad_cam", card.model_id, head, label, scaled(heat))


def weighted_maps(model: keras.Model, pixels: np.ndarray, *, head: str, index: int) -> np.ndarray:
    """Return the last maps, weighted by their mean gradients and added, `(height, width)` float32.

    Args:
        model: A functional network with a dictionary of heads.
        pixels: `(1, size, size, 1)` float32, normalised.
        head: Head whose score is derived: its logit, before softmax, as in the paper.
        index: Class of the head.
    """
    parts = keras.Model(model.input, [last_maps(model).output, model.output[head]])
    watched = tf.convert_to_tensor(pixels)
    with tf.GradientTape() as tape:
        tape.watch(watched)  # so that all that follows from it is recorded
        maps, logits = parts(watched, training=False)
        score = logits[0, index]
    gradients = tape.gradient(score, maps)
    weights = tf.reduce_mean(gradients, axis=(1, 2), keepdims=True)  # (1, 1, 1, n_channels)
    return np.array(tf.reduce_sum(weights * maps, axis=-1)[0], dtype=np.float32)
