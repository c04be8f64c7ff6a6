"""Postures in words, on drawn figures: each rule at both sides of its threshold."""

import pytest

from fer_core.body import posture_rules as rules
from fer_core.body.posture import MAX_OBSERVATIONS, POSTURES, check_postures, with_posture
from fer_core.body.skeleton import BodyPoint
from tests.body.skeletons import HAND_LENGTH, figure, mirrored, person_of

AT_REST = ["standing", "both hands visible"]
STEP = 0.01  # beside a threshold, in torsos or, times 100, in degrees

CROSSED = {"LEFT": (-0.2, 0.5), "RIGHT": (-0.2, 0.45)}
OPEN = {"LEFT": (1.1, 0.1), "RIGHT": (1.1, 0.1)}
RAISED = {"LEFT": (0.6, -0.5)}
AT_FACE = {"RIGHT": (0.1, -0.4)}
SITTING = (80, 80)

SHOWN = {
    "arms crossed": figure(hands=CROSSED),
    "hand at the face": figure(hands=AT_FACE),
    "hand raised": figure(hands=RAISED),
    "arms open": figure(hands=OPEN),
    "head down": figure(head_deg=(40, 0, 0)),
    "head turned away": figure(head_deg=(0, 60, 0)),
    "head tilted": figure(head_deg=(0, 0, 20)),
    "turned aside": figure(head_deg=(0, -90, 0), trunk_deg=(0, 90)),  # the head looks back
    "leaning forward": figure(head_deg=(-45, 0, 0), trunk_deg=(45, 0)),  # it looks ahead
    "leaning back": figure(head_deg=(30, 0, 0), trunk_deg=(-30, 0)),
    "shoulders raised": figure(raised=0.25),
    "sitting": figure(legs_deg=SITTING),
    "standing": figure(),
    "both hands visible": figure(),
}


def seen(person):
    """Return the words of all postures that are shown."""
    return [words for words, is_shown in check_postures(person).items() if is_shown]


def silent(person):
    """Return the words of all postures that cannot be seen."""
    return {words for words, is_shown in check_postures(person).items() if is_shown is None}


def points_of(*names):
    return [BodyPoint[f"{side}_{name}"] for name in names for side in ("LEFT", "RIGHT")]


def test_there_is_a_figure_for_each_posture():
    assert list(SHOWN) == [each.words for each in POSTURES]


@pytest.mark.parametrize("words", SHOWN)
def test_a_figure_shows_its_posture_and_else_what_a_standing_figure_does(words):
    assert set(seen(person_of(SHOWN[words]))) - set(AT_REST) == {words} - set(AT_REST)


def test_a_mirror_makes_a_left_hand_a_right_one():
    left, right = (figure(hands={side: (0.6, -0.5)}) for side in ("LEFT", "RIGHT"))
    assert mirrored(left) == pytest.approx(right)
    assert left != pytest.approx(right)


@pytest.mark.parametrize("words", SHOWN)
def test_a_mirrored_figure_gives_the_same_words(words):
    plain, other = (person_of(points) for points in (SHOWN[words], mirrored(SHOWN[words])))
    assert check_postures(plain) == check_postures(other)


@pytest.mark.parametrize("words", SHOWN)
def test_neither_scale_nor_place_in_the_frame_changes_the_words(words):
    person = person_of(SHOWN[words], torso=37.0, corner=(1200.0, -80.0))
    assert check_postures(person) == check_postures(person_of(SHOWN[words]))


def both_hands(outwards, down):
    return figure(hands={"LEFT": (outwards, down), "RIGHT": (outwards, down)})


def left_hand(outwards, down):
    return figure(hands={"LEFT": (outwards, down)})


@pytest.mark.parametrize(
    ("words", "threshold", "draw", "side"),
    [
        ("arms crossed", -rules.MIN_CROSSED, lambda x: both_hands(x, 0.5), -1),
        ("arms open", rules.MIN_OPEN, lambda x: both_hands(x, 0.5), 1),
        (
            "hand at the face",  # beside the nose, 0.4 above the shoulders
            rules.MAX_HAND_TO_NOSE,
            lambda x: left_hand(x, -0.4 - HAND_LENGTH),
            -1,
        ),
        ("hand raised", -rules.MIN_RAISED, lambda down: left_hand(0.8, down), -1),
        (
            "shoulders raised",  # the ears of the figure are 0.4 above its shoulders at rest
            0.4 - rules.MAX_EAR_HEIGHT,
            lambda up: figure(raised=up),
            1,
        ),
    ],
)
def test_a_length_beside_its_threshold_decides(words, threshold, draw, side):
    step = 0.05 if words == "shoulders raised" else STEP  # raised shoulders lengthen the torso
    assert words in seen(person_of(draw(threshold + side * step)))
    assert words not in seen(person_of(draw(threshold - side * step)))


@pytest.mark.parametrize(
    ("words", "threshold", "draw", "side"),
    [
        ("head down", rules.MIN_HEAD_DOWN_DEG, lambda deg: figure(head_deg=(deg, 0, 0)), 1),
        (
            "head turned away",
            rules.MIN_HEAD_TURN_DEG,
            lambda deg: figure(head_deg=(0, deg, 0)),
            1,
        ),
        ("head tilted", rules.MIN_TILT_DEG, lambda deg: figure(head_deg=(0, 0, deg)), 1),
        ("head tilted", -rules.MIN_TILT_DEG, lambda deg: figure(head_deg=(0, 0, deg)), -1),
        ("turned aside", rules.MIN_TURN_DEG, lambda deg: figure(trunk_deg=(0, deg)), 1),
        (
            "leaning forward",
            rules.MIN_LEAN_FORWARD_DEG,
            lambda deg: figure(trunk_deg=(deg, 0)),
            1,
        ),
        ("leaning back", -rules.MIN_LEAN_BACK_DEG, lambda deg: figure(trunk_deg=(deg, 0)), -1),
        ("leaning forward", rules.MAX_LEAN_DEG, lambda deg: figure(trunk_deg=(deg, 0)), -1),
        ("leaning back", -rules.MAX_LEAN_DEG, lambda deg: figure(trunk_deg=(deg, 0)), 1),
        ("standing", rules.MAX_STANDING_THIGH_DEG, lambda deg: figure(legs_deg=(deg, deg)), -1),
        ("sitting", rules.MIN_SITTING_THIGH_DEG, lambda deg: figure(legs_deg=(deg, 90)), 1),
        ("sitting", rules.MAX_SITTING_THIGH_DEG, lambda deg: figure(legs_deg=(deg, 90)), -1),
        (
            "sitting",  # the knee is bent by what is missing to 180 degrees
            180 - rules.MIN_SITTING_KNEE_DEG,
            lambda deg: figure(legs_deg=(90, deg)),
            -1,
        ),
        (
            "sitting",
            rules.MAX_SITTING_LEAN_DEG,
            lambda deg: figure(legs_deg=SITTING, trunk_deg=(deg, 0)),
            -1,
        ),
    ],
)
def test_an_angle_beside_its_threshold_decides(words, threshold, draw, side):
    step = STEP * 100
    assert words in seen(person_of(draw(threshold + side * step)))
    assert words not in seen(person_of(draw(threshold - side * step)))


@pytest.mark.parametrize("turn", [0, 50, 90, 180, 270])
def test_leaning_is_seen_from_every_side(turn):
    assert "leaning forward" in seen(person_of(figure(trunk_deg=(45, turn))))
    assert "leaning back" in seen(person_of(figure(trunk_deg=(-45, turn))))


def test_arms_of_a_turned_chest_say_nothing():
    person = person_of(figure(hands=CROSSED, trunk_deg=(0, rules.MAX_FACING_DEG + 1)))
    assert {"arms crossed", "arms open"} <= silent(person)


def test_hands_that_touch_before_the_chest_are_not_crossed():
    assert "arms crossed" not in seen(person_of(both_hands(-0.08, 0.4)))


def test_wrists_beside_the_face_or_below_the_hips_are_not_crossed_arms():
    for down in (-0.05, 1.05):
        assert "arms crossed" not in seen(person_of(both_hands(-0.2, down)))


def test_a_hand_at_the_face_is_not_also_raised():
    person = person_of(figure(hands={"LEFT": (0.1, -0.5)}))
    assert "hand at the face" in seen(person)
    assert "hand raised" not in seen(person)


def test_raised_arms_and_a_bent_head_say_nothing_of_the_shoulders():
    for changes in ({"hands": {"LEFT": (0.6, -0.9)}}, {"head_deg": (40, 0, 0)}):
        assert "shoulders raised" in silent(person_of(figure(raised=0.25, **changes)))


@pytest.mark.parametrize(
    ("words", "points"),
    [
        ("standing", figure()),
        ("leaning forward", figure(trunk_deg=(50, 0))),
        ("leaning back", figure(trunk_deg=(-40, 0))),
    ],
)
def test_a_cut_off_body_shows_trunk_and_legs_only_if_a_part_of_the_thighs_is_seen(words, points):
    hips_y, torso = 250.0, 100.0
    hidden = points_of("KNEE", "ANKLE")
    for room, is_seen in ((0.05, True), (-0.05, False)):
        bottom = hips_y + torso * (rules.MIN_THIGHS_SEEN + room)
        person = person_of(points, hidden=hidden, bottom=bottom)
        assert (words in seen(person)) is is_seen
        assert (words in silent(person)) is not is_seen


@pytest.mark.parametrize(
    ("words", "hidden"),
    [
        ("arms crossed", points_of("WRIST")),
        ("arms crossed", points_of("HIP")),
        ("arms open", [BodyPoint.LEFT_WRIST]),
        ("hand at the face", [BodyPoint.NOSE]),
        ("hand at the face", points_of("WRIST", "PINKY", "INDEX", "THUMB")),
        ("hand raised", points_of("WRIST", "PINKY", "INDEX", "THUMB")),
        ("hand raised", [BodyPoint.LEFT_SHOULDER]),
        ("head down", [BodyPoint.LEFT_EAR]),
        ("head turned away", [BodyPoint.NOSE]),
        ("head tilted", [BodyPoint.RIGHT_EYE]),
        ("head tilted", [BodyPoint.RIGHT_EAR]),
        ("turned aside", [BodyPoint.RIGHT_SHOULDER]),
        ("leaning forward", [BodyPoint.LEFT_HIP]),
        ("leaning back", [BodyPoint.LEFT_SHOULDER]),
        ("shoulders raised", [BodyPoint.LEFT_EAR]),
        ("sitting", [BodyPoint.LEFT_KNEE]),
        ("sitting", [BodyPoint.RIGHT_ANKLE]),
        ("standing", [BodyPoint.RIGHT_HIP]),
    ],
)
def test_what_is_not_visible_is_not_said(words, hidden):
    assert words in silent(person_of(SHOWN[words], hidden=hidden))


def test_a_hand_that_is_not_visible_is_neither_at_the_face_nor_raised_nor_counted():
    hidden = [BodyPoint[f"LEFT_{part}"] for part in ("WRIST", "PINKY", "INDEX", "THUMB")]
    for hands in (RAISED, {"LEFT": (0.1, -0.5)}):
        assert seen(person_of(figure(hands=hands), hidden=hidden)) == ["standing"]


def test_nothing_is_said_of_a_body_that_is_not_visible():
    assert seen(person_of(figure(), hidden=BodyPoint)) == []
    assert with_posture(person_of(figure(), hidden=BodyPoint)).posture == ()


def test_landmarks_that_all_fall_on_one_point_give_an_answer():
    assert set(check_postures(person_of(figure() * 0))) == set(SHOWN)


def test_a_posture_that_is_measured_only_is_never_said():
    person = person_of(figure(head_deg=(40, 0, 0)))
    assert "head down" in seen(person)
    assert with_posture(person).posture == ("standing", "both hands visible")


def test_a_person_gets_the_two_most_important_postures():
    person = person_of(figure(hands=CROSSED, head_deg=(40, 0, 20), legs_deg=SITTING))
    order = [each.words for each in POSTURES]
    shown = seen(person)
    assert shown == sorted(shown, key=order.index)
    assert len(shown) > MAX_OBSERVATIONS
    assert with_posture(person).posture == ("arms crossed", "head tilted")
    assert with_posture(person_of(figure())).posture == ("standing", "both hands visible")


def test_a_posture_keeps_all_else_of_the_person():
    person = person_of(figure())
    described = with_posture(person)
    assert described.landmarks == pytest.approx(person.landmarks)
    assert (described.box, described.presence) == (person.box, person.presence)
