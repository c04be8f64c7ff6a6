"""Where a training begins: at random weights, or at those of a model that is already there."""

from itertools import takewhile

import keras
import numpy as np

from fer_core.errors import ModelError
from fer_core.expression.card import KERAS_FILE
from fer_core.expression.model_folder import SHIPPED_MODELS, ModelFolder


def warm_start(
    model_id: str, network: keras.Model, *, models: ModelFolder = SHIPPED_MODELS
) -> None:
    """Give a network the weights of a model under `models/`, in place.

    A network that is deeper by blocks before its heads keeps the weights it has there. Residual
    blocks start as the identity, so it begins by answering as the model does.

    Args:
        model_id: The model; its Keras file is read, once its digest is the card's.
        network: Of the same layers, or deeper; the size of its pictures may differ.
        models: Where the model lies.

    Raises:
        ModelNotFoundError: There is no such model.
        ModelError: Its weights are missing, altered, or of another network.

    Source: growing a network that keeps its function, Chen et al. 2016, arXiv 1511.05641.
    """
    card = models.card(model_id)
    models.weights(card, KERAS_FILE)  # for the digest
    path = models.path_of(card.model_id) / KERAS_FILE
    weights = keras.models.load_model(path, compile=False, safe_mode=True).get_weights()
    fresh = network.get_weights()
    n_trunk = _n_alike(weights, fresh)
    n_heads = len(weights) - n_trunk
    heads = fresh[len(fresh) - n_heads :]
    if len(fresh) < len(weights) or _n_alike(weights[n_trunk:], heads) < n_heads:
        raise ModelError(
            f"The recipe starts from {model_id}, whose network is another one; expected weights of "
            f"the shapes {[weight.shape for weight in fresh[:3]]} and so on. Name a model of the "
            "recipe's own network, or of one that lacks its last blocks."
        )
    network.set_weights(
        [*weights[:n_trunk], *fresh[n_trunk : len(fresh) - n_heads], *weights[n_trunk:]]
    )


def _n_alike(weights: list[np.ndarray], others: list[np.ndarray]) -> int:
    """Return how many weights from the first on have the shapes of others."""
    pairs = zip(weights, others, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0].shape == pair[1].shape, pairs))
