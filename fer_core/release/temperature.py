"""Temperatures of a model's heads, fitted on some faces and judged on others.

Source: temperature scaling, Guo et al. 2017, arXiv 1706.04599. The leading label never changes.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import softmax

from fer_core.metrics.scores import calibration_error_of_shares

_LOG_RANGE: Final = (-3.0, 3.0)  # temperatures of 0.05 to 20
_TINY: Final = 1e-12  # keeps the logarithm of a share of 0 finite
_SEED: Final = 0
_N_DRAWS: Final = 200  # of true answers; the standard error of the mean ECE is then 0.0003


@dataclass(frozen=True, slots=True, eq=False)
class HeadTargets:
    """Logits of one head, and the true answers.

    Attributes:
        logits: `(n, n_classes)`.
        targets: `(n, n_classes)` shares of answers; rows sum to 1.
        is_fitted: `(n,)` bool: whether a face is fitted on. The others judge.
        n_answers: People's answers behind each row of `targets`: 1 for a label.
    """

    logits: np.ndarray
    targets: np.ndarray
    is_fitted: np.ndarray
    n_answers: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class VotedFaces:
    """The faces of a split for which somebody voted.

    Attributes:
        has_votes: Which faces of the split these are, `(n,)` bool.
        shares: Their shares of votes, `(n_voted, n_classes)`; rows sum to 1.
        is_fitted: `(n_voted,)` bool: whether a face is fitted on. The others judge.
        n_voters: People who voted on each face.
    """

    has_votes: np.ndarray
    shares: np.ndarray
    is_fitted: np.ndarray
    n_voters: int

    def targets_of(self, logits: np.ndarray) -> HeadTargets:
        """Return logits `(n_voted, n_classes)` for these faces with the votes as true answers."""
        return HeadTargets(logits, self.shares, self.is_fitted, self.n_voters)


@dataclass(frozen=True, slots=True)
class HeadCalibration:
    """Calibration of one head; ECE stands for expected calibration error.

    Attributes:
        temperature: Divisor of the logits.
        fitted_on: Number of faces that chose it.
        judged_on: Number of the other faces.
        ece_before: ECE on the faces that judge, without the temperature; None if there are none.
        ece_after: The same with the temperature.
        ece_crosswise: ECE on all faces, each with the temperature of the other half.
        chance_after: Mean ECE of a perfectly calibrated model on the faces that judge.
        chance_crosswise: The same on all faces.
    """

    temperature: float
    fitted_on: int
    judged_on: int
    ece_before: float | None
    ece_after: float | None
    ece_crosswise: float | None
    chance_after: float | None
    chance_crosswise: float | None


def calibrate(head: HeadTargets) -> HeadCalibration:
    """Return the calibration of one head, fitted on some faces and judged on the others."""
    logits, targets, is_fitted = head.logits, head.targets, head.is_fitted
    temperature = fit_temperature(logits[is_fitted], targets[is_fitted])
    of_others = fit_temperature(logits[~is_fitted], targets[~is_fitted])
    temperatures = np.where(is_fitted, of_others, temperature)[:, None]
    crosswise = softmax(logits / temperatures, axis=1).astype(np.float32)
    before, after = softmax(logits[~is_fitted], axis=1), crosswise[~is_fitted]
    return HeadCalibration(
        temperature=temperature,
        fitted_on=int(is_fitted.sum()),
        judged_on=int((~is_fitted).sum()),
        ece_before=_ece(targets[~is_fitted], before),
        ece_after=_ece(targets[~is_fitted], after),
        ece_crosswise=_ece(targets, crosswise),
        chance_after=_ece_if_perfect(after, n_answers=head.n_answers),
        chance_crosswise=_ece_if_perfect(crosswise, n_answers=head.n_answers),
    )


def fit_temperature(logits: np.ndarray, targets: np.ndarray) -> float:
    """Return the divisor of the logits that has the smallest cross-entropy.

    Args:
        logits: `(n, n_classes)`.
        targets: `(n, n_classes)` shares; one-hot for labels, people's votes for votes.

    Returns:
        A number from 0.05 to 20; 1.0 if there are no faces.

    >>> round(fit_temperature(np.array([[4.0, 0.0]]), np.array([[0.731, 0.269]])), 2)
    4.0
    """
    if not len(logits):
        return 1.0
    from scipy.optimize import minimize_scalar  # takes a moment to load

    def loss(log_temperature: float) -> float:
        probs = softmax(logits / np.exp(log_temperature), axis=1).astype(np.float32)
        return float(-(targets * np.log(np.maximum(probs, _TINY))).sum(axis=1).mean())

    best = minimize_scalar(loss, bounds=_LOG_RANGE, method="bounded")
    return round(float(np.exp(best.x)), 4)


def _ece(targets: np.ndarray, probs: np.ndarray) -> float | None:
    return calibration_error_of_shares(targets, probs) if len(targets) else None


def _ece_if_perfect(probs: np.ndarray, *, n_answers: int) -> float | None:
    """Return the mean ECE of probabilities whose true answers are drawn from themselves.

    With few faces in a bin, their accuracy scatters around the confidence, so the ECE is above 0
    for any model (Nixon et al. 2019, arXiv 1904.01685).
    """
    if not len(probs):
        return None
    rng = np.random.default_rng(_SEED)
    exact = probs.astype(np.float64)
    exact /= exact.sum(axis=1, keepdims=True)
    draws = (rng.multinomial(n_answers, exact) / n_answers for _ in range(_N_DRAWS))
    return float(np.mean([calibration_error_of_shares(drawn, probs) for drawn in draws]))
