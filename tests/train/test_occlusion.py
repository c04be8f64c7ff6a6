import hashlib

import numpy as np
import pytest

from fer_core.data.cleaning import clean
from fer_core.faces.occlusion import (
    OCCLUSION_CARD,
    OCCLUSION_FILE,
    OcclusionCard,
    OcclusionNetwork,
)
from fer_core.files import parse_json
from fer_core.train.occlusion import (
    FALSE_ALARMS,
    save_occlusion_network,
    train_occlusion_network,
)
from tests.synthetic import joined, noise_faces


@pytest.fixture(scope="module")
def data():
    return clean(joined(noise_faces(70), noise_faces(35, split="PublicTest", seed=1)))


def test_the_same_seed_trains_the_same_network_and_each_step_is_reported(data):
    shares = []
    first, second = (
        train_occlusion_network(data.train.pixels, n_epochs=2, on_progress=shares.append)
        for _ in range(2)
    )
    assert shares == [0.5, 1.0] * 2
    for weights, others in zip(first.get_weights(), second.get_weights(), strict=True):
        assert weights == pytest.approx(others, abs=1e-5)


@pytest.mark.slow
def test_a_saved_network_is_complete_and_its_card_holds_what_was_measured(data, tmp_path):
    network = train_occlusion_network(data.train.pixels, n_epochs=1)
    card = save_occlusion_network(tmp_path, network, data)
    assert sorted(path.name for path in tmp_path.iterdir()) == [OCCLUSION_CARD, OCCLUSION_FILE]
    assert parse_json((tmp_path / OCCLUSION_CARD).read_text(), OcclusionCard) == card
    assert card.sha256 == hashlib.sha256((tmp_path / OCCLUSION_FILE).read_bytes()).hexdigest()
    assert card.share_called_covered["as they are"] <= 2 * FALSE_ALARMS + 1 / 35
    pixels = data.validation.pixels[:8]
    expected = network.predict_on_batch(pixels[..., None].astype(np.float32))[:, 0]
    assert OcclusionNetwork(tmp_path).log_odds(pixels) == pytest.approx(expected, abs=5e-3)
