"""Images that occur more than once: pixel by pixel, or nearly so, mirrored ones included.

Two images are near duplicates if their pixels, brought to the same mean and contrast, correlate by
at least `MIN_CORRELATION`: they show one photo, perhaps brighter, compressed, marked or mirrored.

All pairs are compared, without their number of pixels: the lowest frequencies of two images (DCT)
are never farther apart than the images themselves. So no pair is lost by comparing these first.
Source: lower bounds for nearest neighbours, Faloutsos et al. 1994, "Fast subsequence matching".
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from fer_core.data.dataset import image_keys, is_blank
from fer_core.progress import OnProgress, ignore

MIN_CORRELATION: Final = 0.95
"""Of 60 random pairs of FER2013 from 0.95 to 0.96, each shows one photo. Of 60 from 0.90 to 0.92,
about 12 show two people."""

MAX_PAIRS: Final = 1_000_000
"""Pairs that look alike at first sight. FER2013 has 6,000; the frames of one video would have the
square of their number."""

MAX_COMPARED: Final = 60_000  # the time grows with the square: 36,000 images take 10 s
_N_FREQUENCIES: Final = 8  # per axis
_BLOCK: Final = 512  # images compared with as many others at once: in the processor's cache
_PAIRS_AT_ONCE: Final = 8_192
_TINY: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Groups of images that are alike, each with its indices in ascending order.

    Attributes:
        exact: Groups whose pixels are equal. Blank images are left out.
        near: Groups of near duplicates with different pixels; exact copies are among them.
        is_compared: Whether near duplicates were looked for: not among over `MAX_COMPARED`, and
            not if more than `MAX_PAIRS` pairs look alike.
    """

    exact: tuple[tuple[int, ...], ...]
    near: tuple[tuple[int, ...], ...]
    is_compared: bool


def find_duplicates(pixels: np.ndarray, *, on_progress: OnProgress = ignore) -> Duplicates:
    """Return the groups of images that are alike.

    Args:
        pixels: `(n, side, side)` uint8, grey.
        on_progress: Called with the share of the pairs that are compared.
    """
    visible = np.flatnonzero(~is_blank(pixels))
    firsts, group_of = np.unique(
        image_keys(pixels[visible]), return_index=True, return_inverse=True
    )[1:]
    exact = _groups(visible, group_of)
    if len(firsts) > MAX_COMPARED:
        return Duplicates(exact, (), is_compared=False)
    pairs = _near_pairs(pixels[visible[firsts]], on_progress)
    if pairs is None:
        return Duplicates(exact, (), is_compared=False)
    near = _groups(visible, _merged(pairs, len(firsts))[group_of])
    only_near = [group for group in near if group not in set(exact)]
    on_progress(1.0)
    return Duplicates(exact, tuple(only_near), is_compared=True)


def _groups(members: np.ndarray, group_of: np.ndarray) -> tuple[tuple[int, ...], ...]:
    """Return the groups of at least two, by their first member."""
    order = np.argsort(group_of, kind="stable")
    ends = np.flatnonzero(np.diff(group_of[order])) + 1
    groups = [tuple(map(int, members[part])) for part in np.split(order, ends) if len(part) > 1]
    return tuple(sorted(groups))


def _merged(pairs: np.ndarray, n: int) -> np.ndarray:
    """Return a group number per image, `(n,)`: images that pairs connect have the same."""
    from scipy.sparse import coo_array  # takes a moment to load
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(pairs), dtype=bool), tuple(pairs.T)), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1])


def _near_pairs(pixels: np.ndarray, on_progress: OnProgress) -> np.ndarray | None:
    """Return the pairs of indices, `(n_pairs, 2)`, of images that correlate, as are or mirrored.

    None if there are more candidates than `MAX_PAIRS`.
    """
    even, odd = _frequencies(pixels)
    half_squares = ((even**2).sum(axis=1) + (odd**2).sum(axis=1)) / 2
    # |a - b|^2 = |a|^2 + |b|^2 - 2ab, which is 2 - 2r for standardised images: the two columns that
    # are added take the squares into the product
    ones = np.ones_like(half_squares)
    left = np.column_stack([even, -half_squares, ones])
    right = np.column_stack([even, ones, -half_squares]).T
    found = [np.zeros((0, 2), dtype=np.int64)]
    n, n_candidates = len(pixels), 0
    for start in range(0, n, _BLOCK):
        rows = slice(start, start + _BLOCK)
        near = []
        for column in range(start, n, _BLOCK):
            columns = slice(column, column + _BLOCK)
            # mirroring turns the sign of the odd frequencies: one sum serves both comparisons
            bounds = odd[rows] @ odd[columns].T
            np.abs(bounds, out=bounds)
            bounds += left[rows] @ right[:, columns]
            is_near = bounds >= MIN_CORRELATION - 1 - _TINY
            n_candidates += int(np.count_nonzero(is_near))
            if n_candidates > MAX_PAIRS:
                return None
            if is_near.any():
                near.append(np.argwhere(is_near) + np.array([start, column]))
        found.append(_confirmed(pixels, np.concatenate(near)))  # each image is near to itself
        on_progress(1 - (1 - min(start + _BLOCK, n) / n) ** 2)  # the table is a triangle
    return np.concatenate(found)


def _confirmed(pixels: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Return the pairs, each once, whose images correlate with all their pixels."""
    pairs = pairs[pairs[:, 0] < pairs[:, 1]]
    parts = (pairs[i : i + _PAIRS_AT_ONCE] for i in range(0, len(pairs), _PAIRS_AT_ONCE))
    masks = [_correlates(pixels[part[:, 0]], pixels[part[:, 1]]) for part in parts]
    keep = np.concatenate([np.zeros(0, dtype=bool), *masks])
    return np.asarray(pairs[keep])


def _frequencies(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest frequencies, of even and of odd symmetry from left to right: `(n, 32)`."""
    from scipy.fft import dct  # takes a moment to load

    side = pixels.shape[1]
    axis = dct(np.eye(side), norm="ortho", axis=0)[:_N_FREQUENCIES].astype(np.float32)
    is_odd = np.tile(np.arange(len(axis)) % 2 == 1, len(axis))
    basis = np.kron(axis, axis).T  # (side * side, 64)
    parts = [
        _standardised(pixels[start : start + _BLOCK]).reshape(-1, side * side) @ basis
        for start in range(0, len(pixels), _BLOCK)
    ]
    found = np.concatenate([np.zeros((0, len(is_odd)), np.float32), *parts])
    return found[:, ~is_odd], found[:, is_odd]


def _standardised(pixels: np.ndarray) -> np.ndarray:
    """Return images of mean 0 and length 1, `(n, side, side)` float32."""
    values = pixels.astype(np.float32)
    values -= values.mean(axis=(1, 2), keepdims=True)
    lengths = np.sqrt((values**2).sum(axis=(1, 2), keepdims=True))
    return np.asarray(values / np.maximum(lengths, _TINY))


def _correlates(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return a mask `(n,)` of the pairs of images that correlate, as they are or mirrored."""
    first, second = _standardised(one), _standardised(other)
    as_are = np.einsum("nij,nij->n", first, second)
    mirrored = np.einsum("nij,nij->n", first, second[:, :, ::-1])
    return np.asarray(np.maximum(as_are, mirrored) >= MIN_CORRELATION)
