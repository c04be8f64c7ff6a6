from dataclasses import replace

import keras
import numpy as np
import pytest
from keras import layers

from fer_core.data.dataset import FaceDataset
from fer_core.data.row_numbers import row_digests
from fer_core.explain.layer_study import N_EXCITING, block_ends, pooled, study_layers
from fer_core.expression.model_folder import SHIPPED_MODELS
from fer_core.expression.preprocess import standardise
from fer_core.train.recipes import RECIPES
from tests.synthetic import noise_faces

CARD = SHIPPED_MODELS.card("plain")


@pytest.fixture(scope="module")
def two_channels() -> keras.Model:
    """Return a network whose two channels are the pixels and their negatives."""
    pixels = keras.Input((48, 48, 1))
    x = layers.Conv2D(2, 1, use_bias=False, name="first")(pixels)
    x = layers.GlobalAveragePooling2D()(layers.ReLU(name="both")(x))
    model = keras.Model(pixels, {"label": layers.Dense(7)(x), "votes": layers.Dense(8)(x)})
    model.get_layer("first").set_weights([np.array([1.0, -1.0]).reshape(1, 1, 1, 2)])
    return model


def studied(model, train, test, **callbacks):
    columns = ("pixels", "label_ids", "split_ids", "rows")
    originals = FaceDataset(
        *(np.concatenate([getattr(train, name), getattr(test, name)]) for name in columns)
    )
    return study_layers(model, CARD, train, test, originals=originals, **callbacks)


@pytest.mark.parametrize(
    ("recipe", "ends"),
    [
        ("plain", [(24, 16), (12, 32), (6, 64), (3, 128)]),
        ("dropout", [(24, 16), (12, 32), (6, 64), (3, 128)]),
        ("mini_xception", [(48, 8), (48, 8), (24, 16), (12, 32), (6, 64), (3, 128)]),
        (
            "general",
            [(24, 32), (24, 32), (12, 96), (12, 96), (6, 192), (6, 192), (6, 192)],
        ),
    ],
)
def test_a_block_ends_where_everything_passes_through_one_layer(recipe, ends):
    network = RECIPES[recipe].build()
    found = [(layer.output.shape[1], layer.output.shape[3]) for layer in block_ends(network)]
    assert found == ends


def test_maps_are_averaged_in_cells_and_small_maps_stay():
    maps = np.random.default_rng(0).random((2, 6, 6, 3))
    assert pooled(maps)[0, 0, 0] == pytest.approx(maps[0, :1, :1].mean(axis=(0, 1)))
    assert pooled(maps)[1, 3, 3] == pytest.approx(maps[1, 4:, 4:].mean(axis=(0, 1)))
    assert pooled(maps[:, :3, :3]) is not maps
    assert (pooled(maps[:, :3, :3]) == maps[:, :3, :3]).all()


def test_a_probe_finds_what_a_layer_shows_and_no_more(two_channels):
    train = noise_faces(140)
    test = replace(noise_faces(70, seed=1), rows=np.arange(1000, 1070))
    noise = studied(two_channels, train, test).probes.stages[0]
    assert noise.accuracy < 0.4
    for faces in (train, test):
        for face, label_id in zip(faces.pixels, faces.label_ids, strict=True):
            row, column = divmod(int(label_id), 4)
            face[12 * row : 12 * row + 12, 12 * column : 12 * column + 12] = 255
    bright = studied(two_channels, train, test).probes
    assert bright.stages[0].accuracy == 1.0
    assert bright.stages[0].macro_f1 == 1.0
    assert (bright.n_train, bright.n_test) == (140, 70)
    assert [(probe.layer, probe.n_features) for probe in bright.stages] == [("both", 32)]


def test_the_faces_that_excite_a_channel_are_those_with_its_highest_answer(two_channels):
    train = noise_faces(200)
    train.pixels[:] = train.pixels // 2
    for face, peak in zip(train.pixels, np.random.default_rng(0).permutation(200), strict=True):
        face[10, 10] = 56 + peak  # the brightest pixel
    test = replace(noise_faces(20, seed=1), rows=np.arange(1000, 1020))
    shares = []
    found = studied(two_channels, train, test, on_progress=shares.append)
    pixels, rows = np.concatenate([train.pixels, test.pixels]), np.r_[train.rows, test.rows]
    brightest, darkest = (standardise(pixels) * sign for sign in (1, -1))
    numbers = found.exciting
    for channel, answers in enumerate((brightest, darkest)):
        order = np.argsort(-answers.max(axis=(1, 2, 3)), kind="stable")[:N_EXCITING]
        assert numbers.values["both/rows"][channel].tolist() == rows[order].tolist()
    joined = numbers.joined_to(rows, pixels)
    assert set(rows[joined >= 0]) == set(numbers.values["both/rows"].ravel()) | set(
        numbers.values["first/rows"].ravel()
    )
    assert (numbers.digests == row_digests(pixels[np.isin(rows, numbers.rows)])).all()
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
