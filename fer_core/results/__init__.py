"""Results: a `FrameResult` holds the `Face`s and the people of one frame.

All are frozen and valid once built, so threads may share them. Their `repr` reads like a
sentence, and `to_dict` gives the JSON of `cue analyze`.
"""

from fer_core.results.box import Box
from fer_core.results.face import NOT_READ_WORDS, Expression, Face, word_of
from fer_core.results.frame import FrameResult
from fer_core.results.person import Person

__all__ = ["NOT_READ_WORDS", "Box", "Expression", "Face", "FrameResult", "Person", "word_of"]
