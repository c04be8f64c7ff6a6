"""What is seen of a person's posture in one picture, in words: what a body does, not why.

`POSTURES` lists all postures: one entry is one posture.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final, NamedTuple

from fer_core.body import posture_rules as rules
from fer_core.body.joints import Joints
from fer_core.results import Person

MAX_OBSERVATIONS: Final = 2
"""What is said of one person: more than two cannot be read beside a picture."""

Rule = Callable[[Joints], bool | None]
"""From the joints of a person to yes, no, or None where it cannot be seen."""


class Posture(NamedTuple):
    """One posture: the words for it, and the rule that sees it.

    Attributes:
        words: What is said.
        is_shown: The rule.
        is_said: Whether people are shown the words. A rule that was measured and is wrong more than
            once in ten times is kept for measurements only.
    """

    words: str
    is_shown: Rule
    is_said: bool = True


POSTURES: Final = (
    Posture("arms crossed", rules.are_arms_crossed),
    Posture("hand at the face", rules.is_hand_at_face),
    Posture("hand raised", rules.is_hand_raised),
    Posture("arms open", rules.are_arms_open),
    Posture("head down", rules.is_head_down, is_said=False),
    Posture("head turned away", rules.is_head_turned_away),
    Posture("head tilted", rules.is_head_tilted),
    Posture("turned aside", rules.is_turned_aside),
    Posture("leaning forward", rules.is_leaning_forward),
    Posture("leaning back", rules.is_leaning_back),
    Posture("shoulders raised", rules.are_shoulders_raised),
    Posture("sitting", rules.is_sitting),
    Posture("standing", rules.is_standing),
    Posture("both hands visible", rules.are_both_hands_visible),
)
"""All postures, the most important first: arms, head, trunk, legs. What sets one person apart from
most others comes before what holds for nearly everybody."""


def check_postures(person: Person) -> dict[str, bool | None]:
    """Return the answer of each rule by its words, in the order of `POSTURES`.

    None stands for a posture whose landmarks are not visible enough.
    """
    joints = Joints.of(person)
    return {posture.words: posture.is_shown(joints) for posture in POSTURES}


def with_posture(person: Person) -> Person:
    """Return the person with the most important postures in words, at most two."""
    answers = check_postures(person)
    shown = [posture.words for posture in POSTURES if posture.is_said and answers[posture.words]]
    return replace(person, posture=tuple(shown[:MAX_OBSERVATIONS]))
