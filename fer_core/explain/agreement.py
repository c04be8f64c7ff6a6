"""`agreement_of`: do two attributions of one face point at the same places?"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from fer_core.explain.results import METHOD_WORDS, Attribution

AGREE_FROM: Final = 0.6
PARTLY_FROM: Final = 0.3
"""Correlations from 0.6 and 0.3 on are commonly called strong and moderate; Akoglu 2018, "User's
guide to correlation coefficients", compares such scales."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two attributions agree.

    Attributes:
        rank_correlation: Spearman's, in `[-1, 1]`; None if one of the maps is flat.
        sentence: What that means, in plain words.
    """

    rank_correlation: float | None
    sentence: str


def agreement_of(one: Attribution, other: Attribution) -> Agreement:
    """Return Spearman's rank correlation of two maps over all pixels, and what it means.

    Args:
        one: A map of a face.
        other: A map of the same face and size, for the same label and head.

    Raises:
        ValueError: The maps are about different labels, heads or models, or differ in size.
    """
    if (one.model_id, one.head, one.label, one.heat.shape) != (
        other.model_id,
        other.head,
        other.label,
        other.heat.shape,
    ):
        raise ValueError("Expected two maps of one size, for the same model, head and label.")
    for each in (one, other):
        if np.ptp(each.heat) == 0:
            return Agreement(
                None,
                f"{METHOD_WORDS[each.method]} is flat: no place counts more than another, so the "
                "two maps cannot be compared.",
            )
    correlation = float(np.corrcoef(ranks(one.heat), ranks(other.heat))[0, 1])
    return Agreement(correlation, _sentence(correlation))


def ranks(values: np.ndarray) -> np.ndarray:
    """Return the rank of each value, from 1; equal values share the mean of their ranks, `(n,)`.

    SciPy has it too, but takes a second to import, in which no page and no video moves on.

    >>> ranks(np.array([5.0, 3.0, 5.0])).tolist()
    [2.5, 1.0, 2.5]
    """
    _, place, counts = np.unique(values.ravel(), return_inverse=True, return_counts=True)
    means = np.cumsum(counts) - (counts - 1) / 2
    return np.asarray(means[place])


def _sentence(correlation: float) -> str:
    if correlation >= AGREE_FROM:
        return "Both methods agree: they point at the same places of the face."
    if correlation >= PARTLY_FROM:
        return (
            "Both methods agree in part. Trust the places that both of them point at, "
            "and doubt the others."
        )
    return (
        "The methods disagree: they point at different places. For this face neither map is a "
        "reliable account of what the model looks at."
    )
