from dataclasses import replace

import numpy as np
import pytest

from fer_core.data.dataset import NO_ROW
from fer_core.errors import DataError
from fer_core.explain import feature_map
from fer_core.explain.feature_map import ANSWERS, MODEL, XY, map_features, network_view
from fer_core.expression.model_folder import SHIPPED_MODELS
from fer_core.expression.preprocess import NORMALISATIONS
from fer_core.labels import FER2013_LABELS
from fer_core.train.recipes import RECIPES
from tests.synthetic import noise_faces

CARD = SHIPPED_MODELS.card("plain")


@pytest.fixture(scope="module")
def network():
    return RECIPES["plain"].build()


@pytest.fixture(scope="module")
def faces():
    """Return two groups of nearly equal faces, and a blank one."""
    made = noise_faces(120)
    made.pixels[:] = np.where(np.arange(120)[:, None, None] % 2, made.pixels[0], made.pixels[1])
    made.pixels[:, 0, 0] = np.arange(120)
    made.pixels[7] = 128
    return made


@pytest.mark.parametrize(
    ("recipe", "n_features"), [("plain", 256), ("vgg", 128), ("mini_xception", 128)]
)
def test_the_features_are_what_both_heads_see(recipe, n_features):
    view = network_view(RECIPES[recipe].build(), CARD, noise_faces(3).pixels)
    assert view.features.shape == (3, n_features)


@pytest.mark.slow
def test_faces_that_are_alike_for_the_network_are_neighbours(network, faces):
    shares = []
    numbers = map_features(network, CARD, faces, originals=faces, on_progress=shares.append)
    places = numbers.column(XY).astype(float)
    assert places.dtype.kind == "f"
    assert np.abs(places).max() == 1
    distances = np.linalg.norm(places[:, None] - places[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    same_group = numbers.rows % 2 == numbers.rows[distances.argmin(axis=1)] % 2
    assert same_group.mean() > 0.95
    assert numbers.values[MODEL].tolist() == ["plain"]
    assert numbers.column(ANSWERS).max() < len(FER2013_LABELS)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_both_axes_are_divided_by_one_number(network, faces, monkeypatch):
    found = np.tile([[3.0, -1.0], [-6.0, 2.0]], (60, 1))[: len(faces) - 1]
    monkeypatch.setattr(feature_map.TSNE, "fit_transform", lambda self, features: found.copy())
    places = map_features(network, CARD, faces, originals=faces).column(XY)
    assert places[:2].tolist() == [
        [0.5, pytest.approx(-1 / 6, abs=1e-3)],
        [-1.0, pytest.approx(1 / 3, abs=1e-3)],
    ]


def test_the_answers_are_those_of_the_label_head_in_the_order_of_the_data_set():
    network, pixels = RECIPES["plain"].build(), noise_faces(20).pixels
    logits = network.predict_on_batch(NORMALISATIONS[CARD.normalisation](pixels))["label"]
    given = logits.argmax(axis=1).tolist()
    assert network_view(network, CARD, pixels).answers.tolist() == given
    turned = replace(CARD, heads={**CARD.heads, "label": FER2013_LABELS[::-1]})
    answers = network_view(network, turned, pixels).answers
    assert answers.tolist() == [6 - label_id for label_id in given]
    assert answers.dtype == np.uint8


@pytest.mark.slow
def test_blank_faces_have_no_place(network, faces):
    numbers = map_features(network, CARD, faces, originals=faces)
    assert 7 not in numbers.rows
    assert len(numbers) == 119


def test_image_files_have_no_rows(network, faces):
    with pytest.raises(DataError, match="whose rows have numbers"):
        map_features(network, CARD, replace(faces, rows=np.full(120, NO_ROW)), originals=faces)
