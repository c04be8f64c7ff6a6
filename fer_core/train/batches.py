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
from fer_core.train.targets import Targets

_AHEAD: Final = 4  # batches kept ready
_MAX_ODDS: Final = 5.0  # a rarer face would be learned by heart


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


def draw_epoch(label_ids: np.ndarray, *, balance: float, rng: np.random.Generator) -> np.ndarray:
    """Return the faces of one epoch; rare classes are drawn more often than they occur.

    Args:
        label_ids: `(n,)` int.
        balance: 0 draws every face once; 1 draws all classes equally often.
        rng: Source of randomness.

    Returns:
        Shuffled indices, `n` of them up to rounding. No face repeats before all others of its
        class were drawn.
    """
    classes, counts = np.unique(label_ids, return_counts=True)
    wanted = counts ** (1 - balance)
    per_class = np.round(wanted / wanted.sum() * len(label_ids)).astype(int)
    drawn = []
    for label, count, n_wanted in zip(classes, counts, per_class, strict=True):
        members = np.flatnonzero(label_ids == label)
        rounds = [rng.permutation(members) for _ in range(-(-n_wanted // count))]
        drawn.append(np.concatenate(rounds)[:n_wanted])
    return rng.permutation(np.concatenate(drawn))


def drawing_odds(label_ids: np.ndarray, votes: np.ndarray, *, balance: float) -> np.ndarray:
    """Return how often each face should be drawn, `(n,)` with mean 1.

    A face counts half by its label and half by its votes. Rare ones count more, up to five times.

    Args:
        label_ids: `(n,)` int.
        votes: Shares of votes `(n, n_classes)`; a row of zeros counts as the mean of the others.
        balance: 0 draws all faces alike; 1 draws all labels and all answers equally often.

    >>> drawing_odds(np.array([0, 0, 0, 1]), np.zeros((4, 2)), balance=0.0).tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    by_label = (np.bincount(label_ids).clip(1) ** -balance)[label_ids]
    by_label = by_label / by_label.mean()
    by_votes = np.ones(len(label_ids))
    has_votes = votes.any(axis=1)
    if has_votes.any():
        shares = votes[has_votes].mean(axis=0)
        wanted = votes[has_votes] @ np.where(shares > 0, shares, 1.0) ** -balance
        by_votes[has_votes] = wanted / wanted.mean()
    odds = np.minimum((by_label + by_votes) / 2, _MAX_ODDS)
    return np.asarray(odds / odds.mean())


def draw_by_odds(odds: np.ndarray, n_drawn: int, *, rng: np.random.Generator) -> np.ndarray:
    """Return `n_drawn` shuffled indices of faces, each in proportion to its odds.

    The sampling is systematic: a face with odds 1 in an epoch of as many faces is drawn once.
    """
    order = rng.permutation(len(odds))
    edges = np.cumsum(odds[order]) / odds.sum() * n_drawn
    drawn = np.searchsorted(edges, np.arange(n_drawn) + rng.random())
    return rng.permutation(order[np.minimum(drawn, len(odds) - 1)])


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
