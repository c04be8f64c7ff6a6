import time
from dataclasses import dataclass, field

import numpy as np
import pytest

from fer_core.explain.occlusion import occlusion_map, patch_side
from fer_core.expression.card import ModelCard
from fer_core.expression.model_folder import SHIPPED_MODELS
from fer_core.expression.recognizer import load_recognizer
from tests.explain.made_up import drawn_crop

WINDOW = (slice(8, 18), slice(30, 40))  # of the size of the square


@dataclass
class WindowRecognizer:
    """Says happy as far as one known square is white, and sad for the rest."""

    card: ModelCard = field(default_factory=lambda: SHIPPED_MODELS.card("plain"))
    largest_batch: int = 0

    def predict_probs(self, crops, *, head):
        self.largest_batch = max(self.largest_batch, len(crops))
        happy = crops[:, *WINDOW].mean(axis=(1, 2)) / 255
        probs = np.zeros((len(crops), len(self.card.heads[head])), np.float32)
        probs[:, 3], probs[:, 4] = happy, 1 - happy
        return probs


@pytest.fixture
def crop():
    crop = np.full((48, 48), 60, np.uint8)
    crop[WINDOW] = 255
    return crop


def occlude(crop, *, recognizer=None, label="happy", **options):
    return occlusion_map(
        recognizer or WindowRecognizer(), crop, head="label", label=label, **options
    )


def test_the_strongest_place_is_the_square_that_the_answer_depends_on(crop):
    heat = occlude(crop).heat
    row, column = np.unravel_index(heat.argmax(), heat.shape)
    assert abs(row - 12.5) <= 1.5
    assert abs(column - 34.5) <= 1.5
    assert heat.max() == 1


def test_a_place_that_changes_nothing_has_no_heat(crop):
    heat = occlude(crop).heat
    assert not heat[30:].any()
    assert not heat[:, :20].any()


def test_what_speaks_for_one_label_speaks_against_the_other(crop):
    np.testing.assert_allclose(occlude(crop, label="sad").heat, -occlude(crop).heat, atol=1e-6)


def test_the_corner_of_the_crop_is_tried_too(crop):
    class CornerRecognizer(WindowRecognizer):
        def predict_probs(self, crops, *, head):
            return super().predict_probs(np.roll(crops, (8, 30), axis=(1, 2)), head=head)

    heat = occlude(np.roll(crop, (-8, -30), axis=(0, 1)), recognizer=CornerRecognizer()).heat
    row, column = np.unravel_index(heat.argmax(), heat.shape)
    assert max(abs(row - 4.5), abs(column - 4.5)) <= 1.5
    assert heat[0, 0] > 0.2


def test_an_answer_that_never_changes_gives_a_flat_map():
    assert not occlude(np.full((48, 48), 60, np.uint8)).heat.any()


def test_progress_rises_to_1_and_batches_are_bounded(crop):
    recognizer, shares = WindowRecognizer(), []
    occlude(crop, recognizer=recognizer, on_progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert len(shares) >= 5
    assert recognizer.largest_batch <= 64


def test_what_the_progress_callback_raises_ends_the_work(crop):
    def leave(share):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        occlude(crop, on_progress=leave)


def test_the_crop_is_not_changed(crop):
    before = crop.copy()
    crop.setflags(write=False)
    occlude(crop)
    np.testing.assert_array_equal(crop, before)


@pytest.mark.parametrize("size", [1, 5, 48, 96])
def test_the_square_is_about_a_fifth_of_the_crop(size):
    assert 1 <= patch_side(size) <= max(size // 4, 1)


@pytest.mark.parametrize(
    ("crop", "label", "message"),
    [
        (np.zeros((48, 48), np.uint8), "contempt", "Expected a label of angry"),
        (np.zeros((40, 48), np.uint8), "happy", r"Expected a uint8 crop \(48, 48\)"),
        (np.zeros((48, 48)), "happy", "Expected a uint8 crop"),
    ],
)
def test_a_wrong_argument_is_refused(crop, label, message):
    with pytest.raises(ValueError, match=message):
        occlude(crop, label=label)


@pytest.mark.model
def test_the_map_of_the_default_model_takes_less_than_three_seconds():
    recognizer, took_s = load_recognizer(), []
    for _ in range(2):  # the first may share the processor with another test
        start = time.perf_counter()
        heat = occlusion_map(recognizer, drawn_crop(), head="votes", label="happy").heat
        took_s.append(time.perf_counter() - start)
    assert min(took_s) < 3
    assert np.abs(heat).max() == 1
