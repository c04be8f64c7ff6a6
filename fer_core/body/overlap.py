"""Which boxes are the same thing: non-maximum suppression, plain and weighted."""

import numpy as np

from fer_core.geometry import pairwise_iou


def suppress(xyxy: np.ndarray, scores: np.ndarray, *, min_iou: float) -> list[np.ndarray]:
    """Return the groups of boxes that show the same thing, the best box of each group first.

    The best box takes all boxes that overlap with it, then the best of the rest does.

    Args:
        xyxy: Boxes `(n, 4)`.
        scores: Their confidences `(n,)`. Of equal ones, the earlier box is better.
        min_iou: Smallest intersection over union of boxes of one thing.

    Returns:
        One array of indices per group, by falling score of the best box.

    >>> boxes = np.array([[0.0, 0, 10, 10], [20, 0, 30, 10], [1, 0, 11, 10]])
    >>> [group.tolist() for group in suppress(boxes, np.array([0.5, 0.8, 0.9]), min_iou=0.5)]
    [[2, 0], [1]]
    """
    order = np.argsort(-scores, kind="stable")
    overlaps = pairwise_iou(xyxy, xyxy)
    groups = []
    while len(order):
        is_same = overlaps[order[0], order] >= min_iou
        is_same[0] = True  # also a box without an area
        groups.append(order[is_same])
        order = order[~is_same]
    return groups
