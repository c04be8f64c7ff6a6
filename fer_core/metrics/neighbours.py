"""Which classes lie apart on a map: the labels of each point's nearest neighbours."""

from typing import Final

import numpy as np

N_NEIGHBOURS: Final = 10


def neighbour_labels(
    xy: np.ndarray,
    label_ids: np.ndarray,
    *,
    n_labels: int,
    asked: np.ndarray | None = None,
    n_neighbours: int = N_NEIGHBOURS,
) -> np.ndarray:
    """Return the labels of the nearest neighbours as shares, by label: `(n_labels, n_labels)`.

    Args:
        xy: `(n, 2)` float, finite.
        label_ids: `(n,)` int, index of each point's label.
        n_labels: Number of labels.
        asked: `(n,)` bool: the points whose neighbours are counted; all if None.
        n_neighbours: Neighbours per point; fewer if there are fewer points.

    Returns:
        Row `i` is over the asked points with label `i`; column `j` is the share of their neighbours
        with label `j`. A label without such points has a row of zeros.

    >>> xy = np.array([[0.0, 0.0], [0.1, 0.0], [5.0, 5.0], [5.1, 5.0]])
    >>> neighbour_labels(xy, np.array([0, 0, 1, 1]), n_labels=2, n_neighbours=1).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    from scipy.spatial import cKDTree  # half a second to import, and only the map needs it

    shares = np.zeros((n_labels, n_labels))
    n_found = min(n_neighbours, len(xy) - 1)
    if n_found < 1:
        return shares
    xy = np.asarray(xy, dtype=np.float64)
    places = cKDTree(xy).query(xy, k=n_found + 1)[1]
    own = np.arange(len(xy))[:, None]
    is_own = places == own
    is_own[~is_own.any(axis=1), -1] = True  # among many points at one place, drop the last one
    labels = label_ids[places[~is_own].reshape(len(xy), n_found)]
    counted = np.ones(len(xy), dtype=bool) if asked is None else asked
    for label_id in range(n_labels):
        chosen = labels[counted & (label_ids == label_id)]
        if len(chosen):
            shares[label_id] = np.bincount(chosen.ravel(), minlength=n_labels) / chosen.size
    return shares
