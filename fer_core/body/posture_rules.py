"""The rules for postures: what can be seen of a body in one picture.

Each rule looks at one person's joints and answers yes, no, or None where the landmarks that it
needs are not visible enough. Lengths are in torsos.

Five rules were measured on labelled pictures (`docs/measurements.md`): standing, turned aside, head
turned away, head down, both hands visible. Their thresholds were chosen on every second sample. The
other rules were not measured: their thresholds come from the proportions of a body and from where
the joints of the people in these pictures lie, without labels.
"""

from collections.abc import Callable
from typing import Final

from fer_core.body.joints import SIDES, Joints, of_side
from fer_core.body.skeleton import EYES, HIPS, SHOULDERS, BodyPoint

MAX_FACING_DEG: Final = 45.0
"""Turn of the shoulders up to which the picture shows what is left and right of the chest. Beyond
it the shoulders lie nearer to one another in the picture than in depth."""

MIN_CROSSED: Final = 0.1
"""Each wrist lies so far beyond the breastbone. Hands that are folded or touch stay within a hand's
half width, 0.08 torsos."""

MIN_OPEN: Final = 0.9
"""Each wrist lies so far outside the breastbone. Hanging arms end at about 0.5, an arm that is
stretched aside reaches 1.4."""

MAX_HAND_TO_NOSE: Final = 0.25
"""A face is about 0.45 high, so a hand whose centre is so near to the nose lies on the face or at
its edge."""

MIN_RAISED: Final = 0.3
"""A raised hand's wrist lies so far above its shoulder: at the height of the chin or higher."""

MIN_TILT_DEG: Final = 15.0
"""Slope of the line through the eyes. It stays below 10 degrees in people who face the camera and
do not move."""

MIN_HEAD_DOWN_DEG: Final = 37.0
"""Slope from the ears down to the nose. On half of the labelled samples heads that are not down
reach 30. Two of four that are down begin at 44, midway is 37; the other two look like the rest."""

MIN_HEAD_TURN_DEG: Final = 30.0
"""Turn of the ears. On half of the labelled samples faces that show both cheeks reach 13 and
profiles begin at 53, but for two people behind a book or their arms; midway is 33."""

MIN_TURN_DEG: Final = 60.0
"""Turn of the shoulders. On half of the labelled samples chests that face the camera reach 21 and
those from the side or from behind begin at 106, but for the same two people; midway is 63."""

MAX_EAR_HEIGHT: Final = 0.2
"""Raised shoulders come so near to the ears. At rest it is 0.35 to 0.5, and 0.25 from above."""

MIN_LEAN_FORWARD_DEG: Final = 40.0
"""World points show upright people as leaning forward by up to 26 degrees."""

MIN_LEAN_BACK_DEG: Final = 25.0
"""World points show upright people as leaning back by up to 8 degrees, a cut-off body by 20."""

MAX_LEAN_DEG: Final = 75.0
"""A trunk further from upright lies, or the network has not understood the body."""

MAX_STANDING_THIGH_DEG: Final = 40.0
"""Mean angle of the thighs to the vertical. On half of the labelled samples it reaches 35 in people
who stand, also with a wide stride, and begins at 45 in those who do not; midway is 40."""

MIN_THIGHS_SEEN: Final = 0.2
"""So much of the person is seen below the hips; a thigh is 0.7 to 0.8 long. Where the person ends
at the hips or above, the network guesses how the trunk leans, and legs below it that stand."""

MIN_SITTING_THIGH_DEG: Final = 60.0
"""Mean angle of the thighs to the vertical: nearer to level than to upright."""

MAX_SITTING_THIGH_DEG: Final = 110.0
"""Somebody whose knees lie further above the hips squats, jumps or lies."""

MIN_SITTING_KNEE_DEG: Final = 60.0
"""Mean angle of the knees: a body that squats or kneels folds them further."""

MAX_SITTING_LEAN_DEG: Final = 50.0
"""A trunk that leans further does not sit: the body lies or bends over."""

_EARS: Final = (BodyPoint.LEFT_EAR, BodyPoint.RIGHT_EAR)
_KNEES: Final = (BodyPoint.LEFT_KNEE, BodyPoint.RIGHT_KNEE)
_ANKLES: Final = (BodyPoint.LEFT_ANKLE, BodyPoint.RIGHT_ANKLE)
_WRISTS: Final = (BodyPoint.LEFT_WRIST, BodyPoint.RIGHT_WRIST)


def are_arms_crossed(joints: Joints) -> bool | None:
    """Return whether each wrist lies on the other side of the chest, between shoulders and hips."""
    if not _sees_arms_from_the_front(joints):
        return None
    top, bottom = joints.middle(SHOULDERS)[1], joints.middle(HIPS)[1]
    wrists = {side: joints.points[of_side(side, "WRIST")[0]] for side in SIDES}
    return all(
        joints.outwards(side, wrist) <= -MIN_CROSSED and top <= wrist[1] <= bottom
        for side, wrist in wrists.items()
    )


def are_arms_open(joints: Joints) -> bool | None:
    """Return whether both wrists lie far outside the trunk, neither of them raised."""
    if not _sees_arms_from_the_front(joints):
        return None
    return all(
        joints.outwards(side, joints.points[of_side(side, "WRIST")[0]]) >= MIN_OPEN
        and not _is_raised(joints, side)
        for side in SIDES
    )


def is_hand_at_face(joints: Joints) -> bool | None:
    """Return whether a visible hand lies on the face or touches it."""
    if not joints.sees([BodyPoint.NOSE, *SHOULDERS]):
        return None
    return _any_hand(joints, _is_at_face)


def is_hand_raised(joints: Joints) -> bool | None:
    """Return whether a visible hand is as high as the chin or higher, and not at the face."""
    if not joints.sees([BodyPoint.NOSE, *SHOULDERS]):
        return None
    return _any_hand(
        joints, lambda joints, side: _is_raised(joints, side) and not _is_at_face(joints, side)
    )


def are_both_hands_visible(joints: Joints) -> bool | None:
    """Return whether wrist and fingers of both hands can be seen. Measured."""
    return all(joints.sees_hand(side) for side in SIDES)


def is_head_down(joints: Joints) -> bool | None:
    """Return whether the nose lies far below the ears in depth. Measured."""
    if not joints.sees([BodyPoint.NOSE, *_EARS]):
        return None
    return joints.head_pitch_deg >= MIN_HEAD_DOWN_DEG


def is_head_turned_away(joints: Joints) -> bool | None:
    """Return whether the ears are turned far from the camera. Measured."""
    if not joints.sees([BodyPoint.NOSE, *_EARS]):
        return None
    return joints.turn_deg(*_EARS) >= MIN_HEAD_TURN_DEG


def is_head_tilted(joints: Joints) -> bool | None:
    """Return whether the line through the eyes slopes, in a head that faces the camera."""
    if not joints.sees(EYES) or is_head_turned_away(joints) in (True, None):
        return None
    right, left = (joints.points[eye] for eye in EYES)
    return abs(joints.slope_deg(right, left)) >= MIN_TILT_DEG


def is_turned_aside(joints: Joints) -> bool | None:
    """Return whether the shoulders are seen from the side or from behind. Measured."""
    if not joints.sees(SHOULDERS):
        return None
    return joints.turn_deg(*SHOULDERS) >= MIN_TURN_DEG


def is_leaning_forward(joints: Joints) -> bool | None:
    """Return whether the trunk leans far to where the chest points, by the world points."""
    if not _sees_whole_trunk(joints):
        return None
    return MIN_LEAN_FORWARD_DEG <= joints.lean_deg <= MAX_LEAN_DEG


def is_leaning_back(joints: Joints) -> bool | None:
    """Return whether the trunk leans away from where the chest points, by the world points."""
    if not _sees_whole_trunk(joints):
        return None
    return MIN_LEAN_BACK_DEG <= -joints.lean_deg <= MAX_LEAN_DEG


def are_shoulders_raised(joints: Joints) -> bool | None:
    """Return whether the shoulders come near to the ears, with head up and arms down."""
    if not joints.sees([*_EARS, *SHOULDERS, *HIPS]) or is_turned_aside(joints):
        return None
    if is_head_down(joints) or any(_is_raised(joints, side) for side in SIDES):
        return None
    return joints.above(joints.middle(_EARS), joints.middle(SHOULDERS)) <= MAX_EAR_HEIGHT


def is_standing(joints: Joints) -> bool | None:
    """Return whether the thighs hang from the hips. Measured.

    The picture may cut off the knees: where a part of the thighs is seen, their direction is known.
    """
    if not _sees_whole_trunk(joints):
        return None
    return _mean(joints.thigh_deg) <= MAX_STANDING_THIGH_DEG


def is_sitting(joints: Joints) -> bool | None:
    """Return whether the thighs are level, the trunk is upright and the knees are not folded."""
    if not joints.sees([*SHOULDERS, *HIPS, *_KNEES, *_ANKLES]):
        return None
    return (
        MIN_SITTING_THIGH_DEG <= _mean(joints.thigh_deg) <= MAX_SITTING_THIGH_DEG
        and _mean(joints.knee_deg) >= MIN_SITTING_KNEE_DEG
        and abs(joints.lean_deg) <= MAX_SITTING_LEAN_DEG
    )


def _sees_arms_from_the_front(joints: Joints) -> bool:
    is_visible = joints.sees([*SHOULDERS, *HIPS, *_WRISTS])
    return is_visible and joints.turn_deg(*SHOULDERS) <= MAX_FACING_DEG


def _sees_whole_trunk(joints: Joints) -> bool:
    return joints.sees([*SHOULDERS, *HIPS]) and joints.room_below_hips >= MIN_THIGHS_SEEN


def _any_hand(joints: Joints, rule: Callable[[Joints, str], bool]) -> bool | None:
    """Return whether the rule holds for a visible hand; None if no hand is visible."""
    visible = [side for side in SIDES if joints.sees_hand(side)]
    return any(rule(joints, side) for side in visible) if visible else None


def _is_at_face(joints: Joints, side: str) -> bool:
    return joints.apart(joints.hand(side), joints.points[BodyPoint.NOSE]) <= MAX_HAND_TO_NOSE


def _is_raised(joints: Joints, side: str) -> bool:
    shoulder, wrist = joints.points[of_side(side, "SHOULDER", "WRIST")]
    return joints.above(wrist, shoulder) >= MIN_RAISED


def _mean(angle_deg: Callable[[str], float]) -> float:
    return sum(angle_deg(side) for side in SIDES) / len(SIDES)
