"""A model's confidence set right on one half of a split, and judged on the other."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import softmax

from fer_core.data.dataset import FaceDataset, stratified_order
from fer_core.data.votes import vote_shares
from fer_core.evaluate.classification import Predictions, classify_labels, classify_votes
from fer_core.expression.card import Calibration
from fer_core.expression.recognizer import ExpressionRecognizer
from fer_core.labels import FER2013_LABELS
from fer_core.metrics.curves import coverage_at
from fer_core.metrics.scores import calibration_error_of_shares
from fer_core.release.temperature import fit_temperature

MIN_RIGHT: Final = 0.90
"""Share of the words said that must be right. Who relies on the words cannot see which are wrong:
one in ten is the most that leaves them worth having, and "not sure" costs little beside it."""
THRESHOLDS: Final = tuple(round(0.40 + 0.01 * step, 2) for step in range(51))  # 0.40 to 0.90
"""A word that fewer than 4 in 10 people would use is not said, however often it is right."""
MEASURES: Final = (
    "ece_before", "ece_after", "chance_after", "ece_crosswise", "chance_crosswise",
)  # fmt: skip
"""Fields of `HeadCalibration` that the card keeps of each head."""
_SEED: Final = 0
_METHOD: Final = (
    "One temperature a head, with the smallest cross-entropy (Guo et al. 2017, arXiv 1706.04599): "
    "the label head's on the labels, the votes head's on people's votes. Expected calibration "
    "error in 15 bins: of the label head against how often it is right, of the votes head against "
    "the share of people who chose its leading label. Crosswise: every face judged by the "
    "temperature of the half that it is not in. By chance: what a model without any error would "
    "show on so few faces, on average, truths being drawn from its own answers."
)
_N_DRAWS: Final = 200  # of truths; the mean of their errors is known to 0.0003
_N_PEOPLE: Final = 10  # whose votes FER+ has of a face (Barsoum et al. 2016, arXiv 1608.01041)


@dataclass(frozen=True, slots=True, eq=False)
class HeadTargets:
    """One head's logits and what is true of each face.

    Attributes:
        logits: `(n, n_classes)`.
        targets: `(n, n_classes)` shares of answers; rows sum to 1.
        is_fitted: `(n,)` bool: which faces to fit on. The others judge.
        n_answers: People's answers behind each row of `targets`: 1 for a label.
    """

    logits: np.ndarray
    targets: np.ndarray
    is_fitted: np.ndarray
    n_answers: int = 1


@dataclass(frozen=True, slots=True)
class HeadCalibration:
    """How one head's confidence was set right.

    Attributes:
        temperature: What its logits are divided by.
        fitted_on: Faces that chose it.
        judged_on: The other faces.
        ece_before: Expected calibration error on the faces that judge, without the temperature;
            None where there are none.
        ece_after: The same with it.
        ece_crosswise: On all faces, each with the temperature of the half that it is not in.
        chance_after: What a model without error would show on average on the faces that judge.
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
    """From which share on a word is said, and why."""

    min_confidence: float
    reason: str


def stratified_half(label_ids: np.ndarray) -> np.ndarray:
    """Return which faces are in the first half, bool `(n,)`: every label's are split alike.

    >>> int(stratified_half(np.array([0, 0, 1, 1, 1, 1])).sum())
    3
    """
    is_first = np.zeros(len(label_ids), dtype=bool)
    is_first[stratified_order(label_ids)[::2]] = True
    return is_first


def calibrate_heads(
    recognizer: ExpressionRecognizer, faces: FaceDataset, votes: np.ndarray | None
) -> dict[str, HeadCalibration]:
    """Return a temperature for each head that there is truth for.

    Args:
        recognizer: The model; temperatures it already has are left out of account.
        faces: A split that was not trained on.
        votes: FER+ votes of the whole file, or None to leave the votes head alone.

    Raises:
        DataError: The votes are not of this file.
    """
    is_fitted = stratified_half(faces.label_ids)
    one_hot = np.eye(len(FER2013_LABELS))[faces.label_ids]
    logits = recognizer.predict_logits(faces.pixels, head="label")
    heads = {"label": calibrate(HeadTargets(logits, one_hot, is_fitted))}
    if votes is not None and "votes" in recognizer.card.heads:
        shares = vote_shares(votes, faces.rows)
        named = shares.sum(axis=1) > 0  # nobody could name the others
        logits = recognizer.predict_logits(faces.pixels[named], head="votes")
        heads["votes"] = calibrate(
            HeadTargets(logits, shares[named], is_fitted[named], n_answers=_N_PEOPLE)
        )
    return heads


def calibrate(head: HeadTargets) -> HeadCalibration:
    """Return the temperature of one head, fitted on some faces and judged on the others."""
    logits, targets, is_fitted = head.logits, head.targets, head.is_fitted
    temperature = fit_temperature(logits[is_fitted], targets[is_fitted])
    others = fit_temperature(logits[~is_fitted], targets[~is_fitted])
    temperatures = np.where(is_fitted, others, temperature)[:, None]
    crosswise = softmax(logits / temperatures, axis=1).astype(np.float32)
    before, after = softmax(logits[~is_fitted], axis=1), crosswise[~is_fitted]
    return HeadCalibration(
        temperature=temperature,
        fitted_on=int(is_fitted.sum()),
        judged_on=int((~is_fitted).sum()),
        ece_before=_error(targets[~is_fitted], before),
        ece_after=_error(targets[~is_fitted], after),
        ece_crosswise=_error(targets, crosswise),
        chance_after=_error_by_chance(after, n_answers=head.n_answers),
        chance_crosswise=_error_by_chance(crosswise, n_answers=head.n_answers),
    )


def details_of(heads: dict[str, HeadCalibration], *, split: str) -> Calibration:
    """Return what the card says of the calibration."""

    def by_head(name: str) -> dict[str, float | None]:
        return {head: getattr(calibration, name) for head, calibration in heads.items()}

    label = heads["label"]
    return Calibration(
        method=_METHOD,
        fitted_on=f"{label.fitted_on:,} faces, one half of {split}, each label in proportion",
        judged_on=f"{label.judged_on:,} faces, the other half",
        **{name: by_head(name) for name in MEASURES},
    )


def choose_threshold(
    recognizer: ExpressionRecognizer, faces: FaceDataset, votes: np.ndarray | None
) -> Threshold:
    """Return the lowest of `THRESHOLDS` at which `MIN_RIGHT` of the words said are right.

    It is chosen on the half that the temperatures were fitted on; the reason names what it does on
    the other half. Right is what the majority of people says, or the label where there are no
    votes. Where no threshold will do, it is the highest.

    Args:
        recognizer: The calibrated model.
        faces: A split that was not trained on.
        votes: FER+ votes of the whole file, or None.
    """
    is_first = stratified_half(faces.label_ids)
    chosen_on = _shown(recognizer, faces.select(is_first), votes)
    judged_on = _shown(recognizer, faces.select(~is_first), votes)
    min_confidence = lowest_threshold(chosen_on)
    truth = "what most people say" if chosen_on.labels != FER2013_LABELS else "the label"
    rule = (
        f"The lowest share from {THRESHOLDS[0]:.2f} to {THRESHOLDS[-1]:.2f} at which at least "
        f"{MIN_RIGHT:.0%} of the words said are {truth}, chosen on one half of the faces: who "
        "relies on the words cannot see which are wrong. "
    )
    point = coverage_at(judged_on.y_true, judged_on.probs, min_confidence=min_confidence)
    found = (
        "On the other half no face reaches it."
        if point is None
        else f"On the other half a word is said for {point.coverage:.1%} of faces and is right for "
        f"{point.accuracy:.1%} of them; said for every face it would be right for "
        f"{(judged_on.probs.argmax(axis=1) == judged_on.y_true).mean():.1%}. Below it the answer "
        "is 'not sure' with the two leading words."
    )
    return Threshold(min_confidence, rule + found)


def lowest_threshold(read: Predictions) -> float:
    """Return the lowest of `THRESHOLDS` from which on enough is right, else the highest."""
    for min_confidence in THRESHOLDS:
        point = coverage_at(read.y_true, read.probs, min_confidence=min_confidence)
        if point is not None and point.accuracy >= MIN_RIGHT:
            return min_confidence
    return THRESHOLDS[-1]


def _shown(
    recognizer: ExpressionRecognizer, faces: FaceDataset, votes: np.ndarray | None
) -> Predictions:
    """Return what the app would say, beside the truth."""
    read = None if votes is None else classify_votes(recognizer, faces, votes)
    return classify_labels(recognizer, faces) if read is None else read


def _error(targets: np.ndarray, probs: np.ndarray) -> float | None:
    return calibration_error_of_shares(targets, probs) if len(targets) else None


def _error_by_chance(probs: np.ndarray, *, n_answers: int) -> float | None:
    """Return the mean error of `probs` themselves, were the truth drawn from them.

    With few faces in a bin the shares of the right scatter about the confidence, and the error
    adds up what they scatter: it is above 0 for any model (Nixon et al. 2019, arXiv 1904.01685).
    """
    if not len(probs):
        return None
    rng = np.random.default_rng(_SEED)
    sure = probs.astype(np.float64)
    sure /= sure.sum(axis=1, keepdims=True)
    draws = (rng.multinomial(n_answers, sure) / n_answers for _ in range(_N_DRAWS))
    return float(np.mean([calibration_error_of_shares(drawn, probs) for drawn in draws]))
