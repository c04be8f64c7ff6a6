import threading
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from fer_core.train.augment import UNCHANGED, Augmentation
from fer_core.train.batches import epoch_batches, n_batches
from fer_core.train.networks import plain
from fer_core.train.recipes import Recipe
from fer_core.train.sampling import draw_by_odds, draw_epoch, drawing_odds
from fer_core.train.targets import Targets, targets_of
from tests.synthetic import noise_faces

FACES = noise_faces(50)
TARGETS = targets_of(FACES, None, smoothing=0.0)


def recipe(**changes: object) -> Recipe:
    settings = {"build": partial(plain, widths=(4,)), "cycles": (2,), "batch_size": 8}
    return Recipe(summary="Small.", **{**settings, **changes})


def batches(seed: int = 0, epoch: int = 0, **changes: object) -> list[tuple[np.ndarray, Targets]]:
    return list(epoch_batches(FACES, TARGETS, recipe(**changes), seed=seed, epoch=epoch))


def test_an_epoch_consists_of_full_standardised_batches():
    parts = batches()
    assert len(parts) == n_batches(FACES, recipe()) == 6
    for pixels, targets in parts:
        assert pixels.shape == (8, 48, 48, 1)
        assert pixels.dtype == np.float32
        assert pixels.mean(axis=(1, 2, 3)) == pytest.approx(0, abs=1e-5)
        assert targets.labels.shape == (8, 7)
        assert not targets.votes.any()


def test_everything_random_depends_on_seed_and_epoch_alone():
    first, again = batches(seed=1, epoch=3), batches(seed=1, epoch=3)
    for (pixels, targets), (same_pixels, same_targets) in zip(first, again, strict=True):
        assert np.array_equal(pixels, same_pixels)
        assert np.array_equal(targets.labels, same_targets.labels)
    for other in (batches(seed=2, epoch=3), batches(seed=1, epoch=4)):
        assert not np.array_equal(first[0][0], other[0][0])


def test_early_epochs_can_have_smaller_faces():
    sizes = [
        batches(epoch=epoch, sides=(32, 40, 48), cycles=(6,))[0][0].shape[1] for epoch in range(7)
    ]
    assert sizes == [32, 32, 40, 40, 48, 48, 48]


def test_fewer_faces_than_a_batch_make_one_batch():
    few = noise_faces(5)
    targets = targets_of(few, None, smoothing=0.0)
    parts = list(epoch_batches(few, targets, recipe(balance=0.0), seed=0, epoch=0))
    assert [len(pixels) for pixels, _ in parts] == [5]


def test_mixup_blends_pairs_of_faces_and_their_targets_alike():
    settings = Augmentation(mixup_share=1.0)
    for _, targets in batches(augmentation=settings):
        assert targets.labels.sum(axis=1) == pytest.approx(1)
        assert ((targets.labels > 0).sum(axis=1) <= 2).all()
    mixed = np.concatenate([targets.labels for _, targets in batches(augmentation=settings)])
    assert ((mixed > 0) & (mixed < 1)).any()


def test_cutmix_swaps_a_patch_and_an_equal_share_of_the_targets():
    settings = replace(UNCHANGED, cutmix_share=1.0)
    for pixels, targets in batches(augmentation=settings):
        assert targets.labels.sum(axis=1) == pytest.approx(1)
        face, label = pixels[0], targets.labels[0]
        plain_faces = [part[0] for part in batches(augmentation=UNCHANGED)]
        own = max((face == other).mean() for part in plain_faces for other in part)
        assert any(abs(own - share) < 1e-3 for share in (label.max(), 1 - label.max(), 1.0))


def test_without_balance_every_face_is_drawn_once():
    label_ids = np.array([0] * 90 + [1] * 10)
    drawn = draw_epoch(label_ids, balance=0.0, rng=np.random.default_rng(0))
    assert sorted(drawn) == list(range(100))


def test_full_balance_draws_classes_equally_and_repeats_faces_evenly():
    label_ids = np.array([0] * 90 + [1] * 10)
    drawn = draw_epoch(label_ids, balance=1.0, rng=np.random.default_rng(0))
    assert np.bincount(label_ids[drawn]).tolist() == [50, 50]
    assert np.bincount(drawn)[90:].tolist() == [5] * 10
    assert np.bincount(drawn).max() == 5


def test_half_balance_draws_classes_by_the_square_root_of_their_counts():
    label_ids = np.array([0] * 900 + [1] * 100)  # roots 30 and 10
    drawn = draw_epoch(label_ids, balance=0.5, rng=np.random.default_rng(0))
    assert np.bincount(label_ids[drawn]).tolist() == [750, 250]


def test_an_error_in_the_preparing_thread_reaches_the_reader():
    short = Targets(TARGETS.labels[:3], TARGETS.votes[:3])
    with pytest.raises(IndexError):
        list(epoch_batches(FACES, short, recipe(), seed=0, epoch=0))


def test_the_preparing_thread_ends_when_the_reader_stops_early():
    running = epoch_batches(FACES, TARGETS, recipe(batch_size=2), seed=0, epoch=0)
    next(running)
    (thread,) = (thread for thread in threading.enumerate() if thread.name == "batches")
    running.close()
    thread.join(timeout=10)
    assert not thread.is_alive()


def test_rare_labels_and_rare_answers_have_higher_odds():
    label_ids = np.array([0] * 90 + [1] * 10)
    votes = np.tile([1.0, 0.0], (100, 1))
    votes[:5] = [0.0, 1.0]  # an answer that is rare among the faces of the frequent label
    odds = drawing_odds(label_ids, votes, balance=0.5)
    assert odds.mean() == pytest.approx(1.0)
    assert odds[0] > odds[50]
    assert odds[95] > odds[50]
    assert odds.max() <= 5 * 1.1


def test_a_face_without_votes_has_the_mean_odds_of_the_others():
    votes = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    odds = drawing_odds(np.zeros(5, int), votes, balance=1.0)
    assert odds[4] == pytest.approx(odds[:4].mean())
    assert odds[0] < odds[4] < odds[3]


def test_each_face_is_drawn_as_often_as_its_odds_say():
    odds = np.array([0.5] * 50 + [1.5] * 50)
    drawn = np.bincount(draw_by_odds(odds, 1000, rng=np.random.default_rng(0)), minlength=100)
    assert drawn[:50].tolist() == [5] * 50
    assert drawn[50:].tolist() == [15] * 50


def test_a_recipe_can_balance_votes_and_every_batch_stays_full():
    parts = batches(balances_votes=True, balance=0.5)
    assert [len(pixels) for pixels, _ in parts] == [8] * 6
