import hashlib
import json

import numpy as np
import pytest

from fer_core.data.cleaning import clean
from fer_core.faces.occlusion import OCCLUSION_CARD, OCCLUSION_FILE, OcclusionNetwork
from fer_core.train.occlusion import FALSE_ALARMS, save_occlusion_network, train_occlusion_network
from tests.synthetic import joined, noise_faces


@pytest.fixture(scope="module")
def data():
    return clean(joined(noise_faces(70), noise_faces(35, split="PublicTest", seed=1)))


def test_the_same_seed_trains_the_same_network_and_each_step_is_told(data):
    steps = []
    first, second = (
        train_occlusion_network(
            data.train.pixels, n_epochs=2, on_step=lambda *step: steps.append(step)
        )
        for _ in range(2)
    )
    assert steps == [(1, 2), (2, 2)] * 2
    for weights, others in zip(first.get_weights(), second.get_weights(), strict=True):
        assert weights == pytest.approx(others, abs=1e-5)


def test_a_saved_network_is_whole_and_its_card_says_what_it_catches(data, tmp_path):
    network = train_occlusion_network(data.train.pixels, n_epochs=1)
    card = save_occlusion_network(tmp_path, network, data)
    assert sorted(path.name for path in tmp_path.iterdir()) == [OCCLUSION_CARD, OCCLUSION_FILE]
    assert card == json.loads((tmp_path / OCCLUSION_CARD).read_text())
    assert card["sha256"] == hashlib.sha256((tmp_path / OCCLUSION_FILE).read_bytes()).hexdigest()
    assert card["share_called_covered"]["clear"] <= 2 * FALSE_ALARMS + 1 / 35
    pixels = data.validation.pixels[:8]
    expected = network.predict_on_batch(pixels[..., None].astype(np.float32))[:, 0]
    assert OcclusionNetwork(tmp_path).log_odds(pixels) == pytest.approx(expected, abs=5e-3)
