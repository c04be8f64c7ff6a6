"""The rule by which both heads of a finished model become the reading that people see."""

from dataclasses import replace
from typing import Final

import numpy as np

from fer_core.expression.reading import ReadingRule
from fer_core.release.temperature import HeadCalibration, VotedFaces, calibrate

# 3,840 rules of this form were compared with cue-6 on half of PublicTest and half of the subjects
# of a set of posed faces, at an accuracy of at least 0.8235 on people's majorities. Of the five
# that lead by the mean of three macro-F1 and by how often "afraid" is found, this one has the
# highest mean. docs/measurements.md has the other halves.
_LABEL_WEIGHT: Final = {"angry": 0.25, "disgust": 0.25, "fear": 0.4, "contempt": 0.0}
_OTHER_LABEL_WEIGHT: Final = 0.05
# readers need the first three most, and the votes head names them least
_SHARE_POWER: Final = {**dict.fromkeys(("angry", "disgust", "fear"), 0.5), "contempt": 0.0}
_OTHER_SHARE_POWER: Final = 0.35
_LEAST_SHARE: Final = 1e-3  # a rarer expression would be lifted without limit


def standard_rule(labels: tuple[str, ...], shares: np.ndarray) -> ReadingRule:
    """Return the rule of Cue's models, without a temperature.

    Args:
        labels: Labels of the votes head.
        shares: Mean share of people's votes that each gets in FER2013, `(n_labels,)`, above 0.
    """
    return ReadingRule(
        label_weight={label: _LABEL_WEIGHT.get(label, _OTHER_LABEL_WEIGHT) for label in labels},
        share_power={label: _SHARE_POWER.get(label, _OTHER_SHARE_POWER) for label in labels},
        shares={label: float(share) for label, share in zip(labels, shares, strict=True)},
    )


def fit_reading(
    heads: dict[str, np.ndarray],
    labels: dict[str, tuple[str, ...]],
    voted: VotedFaces,
) -> tuple[ReadingRule, HeadCalibration]:
    """Return the rule with its temperature, and the calibration of the reading against the votes.

    Args:
        heads: Calibrated probabilities by head, `(n_voted, n_classes)` each.
        labels: Labels of each head, in order.
        voted: The votes for the same faces.
    """
    shares = voted.shares[voted.is_fitted].mean(axis=0)
    rule = standard_rule(labels["votes"], np.maximum(shares, _LEAST_SHARE))
    fitted = calibrate(voted.targets_of(rule.scores(heads, labels)))
    return replace(rule, temperature=fitted.temperature), fitted
