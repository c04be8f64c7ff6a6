import keras
import numpy as np
import pytest
from keras import layers

from fer_core.data import read_portrait
from fer_core.explain.keras_file import load_keras
from fer_core.explain.layers import LayerView, last_maps, shown_layers
from fer_core.expression.model_folder import SHIPPED_MODELS
from fer_core.pipeline import load_pipeline
from fer_core.train.networks import residual_se

MODEL_IDS = [card.model_id for card in SHIPPED_MODELS.cards()]


@pytest.fixture(scope="module")
def crop():
    return load_pipeline().find(read_portrait()).crops[0]


@pytest.fixture(scope="module", params=MODEL_IDS)
def view(request):
    card = SHIPPED_MODELS.card(request.param)
    return LayerView(load_keras(card, SHIPPED_MODELS), card)


def computed_one_by_one(model, pixels):
    """Return the output of each layer by its name: each layer is called by itself, in order."""
    values = {id(model.input): pixels}
    outputs = {}
    for each in model.layers:
        if isinstance(each, layers.InputLayer):
            continue
        given = each.input
        inputs = [values[id(i)] for i in given] if isinstance(given, list) else values[id(given)]
        values[id(each.output)] = each(inputs, training=False)
        outputs[each.name] = np.asarray(values[id(each.output)])
    return outputs


@pytest.mark.model
def test_every_map_equals_what_keras_computes_layer_by_layer(view, crop):
    expected = computed_one_by_one(view.model, view.normalised(crop))
    found = view.activations(crop).layers
    assert len(found) >= 9
    for each in found:
        np.testing.assert_allclose(each.maps, expected[each.name][0], atol=1e-5, rtol=1e-5)


@pytest.mark.model
def test_no_two_layers_of_a_gallery_show_the_same(view, crop):
    """Per channel, scaled to mean 0 and deviation 1, the maps of two layers differ somewhere."""

    def looks(maps):
        spread = maps.std(axis=(0, 1))
        return (maps - maps.mean(axis=(0, 1))) / np.maximum(spread, 1e-6)

    seen = [looks(each.maps) for each in view.activations(crop).layers]
    for index, one in enumerate(seen):
        for other in seen[index + 1 :]:
            if one.shape == other.shape:
                assert np.abs(one - other).mean() > 0.01


@pytest.mark.model
def test_the_gallery_goes_from_fine_to_coarse_and_explains_each_layer(view, crop):
    found = view.activations(crop)
    stages = [each.stage for each in found.layers]
    assert stages == sorted(stages)
    for each in found.layers:
        assert each.maps.shape[0] == 48 // 2**each.stage
        assert each.sentence.endswith(".")
    assert found.filters.ndim == 3
    assert found.filters.shape[2] == found.layers[0].maps.shape[2]


@pytest.mark.model
@pytest.mark.parametrize(
    ("model_id", "kinds"),
    [
        ("plain", ["Conv2D", "ReLU", "MaxPooling2D"] + ["ReLU", "MaxPooling2D"] * 3),
        ("dropout", ["Conv2D", "ReLU", "MaxPooling2D"] + ["ReLU", "MaxPooling2D"] * 3),
        ("vgg", ["Conv2D"] + ["ReLU", "ReLU", "MaxPooling2D"] * 4),
    ],
)
def test_a_plain_network_shows_its_first_filters_then_activations_and_pooling(model_id, kinds):
    model = load_keras(SHIPPED_MODELS.card(model_id), SHIPPED_MODELS)
    assert [type(each).__name__ for each in shown_layers(model)] == kinds


def test_a_residual_block_shows_its_reweighted_maps_its_sum_and_its_output():
    model = residual_se(stem=4, widths=(8,), blocks=(1,), dropout=0.0)
    shown = shown_layers(model)
    kinds = [type(each).__name__ for each in shown]
    assert kinds[:2] == ["Conv2D", "ReLU"]
    assert sorted(kinds[2:]) == ["Add", "AveragePooling2D", "Conv2D", "Multiply", "ReLU", "ReLU"]
    assert all(each.output.shape[1] > 1 for each in shown)  # squeeze-excitation is no image
    assert last_maps(model, shown) is shown[-1]


def test_maps_that_only_one_head_sees_are_not_the_last_ones():
    pixels = keras.Input((8, 8, 1))
    shared = layers.ReLU(name="shared")(layers.Conv2D(2, 3, padding="same")(pixels))
    pooled = layers.MaxPooling2D()(shared)
    heads = {
        name: layers.GlobalAveragePooling2D(name=name)(layers.Conv2D(n, 1)(pooled))
        for name, n in (("label", 7), ("votes", 8))
    }
    model = keras.Model(pixels, heads)
    assert last_maps(model, shown_layers(model)).name == "shared"
