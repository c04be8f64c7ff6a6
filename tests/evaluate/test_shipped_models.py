"""The answer of a shipped model depends on the face alone."""

import numpy as np
import pytest

from fer_core.expression.card import FLOAT_FILE, INT8_FILE
from fer_core.expression.model_folder import SHIPPED_MODELS
from fer_core.expression.recognizer import load_recognizer
from tests.synthetic import noise_faces

pytestmark = [pytest.mark.model, pytest.mark.slow]
SHIPPED = [
    (card.model_id, name) for card in SHIPPED_MODELS.cards() for name in (FLOAT_FILE, INT8_FILE)
]
FACES = noise_faces(70)  # more than are classified at once


@pytest.fixture(scope="module", params=SHIPPED, ids="-".join)
def recognizer(request):
    model_id, weights_file = request.param
    return load_recognizer(model_id, weights_file=weights_file)


def probs_of(recognizer, crops: np.ndarray) -> np.ndarray:
    return np.concatenate(
        [recognizer.predict_probs(crops, head=h) for h in recognizer.card.heads], 1
    )


def test_there_are_shipped_models():
    assert SHIPPED


def test_a_face_gets_the_same_answer_alone_and_in_a_batch(recognizer):
    alone = [probs_of(recognizer, FACES.pixels[index : index + 1]) for index in range(len(FACES))]
    assert np.concatenate(alone) == pytest.approx(probs_of(recognizer, FACES.pixels), abs=1e-5)


def test_the_order_of_faces_does_not_matter(recognizer):
    order = np.random.default_rng(0).permutation(len(FACES))
    shuffled = probs_of(recognizer, FACES.pixels[order])
    assert shuffled == pytest.approx(probs_of(recognizer, FACES.pixels)[order], abs=1e-5)


def test_the_other_faces_of_a_batch_do_not_matter(recognizer):
    """They would with attention across the batch."""
    others = noise_faces(70, seed=5)
    others.pixels[0] = FACES.pixels[0]
    here, there = (probs_of(recognizer, each.pixels)[0] for each in (FACES, others))
    assert here == pytest.approx(there, abs=1e-5)


def test_the_same_face_gets_the_same_answer_every_time(recognizer):
    first, second = (probs_of(recognizer, FACES.pixels) for _ in range(2))
    assert np.array_equal(first, second)
