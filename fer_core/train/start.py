"""Where a training begins: at random weights, or at those of a model that is already there."""

from pathlib import Path

import keras

from fer_core.errors import ModelError
from fer_core.expression.card import KERAS_FILE, MODELS_FOLDER, load_card, read_weights


def start_from(model_id: str, network: keras.Model, *, models_folder: Path = MODELS_FOLDER) -> None:
    """Give a network the weights of a model under `models/`, in place.

    Args:
        model_id: The model; its Keras file is read, once its digest is the card's.
        network: Of the same layers; the size of its pictures may differ.
        models_folder: Where the model lies.

    Raises:
        ModelNotFoundError: There is no such model.
        ModelError: Its weights are missing, altered, or of another network.
    """
    card = load_card(model_id, models_folder=models_folder)
    read_weights(card, KERAS_FILE, models_folder=models_folder)  # for the digest
    path = models_folder / card.model_id / KERAS_FILE
    weights = keras.models.load_model(path, compile=False, safe_mode=True).get_weights()
    wanted = [weight.shape for weight in network.get_weights()]
    if [weight.shape for weight in weights] != wanted:
        raise ModelError(
            f"The recipe starts from {model_id}, whose network is another one; expected weights "
            f"of the shapes {wanted[:3]} and so on. Name a model of the recipe's own network."
        )
    network.set_weights(weights)
