"""Expression labels: their names and order, and their words for people.

`FER2013_LABELS` is the order of the digits in FER2013's `emotion` column (Goodfellow et al. 2013,
arXiv 1307.0414); FER+ (Barsoum et al. 2016, arXiv 1608.01041) adds contempt.
"""

from typing import Final

FER2013_LABELS: Final = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
FER2013_COUNTS: Final = (3995, 436, 4097, 7215, 4830, 3171, 4965)
"""Training faces of FER2013, in the order of its labels."""

VOTE_LABELS: Final = (*FER2013_LABELS, "contempt")

WORDS: Final = {
    "angry": "angry",
    "disgust": "disgusted",
    "fear": "afraid",
    "happy": "happy",
    "sad": "sad",
    "surprise": "surprised",
    "neutral": "neutral",
    "contempt": "scornful",
}
LABEL_OF_SPELLING: Final = {
    **{label: label for label in VOTE_LABELS},
    **{word: label for label, word in WORDS.items()},
    "anger": "angry",
    "fearful": "fear",
    "happiness": "happy",
    "sadness": "sad",
}
"""How the data sets in circulation spell the labels, in lower case."""

VALENCES: Final = ("negative", "neutral", "positive")
VALENCE_OF: Final = {
    "angry": "negative",
    "disgust": "negative",
    "fear": "negative",
    "happy": "positive",
    "sad": "negative",
    "neutral": "neutral",
}
"""The side of each expression. A surprise may be a good one or a bad one, so it has no side."""

NOT_SURE_WORD: Final = "not sure"


def people_in_ten(share: float) -> str:
    """Return a share of people as words: `"7 in 10"`.

    Args:
        share: Share of the people asked, in `[0, 1]`.

    Raises:
        ValueError: `share` is out of range.

    >>> people_in_ten(0.68), people_in_ten(0.02), people_in_ten(0.97)
    ('7 in 10', 'fewer than 1 in 10', 'nearly all')
    """
    if not 0.0 <= share <= 1.0:
        raise ValueError(f"A share lies between 0 and 1, got {share}.")
    if share >= 0.95:
        return "nearly all"
    count = int(share * 10 + 0.5)
    return f"{count} in 10" if count else "fewer than 1 in 10"
