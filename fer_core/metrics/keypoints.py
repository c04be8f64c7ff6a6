"""Keypoints of people against annotated ones: similarity, matching, and the share that is right."""

from typing import Final

import numpy as np

COCO_SIGMAS: Final = np.array(
    [
        *(0.026, 0.025, 0.025, 0.035, 0.035, 0.079, 0.079, 0.072, 0.072),
        *(0.062, 0.062, 0.107, 0.107, 0.087, 0.087, 0.089, 0.089),
    ]
)
"""How far annotators differ per COCO keypoint, in square roots of the person's area. Source: the
keypoint evaluation on cocodataset.org."""

MIN_OKS: Final = 0.1
"""Similarity below which two bodies are not the same person. COCO counts hits from 0.5; a missed
person and one whose keypoints are mostly wrong must differ here."""


def oks(found: np.ndarray, annotated: np.ndarray, *, area: float) -> float:
    """Return the object keypoint similarity of two bodies, in `[0, 1]`.

    Args:
        found: `(17, 2)` pixels.
        annotated: `(17, 3)`: x, y, and a flag above 0 where the keypoint is annotated.
        area: Area of the annotated person in square pixels, above 0.

    Returns:
        The mean of `exp(-d^2 / (2 area (2 sigma)^2))` over the annotated keypoints; 0 if there are
        none.

    >>> body = np.ones((17, 3))
    >>> oks(body[:, :2], body, area=100.0)
    1.0
    """
    is_annotated = annotated[:, 2] > 0
    if not is_annotated.any():
        return 0.0
    squared = ((found - annotated[:, :2]) ** 2).sum(axis=1)
    similarity = np.exp(-squared / (2 * area * (2 * COCO_SIGMAS) ** 2))
    return float(similarity[is_annotated].mean())


def match_bodies(similarity: np.ndarray, *, least: float = MIN_OKS) -> list[tuple[int, int]]:
    """Return pairs of rows and columns, one to one, with the largest sum of similarities.

    Args:
        similarity: `(n_found, n_annotated)`, as from `oks`.
        least: Pairs below it are left out.

    >>> match_bodies(np.array([[0.9, 0.8], [0.7, 0.05]]))
    [(0, 1), (1, 0)]
    """
    from scipy.optimize import linear_sum_assignment  # here, not above: pages load this package

    rows, columns = linear_sum_assignment(-similarity)
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return [(row, column) for row, column in pairs if similarity[row, column] >= least]
