"""When a word is shown: one threshold per expression, chosen on half of a split.

Words differ in how often they are right: at the same confidence, "surprised" is right more often
than "afraid". So the thresholds are not equal; the chance that a word is right at its threshold is.
This is the rule that refuses fewest faces at a given share of right words (Chow 1970, doi
10.1109/TIT.1970.1054406). It is softened for rare words, which readers need most.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import expit, logit

from fer_core.evaluate.classification import Predictions
from fer_core.metrics.curves import ShownWords, shown_words
from fer_core.metrics.intervals import wilson_interval

MIN_RIGHT: Final = 0.91
"""Share of the shown words that must be right on the half that chooses. Users cannot tell which
words are wrong, so at most 1 in 10 may be; "not sure" is the better answer for the others. The
other half of PublicTest may lie a point lower by chance."""
MIN_SHOWN: Final = 0.77
"""Share of the faces for which a word should be shown on the half that chooses. The aim is 0.75;
the other half of PublicTest may lie two points lower by chance."""
THRESHOLDS: Final = tuple(round(0.40 + 0.01 * step, 2) for step in range(51))  # 0.40 to 0.90
"""Even if it is always right, a word that fewer than 4 in 10 people would use is not shown."""

_MOST_ABOVE: Final = 0.05
"""How far a word's threshold may lie above the common one. FER2013 holds few faces that most people
call afraid or disgusted, so these words are often wrong there; on posed faces they are not. Without
the limit, "afraid" would hardly ever be said."""
_CHANCES: Final = tuple(round(0.01 * step, 2) for step in range(1, 100))
_BALANCES: Final = tuple(round(0.05 * step, 2) for step in range(20, -1, -1))  # 1 to 0
_SPREAD: Final = 1.0
"""Standard deviation of the prior of each coefficient: a word's odds of being right are within
2.7 times those of the others unless its faces say otherwise. Half or twice as much changes no
threshold of cue-5 by more than 0.05."""
_LEAST_SHARE: Final = 1e-3  # a rarer expression would outweigh all others
_TINY: Final = 1e-6  # keeps the odds of a confidence of 1 finite


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Confidence from which each word is shown, and why.

    Attributes:
        common: For a word of which nothing is known.
        by_label: For each label.
        reason: Why they are what they are, with their effect on the faces that judge.
    """

    common: float
    by_label: dict[str, float]
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class _WordChance:
    """The chance that a word is right at its confidence: `odds = e^(bias + offset) * odds^slope`.

    Without evidence it is the confidence itself: slope 1, the others 0.
    """

    bias: float
    slope: float
    offsets: np.ndarray  # (n_labels,)

    def thresholds(self, chance: float) -> np.ndarray:
        """Return the confidence at which each word has this chance: `(n_labels + 1,)`.

        They are rounded up, at most `_MOST_ABOVE` over the last one, which is the common one, and
        kept in the range of `THRESHOLDS`.
        """
        offsets = np.append(self.offsets, 0.0)
        if self.slope <= 0:  # more confidence, fewer right words: only the surest may be shown
            return np.full(len(offsets), THRESHOLDS[-1])
        reached = expit((logit(chance) - self.bias - offsets) / self.slope)
        rounded = np.ceil(np.round(100 * reached, 6)) / 100
        limited = np.minimum(rounded, rounded[-1] + _MOST_ABOVE)
        return np.asarray(np.clip(limited, THRESHOLDS[0], THRESHOLDS[-1]))


@dataclass(frozen=True, slots=True, eq=False)
class _Choice:
    """Thresholds `(n_labels + 1,)`, the last one common, and the two numbers that gave them."""

    thresholds: np.ndarray
    chance: float
    balance: float


def choose_thresholds(shown: Predictions, is_first: np.ndarray, *, truth: str) -> Thresholds:
    """Return the thresholds, chosen on one half of the faces and judged on the other.

    Args:
        shown: What the app shows of each face and what is right, -1 where nobody knows.
        is_first: Which faces choose, `(n,)` bool.
        truth: What makes a word right, in words.
    """
    choice = _choose(shown.select(is_first))
    rounded = [round(float(threshold), 2) for threshold in choice.thresholds]
    reason = _reason(choice, shown.select(~is_first), truth=truth)
    return Thresholds(rounded[-1], dict(zip(shown.labels, rounded, strict=False)), reason)


def _choose(shown: Predictions) -> _Choice:
    """Return the choice of the faces: enough right words first, then enough words, then balance.

    Rare expressions weigh as much as enough words allow. If no balance gives enough words, all
    faces weigh the same. If no chance gives enough right words, the thresholds are the highest.
    """
    choice = _lowest(shown, balance=0.0)
    for balance in _BALANCES:
        balanced = _lowest(shown, balance=balance)
        if len(shown) and _words(shown, balanced).coverage >= MIN_SHOWN:
            return balanced
    return choice


def _lowest(shown: Predictions, *, balance: float) -> _Choice:
    """Return the lowest thresholds at one chance that give `MIN_RIGHT`, else the highest."""
    of_words = _fit(shown.select(shown.y_true >= 0), balance=balance)
    for chance in _CHANCES if len(shown) else ():
        choice = _Choice(of_words.thresholds(chance), chance, balance)
        accuracy = _words(shown, choice).accuracy
        if accuracy is not None and accuracy >= MIN_RIGHT:
            return choice
    highest = np.full(len(shown.labels) + 1, THRESHOLDS[-1])
    return _Choice(highest, _CHANCES[-1], balance)


def _fit(known: Predictions, *, balance: float) -> _WordChance:
    """Return the chances of the words, by logistic regression with an offset per label.

    Args:
        known: Faces whose truth is known.
        balance: A face weighs as the share of its true label to the power of minus this: 0 counts
            all faces alike, 1 all labels.
    """
    from scipy.optimize import minimize  # takes a moment to load

    n_labels = len(known.labels)
    leading, confidence = known.probs.argmax(axis=1), known.probs.max(axis=1).astype(np.float64)
    is_right = (leading == known.y_true).astype(np.float64)
    log_odds = logit(np.clip(confidence, _TINY, 1 - _TINY))
    shares = np.bincount(known.y_true, minlength=n_labels) / max(len(known), 1)
    weights = np.maximum(shares, _LEAST_SHARE)[known.y_true] ** -balance
    weights *= len(known) / max(weights.sum(), _TINY)
    prior = np.zeros(2 + n_labels)
    prior[1] = 1.0  # the slope

    def loss(coefficients: np.ndarray) -> tuple[float, np.ndarray]:
        bias, slope, offsets = coefficients[0], coefficients[1], coefficients[2:]
        scores = bias + slope * log_odds + offsets[leading]
        errors = weights * (expit(scores) - is_right)
        of_offsets = np.bincount(leading, weights=errors, minlength=n_labels)
        away = (coefficients - prior) / _SPREAD**2
        value = (weights * (np.logaddexp(0, scores) - is_right * scores)).sum()
        gradient = np.concatenate([[errors.sum(), (errors * log_odds).sum()], of_offsets]) + away
        return float(value + 0.5 * (away * (coefficients - prior)).sum()), gradient

    bias, slope, *offsets = minimize(loss, prior, jac=True, method="BFGS").x
    return _WordChance(float(bias), float(slope), np.array(offsets))


def _words(shown: Predictions, choice: _Choice) -> ShownWords:
    return shown_words(shown.y_true, shown.probs, min_confidences=choice.thresholds[:-1])


def _reason(choice: _Choice, judged: Predictions, *, truth: str) -> str:
    latest = min(choice.thresholds[-1] + _MOST_ABOVE, THRESHOLDS[-1])
    rule = (
        f"At least {MIN_RIGHT:.0%} of the shown words must be {truth}, because users cannot tell "
        "which words are wrong. Logistic regression on one half of the faces estimates how likely "
        "each word is right at its confidence. It has one slope and an offset per word, shrunk "
        "towards the confidence itself; rare expressions weigh more, by the power "
        f"{choice.balance:.2f} of their inverse share. Each word is shown from the confidence at "
        f"which this chance is {choice.chance:.0%}, but from {THRESHOLDS[0]:.0%} at the earliest "
        f"and from {latest:.0%} at the latest. This is the lowest chance with which enough of the "
        "words shown on that half are right (the highest if none is), and the largest weight of "
        f"rare expressions with which {MIN_SHOWN:.0%} of its faces get a word (none if no weight "
        "does). "
    )
    words = _words(judged, choice) if len(judged) else None
    if words is None or words.accuracy is None:
        return f"{rule}On the other half no word can be judged."
    low, high = wilson_interval(words.right, words.judged)
    return (
        f"{rule}On the other half a word is shown for {words.coverage:.1%} of the faces, and "
        f"{words.accuracy:.1%} of these words are right (95% interval {low:.1%} to {high:.1%}). "
        "Below its threshold the app shows 'not sure' and the two leading words."
    )
