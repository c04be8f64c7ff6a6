"""Temperature scaling: logits divided by one number, so that confidence means what it says.

Source: Guo et al. 2017, arXiv 1706.04599. The leading label never changes.
"""

from typing import Final

import numpy as np
from scipy.special import softmax

_LOG_RANGE: Final = (-3.0, 3.0)  # temperatures of 0.05 to 20
_TINY: Final = 1e-12  # keeps the logarithm of a share of 0 finite


def fit_temperature(logits: np.ndarray, targets: np.ndarray) -> float:
    """Return the temperature with the smallest cross-entropy; logits are to be divided by it.

    Args:
        logits: `(n, n_classes)`.
        targets: `(n, n_classes)` shares; one-hot for labels, people's votes for votes.

    Returns:
        A number from 0.05 to 20; 1.0 where there are no faces.

    >>> round(fit_temperature(np.array([[4.0, 0.0]]), np.array([[0.731, 0.269]])), 2)
    4.0
    """
    if not len(logits):
        return 1.0
    # here, not above: recognition needs none of it, and it takes a moment to load
    from scipy.optimize import minimize_scalar

    def loss(log_temperature: float) -> float:
        probs = softmax(logits / np.exp(log_temperature), axis=1).astype(np.float32)
        return float(-(targets * np.log(np.maximum(probs, _TINY))).sum(axis=1).mean())

    best = minimize_scalar(loss, bounds=_LOG_RANGE, method="bounded")
    return round(float(np.exp(best.x)), 4)
