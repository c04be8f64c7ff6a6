"""Whether numbers of a face and a body point to the positive or the negative side."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class ValenceModel:
    """Logistic regression on transformed numbers; made by `train.valence`.

    Attributes:
        columns: Names of the numbers.
        exponents: The Yeo-Johnson exponent of each number.
        means: Mean of each transformed number over the training samples.
        scales: Its standard deviation there, above 0.
        weights: What one standard deviation adds to the logarithm of the odds of positive.
        bias: The logarithm of the odds at the means.
    """

    columns: tuple[str, ...]
    exponents: tuple[float, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float

    def __post_init__(self) -> None:
        parts = (self.exponents, self.means, self.scales, self.weights)
        if not self.columns or any(len(part) != len(self.columns) for part in parts):
            raise ValueError(f"expected numbers for each of {len(self.columns)} columns")
        if not np.isfinite([*np.concatenate(parts), self.bias]).all() or min(self.scales) <= 0:
            raise ValueError("expected finite numbers and scales above 0")

    def probability(self, values: np.ndarray) -> np.ndarray:
        """Return the probability of the positive side, `(n,)` float64.

        Args:
            values: `(n, n_columns)`, finite, in the order of `columns`.

        Raises:
            ValueError: The array has another width.
        """
        if values.ndim != 2 or values.shape[1] != len(self.columns):
            raise ValueError(f"expected (n, {len(self.columns)}) values, got {values.shape}.")
        shaped = yeo_johnson(values.astype(np.float64), np.array(self.exponents))
        scores = (shaped - self.means) / self.scales @ np.array(self.weights) + self.bias
        probs: np.ndarray = 1.0 / (1.0 + np.exp(-np.clip(scores, -500, 500)))
        return probs

    def importances(self) -> Mapping[str, float]:
        """Return the weights by column, the one that moves the answer most first."""
        order = np.argsort(-np.abs(self.weights), kind="stable")
        return {self.columns[index]: self.weights[index] for index in order}


def yeo_johnson(values: np.ndarray, exponents: np.ndarray) -> np.ndarray:
    """Return numbers with long tails drawn in: each column by its exponent.

    Args:
        values: `(n, n_columns)` float64.
        exponents: `(n_columns,)` float64; 1 changes nothing.

    Source: Yeo and Johnson 2000, Biometrika 87, 954-959, equation 1.

    >>> yeo_johnson(np.array([[3.0, -3.0, 3.0]]), np.array([1.0, 1.0, 0.0])).round(3).tolist()
    [[3.0, -3.0, 1.386]]
    """
    upper, lower = np.log1p(np.maximum(values, 0)), np.log1p(np.maximum(-values, 0))
    shaped: np.ndarray = _power(upper, exponents) - _power(lower, 2.0 - exponents)
    return shaped


def _power(logarithms: np.ndarray, exponents: np.ndarray) -> np.ndarray:
    """Return `(exp(log)^exponent - 1) / exponent`, which is the logarithm itself at 0."""
    is_zero = np.abs(exponents) < 1e-12
    safe = np.where(is_zero, 1.0, exponents)
    powers: np.ndarray = np.where(is_zero, logarithms, np.expm1(logarithms * safe) / safe)
    return powers
