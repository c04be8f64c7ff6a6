"""What helps when a face is not read: one short sentence per cause."""

from collections.abc import Sequence
from typing import Final

from fer_core.faces.quality import (
    CUT_OFF,
    PARTLY_COVERED,
    TOO_BLURRED,
    TOO_BRIGHT,
    TOO_CLOSE,
    TOO_DARK,
    TOO_SMALL,
    TURNED_AWAY,
)

# A reason without a known cause has no entry: advice that does not fit sends people in circles.
_ADVICE: Final = {
    CUT_OFF: "Move into the middle of the picture.",
    TOO_CLOSE: "Move back a little.",
    TOO_SMALL: "Come closer.",
    TOO_DARK: "More light from the front helps.",
    TOO_BRIGHT: "Less light helps.",
    TOO_BLURRED: "Hold still, so that the picture is sharp.",
    TURNED_AWAY: "Turn towards the camera.",
    PARTLY_COVERED: "Keep eyes and mouth free.",
}


def advice_for(reasons: Sequence[str], *, is_photo: bool = False) -> str:
    """Return what helps, one sentence per known cause; empty if none is known.

    Args:
        reasons: Why a face is not read, as in `Face.reasons`.
        is_photo: Whether the face is in a photo that is taken already.

    >>> advice_for(("too small to read",))
    'Come closer.'
    >>> advice_for(("too small to read",), is_photo=True)
    'In another photo: come closer.'
    """
    sentences = [_ADVICE[reason] for reason in reasons if reason in _ADVICE]
    if not (sentences and is_photo):
        return " ".join(sentences)
    words = " ".join(sentences)
    return f"In another photo: {words[0].lower()}{words[1:]}"
