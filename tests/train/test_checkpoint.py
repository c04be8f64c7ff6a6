from dataclasses import replace

import keras
import numpy as np
import pytest

from fer_core.errors import ModelError, ModelNotFoundError
from fer_core.expression.card import KERAS_FILE, LeftOut
from fer_core.expression.model_folder import ModelFolder
from fer_core.train.checkpoint import (
    Progress,
    RunIdentity,
    load_checkpoint,
    n_finished_epochs,
    read_history,
    save_checkpoint,
    warm_start,
    write_history,
)
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


def test_a_run_is_known_by_what_its_selection_holds_and_not_by_the_name_of_the_file():
    left_out = LeftOut(1200, "ab" * 32)
    identity = RunIdentity("best", 3, left_out)
    assert identity == RunIdentity("best", 3, LeftOut(1200, "ab" * 32))
    assert identity != RunIdentity("best", 3, LeftOut(1200, "ac" * 32))
    assert identity.in_words() == (
        "recipe best, seed 3, 1,200 rows left out by a file with sha256 abababababab…"
    )


def test_the_checkpoint_of_an_older_version_is_of_a_run_without_a_selection(tmp_path, tiny_models):
    path = tiny_models.path_of("tiny") / KERAS_FILE
    model = keras.models.load_model(path, compile=False, safe_mode=True)
    model.compile(keras.optimizers.SGD())
    history = [{"epoch": 1.0, "loss": 2.0}]
    folder = tmp_path / "checkpoint"
    save_checkpoint(folder, Progress(model, model.get_weights(), history), RunIdentity("a", 0))
    (folder / "state.json").write_text('{"recipe": "a", "seed": 0, "epoch": 1}')
    assert load_checkpoint(folder, model, RunIdentity("a", 0)).epoch == 1
    with pytest.raises(
        ModelError, match="is of recipe a, seed 0; expected recipe a, seed 0, 1 row"
    ):
        load_checkpoint(folder, model, RunIdentity("a", 0, LeftOut(1, "ab")))
