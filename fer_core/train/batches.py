"""Batches of one epoch: a thread draws, augments and standardises them ahead of the network.

Everything random comes from the seed and the epoch's number, so an epoch can be repeated.
"""

import contextlib
import queue
import threading
from collections.abc import Iterator
from typing import Final

import numpy as np

from fer_core.data.dataset import FaceDataset
from fer_core.expression.preprocess import standardise
from fer_core.train.augment import augment
from fer_core.train.recipes import Recipe
from fer_core.train.sampling import draw_by_odds, draw_epoch, drawing_odds
from fer_core.train.targets import Targets

_AHEAD: Final = 4  # batches kept ready


def epoch_batches(
    faces: FaceDataset, targets: Targets, recipe: Recipe, *, seed: int, epoch: int
) -> Iterator[tuple[np.ndarray, Targets]]:
    """Yield the prepared batches of one epoch: pixels `(b, side, side, 1)` float32, targets."""
    rng = np.random.default_rng([seed, epoch])
    n = n_batches(faces, recipe)
    if recipe.balances_votes:
        odds = drawing_odds(faces.label_ids, targets.votes, balance=recipe.balance)
        chosen = draw_by_odds(odds, n * recipe.batch_size, rng=rng)
    else:
        chosen = draw_epoch(faces.label_ids, balance=recipe.balance, rng=rng)
    return _ahead(
        _batch(faces, targets, recipe, picked, rng, side=recipe.side_at(epoch))
        for picked in np.array_split(chosen[: n * recipe.batch_size], n)
    )


def n_batches(faces: FaceDataset, recipe: Recipe) -> int:
    """Return the number of batches in an epoch; fewer faces than a batch make one small batch."""
    return max(1, len(faces) // recipe.batch_size)


def _batch(
    faces: FaceDataset,
    targets: Targets,
    recipe: Recipe,
    picked: np.ndarray,
    rng: np.random.Generator,
    *,
    side: int,
) -> tuple[np.ndarray, Targets]:
    """Return one batch; mixup is Zhang et al. 2018, arXiv 1710.09412, with alpha 0.4."""
    settings = recipe.augmentation
    pixels = standardise(augment(faces.pixels[picked], settings, rng, side=side))
    labels, votes = targets.labels[picked], targets.votes[picked]
    if rng.random() < settings.mixup_share:
        share, partner = np.float32(rng.beta(0.4, 0.4)), rng.permutation(len(picked))
        pixels = share * pixels + (1 - share) * pixels[partner]
    elif rng.random() < settings.cutmix_share:
        partner = rng.permutation(len(picked))
        pixels, share = _with_patches(pixels, pixels[partner], rng)
    else:
        return pixels, Targets(labels, votes)
    labels, votes = (share * part + (1 - share) * part[partner] for part in (labels, votes))
    return pixels, Targets(labels, votes)


def _with_patches(
    pixels: np.ndarray, others: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.float32]:
    """Return faces with one rectangle replaced by others, and the share of pixels that is kept.

    Source: CutMix, Yun et al. 2019, arXiv 1905.04899, with the share drawn uniformly.
    """
    side = pixels.shape[1]
    length = round(side * np.sqrt(rng.random()))
    top, left = rng.integers(0, side - length + 1, 2)
    patch = np.s_[:, top : top + length, left : left + length]
    mixed = pixels.copy()
    mixed[patch] = others[patch]
    return mixed, np.float32(1 - (length / side) ** 2)


def _ahead(
    batches: Iterator[tuple[np.ndarray, Targets]],
) -> Iterator[tuple[np.ndarray, Targets]]:
    """Yield batches that a thread prepares ahead. The thread ends if the reader stops early."""
    ready: queue.Queue[object] = queue.Queue(maxsize=_AHEAD)
    stopped = threading.Event()
    end = object()

    def put(item: object) -> None:
        while not stopped.is_set():
            with contextlib.suppress(queue.Full):
                ready.put(item, timeout=0.1)
                return

    def produce() -> None:  # runs in the thread; uses only `batches` and the queue
        try:
            for batch in batches:
                put(batch)
                if stopped.is_set():
                    return
            put(end)
        except Exception as error:  # noqa: BLE001  # the reader raises it
            put(error)

    threading.Thread(target=produce, name="batches", daemon=True).start()
    try:
        while (item := ready.get()) is not end:
            if isinstance(item, Exception):
                raise item
            yield item  # type: ignore[misc]
    finally:
        stopped.set()
