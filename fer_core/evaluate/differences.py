"""Which groups of people differ beyond chance in what becomes of their photos."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final

from fer_core.evaluate.photo_scores import NO_FACE, PhotoScores
from fer_core.labels import VOTE_LABELS, WORDS
from fer_core.metrics.comparisons import Share, fisher_p_value, holm

SIGNIFICANCE: Final = 0.05
_DECIMALS: Final = 4
_WORDS: Final = {
    "found": "face found in",
    "read": "face read in",
    "said": "a word said for",
    "said_right": "the word said is right in",
    "accuracy": "the leading word is right in",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One group in which a share differs from that of all other groups beyond chance.

    Attributes:
        column: What the photos are grouped by.
        value: The group.
        what: Name of the share, as in `PhotoScores.intervals`.
        share: The share in the group.
        others: The share in all other groups together.
        p_value: Of Fisher's exact test, corrected by Holm's method for the number of comparisons.
    """

    column: str
    value: str
    what: str
    share: float
    others: float
    p_value: float

    def in_words(self) -> str:
        """Return the difference in words, with both shares.

        >>> Difference("age", "0-2", "found", 0.81, 0.95, 0.001).in_words()
        'age 0-2: face found in 81%, all others 95%'
        """
        what = share_in_words(self.what)
        return f"{self.column} {self.value}: {what} {self.share:.0%}, all others {self.others:.0%}"


def share_in_words(name: str) -> str:
    """Return the name of a share in words, as the start of a sentence that ends in its value.

    >>> share_in_words("fear"), share_in_words("turned away")
    ('afraid said for', 'turned away in')
    """
    return f"{WORDS[name]} said for" if name in WORDS else _WORDS.get(name, f"{name} in")


def compare_groups(
    groups: Mapping[str, Mapping[str, PhotoScores]],
) -> tuple[int, tuple[Difference, ...]]:
    """Return how many shares were compared, and which of them differ beyond chance.

    Each share of each group is compared with the same share of all other groups of the column
    together. A share that is 0 or 1 in all of them cannot differ and is not compared.
    """
    pairs = list(
        chain.from_iterable(_pairs(column, by_value) for column, by_value in groups.items())
    )
    p_values = holm([fisher_p_value(one, others) for *_, one, others in pairs])
    differences = [
        Difference(
            *(column, value, what),
            round(one.value, _DECIMALS),
            round(others.value, _DECIMALS),
            p_value,
        )
        for (column, value, what, one, others), p_value in zip(pairs, p_values, strict=True)
        if p_value < SIGNIFICANCE
    ]
    differences.sort(key=lambda each: each.p_value)
    return len(pairs), tuple(differences)


def _pairs(
    column: str, by_value: Mapping[str, PhotoScores]
) -> list[tuple[str, str, str, Share, Share]]:
    """Return column, value and name of each share, and the share in the group and in the others."""
    shares = {value: scores.shares() for value, scores in by_value.items()}
    names = dict.fromkeys(name for of_one in shares.values() for name in of_one if name != NO_FACE)
    # of two groups, each is all the others of the other one
    values = list(shares)[:1] if len(shares) == 2 else list(shares)
    pairs = []
    for name in names:
        counted = {value: _share(by_value[value], name) for value in shares}
        count = sum(share.count for share in counted.values())
        n = sum(share.n for share in counted.values())
        for value in values:
            one = counted[value]
            others = Share(count - one.count, n - one.n)
            if one.n and others.n and 0 < count < n:
                pairs.append((column, value, name, one, others))
    return pairs


def _share(scores: PhotoScores, name: str) -> Share:
    """Return a share by name; a reason or word that does not occur is a share of 0."""
    shares = scores.shares()
    absent = Share(0, scores.read if name in VOTE_LABELS else scores.n)
    return shares.get(name, absent)
