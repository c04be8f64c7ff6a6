"""`load_keras`: the Keras file of a model, verified by its digest. Needs the extra `train`."""

import tempfile
from pathlib import Path

import keras

from fer_core.errors import ModelError
from fer_core.expression.card import KERAS_FILE, ModelCard
from fer_core.expression.model_folder import ModelFolder


def load_keras(card: ModelCard, models: ModelFolder) -> keras.Model:
    """Return the Keras network of a model, in safe mode: nothing in the file is run as code.

    Args:
        card: Its card, which has the digest.
        models: Where the models lie.

    Raises:
        ModelError: The file is missing (a wheel leaves it out), was changed, or holds another
            network than the card describes.
    """
    path = models.path_of(card.model_id) / KERAS_FILE
    if not path.is_file():
        raise ModelError(
            f"{card.model_id}: expected {KERAS_FILE}, which an installed package leaves out. Use "
            "Cue from its repository, or train the model again."
        )
    content = models.weights(card, KERAS_FILE)
    # a copy, because Keras wants a path, and the file could change after its digest was checked
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / KERAS_FILE
        copy.write_bytes(content)
        try:
            network = keras.saving.load_model(copy, compile=False, safe_mode=True)
        except Exception as error:  # whatever Keras raises on a file of another version
            raise ModelError(
                f"{card.model_id}: Keras cannot read {KERAS_FILE}. Train the model again."
            ) from error
    _check(network, card)
    if len(network.output) == len(card.heads):
        return network
    # trained without votes: its file has a head for them that has learned nothing
    heads = {head: network.output[head] for head in card.heads}
    return keras.Model(network.input, heads, name=network.name)


def _check(network: keras.Model, card: ModelCard) -> None:
    expected = {head: (None, len(labels)) for head, labels in card.heads.items()}
    found = (
        {head: tuple(output.shape) for head, output in network.output.items()}
        if isinstance(network.output, dict)
        else {}
    )
    shape = (None, card.input_size, card.input_size, 1)
    if not expected.items() <= found.items() or network.input_shape != shape:
        raise ModelError(
            f"{card.model_id}: expected heads {expected} of an input {shape}, got {found} of "
            f"{network.input_shape}. Train the model again."
        )
