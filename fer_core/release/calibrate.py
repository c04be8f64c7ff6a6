"""Calibration: temperatures and threshold, fitted on one half of a split and judged on the other.

Source: temperature scaling, Guo et al. 2017, arXiv 1706.04599. The leading label never changes.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.special import softmax

from fer_core.data.dataset import FaceDataset, stratified_order
from fer_core.data.votes import vote_shares, votes_at
from fer_core.evaluate.classification import Predictions
from fer_core.expression.card import Calibration, ModelCard
from fer_core.labels import FER2013_LABELS, VOTE_LABELS
from fer_core.metrics.curves import coverage_at
from fer_core.metrics.human import majority_ids
from fer_core.metrics.scores import calibration_error_of_shares

MIN_RIGHT: Final = 0.90
"""Share of the shown words that must be right. Users cannot tell which words are wrong, so at most
1 in 10 may be; "not sure" is the better answer for the others."""
THRESHOLDS: Final = tuple(round(0.40 + 0.01 * step, 2) for step in range(51))  # 0.40 to 0.90
"""Even if it is always right, a word that fewer than 4 in 10 people would use is not shown."""
_LOG_RANGE: Final = (-3.0, 3.0)  # temperatures of 0.05 to 20
_TINY: Final = 1e-12  # keeps the logarithm of a share of 0 finite
_SEED: Final = 0
_N_DRAWS: Final = 200  # of true answers; the standard error of the mean ECE is then 0.0003
_N_VOTERS: Final = 10  # annotators per face in FER+ (Barsoum et al. 2016, arXiv 1608.01041)
_METHOD: Final = (
    "Each head has one temperature: the one with the smallest cross-entropy (Guo et al. 2017, "
    "arXiv 1706.04599). The label head is fitted to the labels, the votes head to people's votes. "
    "The expected calibration error (ECE) has 15 bins. It compares the confidence of the label "
    "head with its accuracy, and that of the votes head with the share of people who chose its "
    "leading label. In cross-validation, each half of the faces is judged with the temperature of "
    "the other half. A perfectly calibrated model has an ECE above 0 too, because its errors on "
    "few faces scatter; its mean ECE on as many faces is given for comparison."
)


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


@dataclass(frozen=True, slots=True)
class Threshold:
    """Confidence from which a word is shown, and why, with its effect on the faces that judge."""

    min_confidence: float
    reason: str


def calibrate_card(
    card: ModelCard,
    logits: dict[str, np.ndarray],
    faces: FaceDataset,
    votes: np.ndarray | None,
    *,
    split: str,
) -> ModelCard:
    """Return the card with a temperature per head, a threshold, and how they were chosen.

    Args:
        card: The card of the model.
        logits: `(n, n_classes)` by head: output of the model for the faces.
        faces: The faces of a split that the model was not trained on.
        votes: FER+ votes of the whole file, or None to leave the votes head uncalibrated.
        split: Name of the split.

    Raises:
        DataError: The votes are not of this file.
    """
    heads = calibrate_heads(logits, faces, votes)
    temperature = {name: head.temperature for name, head in heads.items()}
    threshold = choose_threshold(logits, temperature, faces, votes)

    def by_head(measure: str) -> dict[str, float | None]:
        return {name: getattr(head, measure) for name, head in heads.items()}

    calibration = Calibration(
        method=_METHOD,
        fitted_on=f"{heads['label'].fitted_on:,} faces, one half of {split} stratified by label",
        judged_on=f"{heads['label'].judged_on:,} faces, the other half",
        ece_before=by_head("ece_before"),
        ece_after=by_head("ece_after"),
        chance_after=by_head("chance_after"),
        ece_crosswise=by_head("ece_crosswise"),
        chance_crosswise=by_head("chance_crosswise"),
    )
    return replace(
        card,
        temperature=temperature,
        min_confidence=threshold.min_confidence,
        details=replace(
            card.details, calibration=calibration, min_confidence_reason=threshold.reason
        ),
    )


def stratified_half(label_ids: np.ndarray) -> np.ndarray:
    """Return which faces are in the first half, bool `(n,)`; each label is split evenly.

    >>> int(stratified_half(np.array([0, 0, 1, 1, 1, 1])).sum())
    3
    """
    is_first = np.zeros(len(label_ids), dtype=bool)
    is_first[stratified_order(label_ids)[::2]] = True
    return is_first


def calibrate_heads(
    logits: dict[str, np.ndarray], faces: FaceDataset, votes: np.ndarray | None
) -> dict[str, HeadCalibration]:
    """Return the calibration of each head for which there are true answers.

    Args:
        logits: `(n, n_classes)` by head.
        faces: The faces that the logits are of.
        votes: FER+ votes of the whole file, or None.

    Raises:
        DataError: The votes are not of this file.
    """
    is_fitted = stratified_half(faces.label_ids)
    one_hot = np.eye(len(FER2013_LABELS))[faces.label_ids]
    heads = {"label": calibrate(HeadTargets(logits["label"], one_hot, is_fitted))}
    if votes is not None and "votes" in logits:
        shares = vote_shares(votes, faces.rows)
        has_votes = shares.sum(axis=1) > 0  # nobody could name the others
        heads["votes"] = calibrate(
            HeadTargets(
                logits["votes"][has_votes], shares[has_votes], is_fitted[has_votes], _N_VOTERS
            )
        )
    return heads


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


def choose_threshold(
    logits: dict[str, np.ndarray],
    temperature: dict[str, float],
    faces: FaceDataset,
    votes: np.ndarray | None,
) -> Threshold:
    """Return the threshold, chosen on the half of the faces that the temperatures are fitted on.

    A word is right if it is the majority of people's votes, or the label if there are no votes.

    Args:
        logits: `(n, n_classes)` by head.
        temperature: Divisor of the logits, by head.
        faces: The faces that the logits are of.
        votes: FER+ votes of the whole file, or None.

    Raises:
        DataError: The votes are not of this file.
    """
    probs = {name: softmax(logits[name] / divisor, axis=1) for name, divisor in temperature.items()}
    if votes is not None and "votes" in probs:
        truth = "the majority of people's votes"
        shown = Predictions(VOTE_LABELS, majority_ids(votes_at(votes, faces.rows)), probs["votes"])
    else:
        truth = "the label"
        shown = Predictions(FER2013_LABELS, faces.label_ids, probs["label"])
    is_known, is_first = shown.y_true >= 0, stratified_half(faces.label_ids)
    min_confidence = lowest_threshold(shown.select(is_known & is_first))
    judged = shown.select(is_known & ~is_first)
    return Threshold(min_confidence, _reason(judged, min_confidence, truth=truth))


def lowest_threshold(shown: Predictions) -> float:
    """Return the lowest of `THRESHOLDS` with `MIN_RIGHT` of the words right, else the highest."""
    for min_confidence in THRESHOLDS:
        point = coverage_at(shown.y_true, shown.probs, min_confidence=min_confidence)
        if point is not None and point.accuracy >= MIN_RIGHT:
            return min_confidence
    return THRESHOLDS[-1]


def _reason(judged: Predictions, min_confidence: float, *, truth: str) -> str:
    rule = (
        f"At least {MIN_RIGHT:.0%} of the shown words must agree with {truth}, because users "
        f"cannot tell which words are wrong. {min_confidence:.0%} is the lowest threshold from "
        f"{THRESHOLDS[0]:.0%} to {THRESHOLDS[-1]:.0%} that achieves this on one half of the faces "
        "(the highest if none does). "
    )
    point = coverage_at(judged.y_true, judged.probs, min_confidence=min_confidence)
    if point is None:
        return f"{rule}On the other half no face reaches it."
    always_right = (judged.probs.argmax(axis=1) == judged.y_true).mean()
    return (
        f"{rule}On the other half a word is shown for {point.coverage:.1%} of the faces, and "
        f"{point.accuracy:.1%} of these words are right. Without a threshold {always_right:.1%} "
        "would be right. Below the threshold the app shows 'not sure' and the two leading words."
    )


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
