from dataclasses import replace

import keras
import numpy as np
import pytest
from keras import layers

from fer_core.explain.gradcam import GradCam
from fer_core.explain.keras_file import load_keras
from fer_core.explain.layers import LayerView
from fer_core.expression.model_folder import SHIPPED_MODELS
from tests.explain.made_up import drawn_crop

PLACES = np.array([[1, -2], [3, 0]], np.float32)  # the only picture of the tiny network


def tiny_network(rest, label_weights):
    """Return a network on 2x2 pixels: the maps `relu(x)` and `relu(-x)`, `rest`, a linear head."""
    pixels = keras.Input((2, 2, 1))
    conv = layers.Conv2D(2, 1, use_bias=False)
    x = layers.ReLU()(conv(pixels))
    heads = {name: layers.Dense(n, name=name) for name, n in (("label", 7), ("votes", 8))}
    features = rest(x)
    model = keras.Model(pixels, {name: head(features) for name, head in heads.items()})
    conv.set_weights([np.array([1, -1], np.float32).reshape(1, 1, 1, 2)])
    weights, bias = heads["label"].get_weights()
    weights[:, 3] = label_weights
    heads["label"].set_weights([weights, bias + 5])
    return model


def view_of(model):
    return LayerView(model, replace(SHIPPED_MODELS.card("plain"), input_size=2))


def weighted_maps(model):
    return GradCam(view_of(model)).weighted_maps(PLACES[None, ..., None], head="label", index=3)


def test_grad_cam_of_averaged_maps_is_the_one_worked_by_hand():
    # A0 = [[1, 0], [3, 0]], A1 = [[0, 2], [0, 0]]; y = 2 mean(A0) - mean(A1), so each place of A0
    # raises y by 2/4, of A1 by -1/4: the mean gradients. Sum: 0.5 A0 - 0.25 A1.
    model = tiny_network(layers.GlobalAveragePooling2D(), [2, -1])
    np.testing.assert_allclose(weighted_maps(model), [[0.5, -0.5], [1.5, 0]], atol=1e-6)


def test_gradients_that_differ_between_places_are_averaged_before_they_weigh():
    # y = 4 A0[0,0] + 0 A0[0,1] + 2 A0[1,0] + 6 A0[1,1] - 8 A1[0,1]: means 3 and -2
    model = tiny_network(layers.Flatten(), [4, 0, 0, -8, 2, 0, 6, 0])
    np.testing.assert_allclose(weighted_maps(model), [[3, -4], [9, 0]], atol=1e-5)


def test_the_part_above_zero_is_the_rectified_map_of_the_paper():
    model = tiny_network(layers.GlobalAveragePooling2D(), [2, -1])
    rectified = np.maximum(weighted_maps(model), 0)
    np.testing.assert_allclose(rectified, [[0.5, 0], [1.5, 0]], atol=1e-6)


def test_the_heat_has_the_size_of_the_crop_and_its_largest_magnitude_is_1():
    model = tiny_network(layers.GlobalAveragePooling2D(), [2, -1])
    crop = np.array([[100, 10], [200, 50]], np.uint8)
    found = GradCam(view_of(model)).attribution(crop, head="label", label="happy")
    assert (found.method, found.head, found.label) == ("grad_cam", "label", "happy")
    assert found.heat.shape == (2, 2)
    assert np.abs(found.heat).max() == 1
    assert found.heat[1, 0] == 1  # the brightest pixel, which A0 answers to most


def test_a_network_that_does_not_look_has_a_flat_map():
    model = tiny_network(layers.GlobalAveragePooling2D(), [0, 0])
    crop = np.array([[100, 10], [200, 50]], np.uint8)
    found = GradCam(view_of(model)).attribution(crop, head="label", label="happy")
    assert not found.heat.any()


@pytest.mark.model
@pytest.mark.parametrize("model_id", [card.model_id for card in SHIPPED_MODELS.cards()])
def test_every_head_and_label_of_every_model_has_a_map(model_id):
    card = SHIPPED_MODELS.card(model_id)
    grad_cam = GradCam(LayerView(load_keras(card, SHIPPED_MODELS), card))
    heats = [
        grad_cam.attribution(drawn_crop(), head=head, label=label).heat
        for head, labels in card.heads.items()
        for label in labels
    ]
    assert {heat.shape for heat in heats} == {(48, 48)}
    assert len({heat.tobytes() for heat in heats}) == 15


def test_an_unknown_label_is_refused():
    grad_cam = GradCam(view_of(tiny_network(layers.Flatten(), [1] * 8)))
    with pytest.raises(ValueError, match="Expected a label of angry"):
        grad_cam.attribution(np.zeros((2, 2), np.uint8), head="label", label="contempt")
