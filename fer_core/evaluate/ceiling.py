"""How well one person does: the bar that every score of a model is shown against."""

from typing import Final

HUMAN_AGREEMENT: Final = 0.70
"""Share of faces on which one tagger chose what most of nine others chose.

Source: FER+ (Barsoum et al. 2016, arXiv 1608.01041), each of the ten taggers of a face in turn
against the other nine.
"""

HUMAN_AGREEMENT_BY_LABEL: Final = {
    "angry": 0.68,
    "disgust": 0.19,
    "fear": 0.37,
    "happy": 0.90,
    "sad": 0.58,
    "surprise": 0.75,
    "neutral": 0.79,
}
"""The same by the one tagger's word: of the faces one person calls happy, how many do most others
call happy too? It is the counterpart of a model's precision."""
