from dataclasses import replace

import keras
import numpy as np
import pytest

from fer_core.errors import ModelError, ModelNotFoundError
from fer_core.expression.card import KERAS_FILE
from fer_core.expression.model_folder import ModelFolder
from fer_core.train.checkpoint import n_finished_epochs, read_history, warm_start, write_history
from fer_core.train.loop import predict_logits
from fer_core.train.networks import plain, residual_se
from fer_core.train.torch_layers import training_copy
from fer_core.weights import sha256_of


def test_a_network_gets_the_weights_of_a_model_with_the_same_network(tiny_models):
    path = tiny_models.path_of("tiny") / KERAS_FILE
    model = keras.models.load_model(path, compile=False, safe_mode=True)
    network = training_copy(model, side=48)
    network.set_weights([np.zeros_like(weights) for weights in network.get_weights()])
    warm_start("tiny", network, models=tiny_models)
    for got, wanted in zip(network.get_weights(), model.get_weights(), strict=True):
        assert np.array_equal(got, wanted)


def test_a_model_with_another_network_is_refused(tiny_models):
    with pytest.raises(ModelError, match="starts from tiny, which has another network"):
        warm_start("tiny", plain(widths=(3,)), models=tiny_models)


def test_a_model_that_does_not_exist_is_named(tiny_models):
    with pytest.raises(ModelNotFoundError, match="No model 'nobody'"):
        warm_start("nobody", plain(widths=(3,)), models=tiny_models)


def test_a_deeper_network_starts_with_the_output_of_the_model(tmp_path, tiny_models):
    shallow, deep = _residual(n_blocks=1), _residual(n_blocks=3)
    models = ModelFolder(tmp_path)
    models.path_of("shallow").mkdir()
    shallow.save(tmp_path / "shallow" / KERAS_FILE)
    content = (tmp_path / "shallow" / KERAS_FILE).read_bytes()
    card = tiny_models.card("tiny")
    digests = card.digests | {KERAS_FILE: sha256_of(content)}
    models.save_card(replace(card, model_id="shallow", digests=digests))
    crops = np.random.default_rng(0).integers(0, 256, (3, 48, 48), np.uint8)
    before = predict_logits(deep, crops)
    warm_start("shallow", deep, models=models)
    after, wanted = predict_logits(deep, crops), predict_logits(shallow, crops)
    for head, logits in wanted.items():
        assert np.array_equal(after[head], logits)
        assert not np.array_equal(before[head], logits)
    with pytest.raises(ModelError, match="starts from shallow, which has another network"):
        warm_start("shallow", _residual(n_blocks=1, width=8), models=models)


def test_a_history_is_read_as_it_was_written(tmp_path):
    history = [{"epoch": 1.0, "loss": 0.25}, {"epoch": 2.0, "loss": 1e-9}]
    write_history(tmp_path / "history.csv", history)
    assert (tmp_path / "history.csv").read_bytes().startswith(b"epoch,loss\r\n1.0,0.25\r\n")
    assert read_history(tmp_path / "history.csv") == history
    assert n_finished_epochs(tmp_path) == 2


def test_without_a_checkpoint_no_epoch_is_finished(tmp_path):
    assert n_finished_epochs(tmp_path / "checkpoint") == 0


def _residual(*, n_blocks: int, width: int = 4) -> keras.Model:
    return residual_se(stem=2, stem_strides=2, widths=(width,), blocks=(n_blocks,), dropout=0.0)
