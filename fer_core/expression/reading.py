"""The reading that people see: one answer per face from both heads of a model.

The votes head says what ten people would say about a face of FER2013. A third of those answers are
"neutral", so it hardly ever names anger, disgust or fear. The label head names them more often. The
reading weighs both, and divides out part of the class shares, which nobody knows for a living room.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from scipy.special import softmax

_TINY: Final = 1e-9  # keeps the logarithm of a share of 0 finite


@dataclass(frozen=True, slots=True)
class ReadingRule:
    """How the answers of both heads become one.

    `log p = (w log label + (1 - w) log votes - k log share) / temperature` for each expression,
    then scaled so that all sum to 1. This is a weighted geometric mean of two opinions (Genest and
    Zidek 1986, doi 10.1214/ss/1177013825) with a correction of the class shares (Saerens et al.
    2002, doi 10.1162/089976602753284446).

    Attributes:
        label_weight: `w` of each expression, `[0, 1]`; 0 for one that the label head lacks.
        share_power: `k` of each expression, `[0, 1]`: 0 trusts the class shares of FER2013, 1
            takes all expressions as equally frequent.
        shares: Share of people's votes that each expression gets in FER2013, above 0.
        temperature: Divisor, fitted to people's votes; above 0.
    """

    label_weight: dict[str, float]
    share_power: dict[str, float]
    shares: dict[str, float]
    temperature: float = 1.0

    def __post_init__(self) -> None:
        if not self.label_weight.keys() == self.share_power.keys() == self.shares.keys():
            raise ValueError(f"Expected the same expressions in all parts, got {self}.")
        factors = (*self.label_weight.values(), *self.share_power.values())
        if not all(0 <= factor <= 1 for factor in factors):
            raise ValueError(f"Weights and powers lie in [0, 1], got {self}.")
        positive = (*self.shares.values(), self.temperature)
        if not all(0 < number < math.inf for number in positive):
            raise ValueError(f"Shares and temperature are above 0, got {self}.")

    def scores(
        self, heads: dict[str, np.ndarray], labels: dict[str, tuple[str, ...]]
    ) -> np.ndarray:
        """Return what the temperature divides: `(n, n_classes)` in the order of the votes head.

        Args:
            heads: Calibrated probabilities of the heads `label` and `votes`, `(n, n_classes)` each.
            labels: The labels of each head, in order.
        """
        words = labels["votes"]
        weight, prior, known, columns = _constants(
            *(
                tuple(part[word] for word in words)
                for part in (self.label_weight, self.share_power, self.shares)
            ),
            words,
            labels["label"],
        )
        log_votes = np.log(np.maximum(heads["votes"], _TINY))
        log_label = log_votes.copy()  # stands in where the label head has no such expression
        log_label[:, known] = np.log(np.maximum(heads["label"][:, columns], _TINY))
        mixed = weight * log_label + (1 - weight) * log_votes
        return np.asarray(mixed - prior, dtype=np.float32)

    def probs(self, heads: dict[str, np.ndarray], labels: dict[str, tuple[str, ...]]) -> np.ndarray:
        """Return the reading: float32 `(n, n_classes)`; arguments as for `scores`.

        >>> rule = ReadingRule(*({"happy": number, "sad": number} for number in (0.5, 0.0, 0.5)))
        >>> heads = {"label": np.array([[0.5, 0.5]]), "votes": np.array([[0.9, 0.1]])}
        >>> rule.probs(heads, dict.fromkeys(heads, ("happy", "sad"))).round(2).tolist()
        [[0.75, 0.25]]
        """
        return np.asarray(softmax(self.scores(heads, labels) / self.temperature, axis=1))


@lru_cache(maxsize=16)  # every face is read by the same few rules
def _constants(
    label_weight: tuple[float, ...],
    share_power: tuple[float, ...],
    shares: tuple[float, ...],
    words: tuple[str, ...],
    label_words: tuple[str, ...],
) -> tuple[np.ndarray, np.ndarray, list[int], list[int]]:
    """Return `w` and `k log share` of each word, and where the label head has the same words."""
    weight, power, share = (
        np.array(part, dtype=np.float32) for part in (label_weight, share_power, shares)
    )
    known = [index for index, word in enumerate(words) if word in label_words]
    columns = [label_words.index(words[index]) for index in known]
    return weight, power * np.log(share), known, columns
