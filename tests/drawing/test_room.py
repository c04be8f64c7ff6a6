import numpy as np
import pytest

from fer_core.drawing.room import MIN_SIDE_PX, with_room
from fer_core.results import Box, Face, FrameResult


def result_of(width, height, *boxes):
    return FrameResult(width, height, tuple(Face(Box(*box), 0.9) for box in boxes))


def test_a_frame_with_room_around_its_faces_stays_as_it_is():
    frame = np.zeros((48, 48, 3), np.uint8)
    result = result_of(48, 48, (0, 0, 47, 48))
    assert with_room(frame, result)[0] is frame
    assert with_room(frame, result)[1] is result
    assert with_room(frame, result_of(48, 48))[0] is frame


@pytest.mark.parametrize(("width", "height"), [(48, 48), (24, 48), (640, 480), (30_000, 24)])
def test_a_face_that_is_the_whole_frame_gets_a_margin_on_every_side(width, height):
    frame = np.full((height, width, 3), 9, np.uint8)
    roomy, moved = with_room(frame, result_of(width, height, (0, 0, width, height)))
    assert roomy.shape == (moved.height, moved.width, 3)
    box = moved.faces[0].box
    margin = round(box.x1)
    assert box.as_tuple() == pytest.approx(
        (margin, margin, moved.width - margin, moved.height - margin), abs=1
    )
    assert max(box.x2 - box.x1, box.y2 - box.y1) >= min(MIN_SIDE_PX, width, 320)
    assert (roomy[margin + 1 : -margin - 1, margin + 1 : -margin - 1] == 9).all()
    assert (roomy[: margin - 1] != 9).all()


def test_a_small_face_is_enlarged_and_a_large_one_is_not():
    small, _ = with_room(np.zeros((48, 48, 3), np.uint8), result_of(48, 48, (0, 0, 48, 48)))
    large, _ = with_room(np.zeros((500, 500, 3), np.uint8), result_of(500, 500, (0, 0, 500, 500)))
    assert (small.shape[0], large.shape[0]) == (320 + 2 * 38, 500 + 2 * 60)
