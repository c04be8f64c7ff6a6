"""Skeletons on frames: what is drawn, and what is not."""

import numpy as np
import pytest

from fer_core.body.skeleton import BodyPoint
from fer_core.drawing import annotate
from fer_core.drawing.skeleton import BONES, draw_skeleton
from fer_core.drawing.style import style_for
from fer_core.results import Box, FrameResult, Person

SIDE = 200
STYLE = style_for(SIDE, SIDE, n_faces=1)


def person_with(**points):
    """Return a person of whom only the named points are visible."""
    landmarks = np.zeros((33, 4), np.float32)
    for name, place in points.items():
        landmarks[BodyPoint[name]] = (*place, 0, 0.9)
    return Person(Box(0, 0, 50, 50), landmarks, np.zeros((33, 3), np.float32), 1.0)


def drawn(person):
    frame_bgr = np.full((SIDE, SIDE, 3), 128, np.uint8)
    draw_skeleton(frame_bgr, person, STYLE)
    return (frame_bgr != 128).any(axis=2)


def test_a_bone_joins_two_visible_points_in_light_on_dark():
    frame_bgr = np.full((SIDE, SIDE, 3), 128, np.uint8)
    draw_skeleton(frame_bgr, person_with(LEFT_SHOULDER=(50, 100), LEFT_ELBOW=(150, 100)), STYLE)
    column = frame_bgr[:, 100].mean(axis=1)
    assert column[100] > 200
    assert column.min() < 60
    assert (column[:80] == 128).all()


def test_a_point_that_is_not_visible_ends_no_bone():
    person = person_with(LEFT_SHOULDER=(50, 100), LEFT_WRIST=(150, 100))  # the elbow is unseen
    assert not drawn(person).any()


def test_points_beyond_the_frame_are_no_failure():
    mask = drawn(person_with(LEFT_SHOULDER=(100, 100), LEFT_ELBOW=(100, 900)))
    assert mask[199, 100]
    assert not drawn(person_with(LEFT_SHOULDER=(100, 100), LEFT_ELBOW=(3e38, 100))).any()


@pytest.mark.parametrize("side", ["LEFT", "RIGHT"])
def test_both_sides_have_the_same_bones(side):
    other = "RIGHT" if side == "LEFT" else "LEFT"
    names = {frozenset(point.name for point in bone) for bone in BONES}
    for bone in names:
        swapped = {
            name.replace(side, "?").replace(other, side).replace("?", other) for name in bone
        }
        assert frozenset(swapped) in names


def test_people_are_drawn_on_the_annotated_frame():
    person = person_with(LEFT_SHOULDER=(50, 100), LEFT_ELBOW=(150, 100))
    frame_bgr = np.full((SIDE, SIDE, 3), 128, np.uint8)
    result = FrameResult(width=SIDE, height=SIDE, people=(person,))
    assert (annotate(frame_bgr, result)[100, 100] != 128).all()
