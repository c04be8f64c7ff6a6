import keras
import numpy as np
import pytest

from fer_core.errors import ModelError, ModelNotFoundError
from fer_core.expression.card import KERAS_FILE
from fer_core.train.native import training_copy
from fer_core.train.networks import plain
from fer_core.train.start import start_from


def test_a_network_gets_the_weights_of_a_model_of_its_kind(tiny_models):
    path = tiny_models / "tiny" / KERAS_FILE
    original = keras.models.load_model(path, compile=False, safe_mode=True)
    network = training_copy(original, side=48)
    network.set_weights([np.zeros_like(weights) for weights in network.get_weights()])
    start_from("tiny", network, models_folder=tiny_models)
    for got, wanted in zip(network.get_weights(), original.get_weights(), strict=True):
        assert np.array_equal(got, wanted)


def test_a_model_of_another_network_is_refused(tiny_models):
    with pytest.raises(ModelError, match="starts from tiny, whose network is another one"):
        start_from("tiny", plain(widths=(3,)), models_folder=tiny_models)


def test_a_start_that_is_not_here_is_named(tiny_models):
    with pytest.raises(ModelNotFoundError, match="No model 'nobody'"):
        start_from("nobody", plain(widths=(3,)), models_folder=tiny_models)
