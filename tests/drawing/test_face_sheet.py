"""Sheets of faces, decoded again."""

import cv2
import numpy as np
import pytest

from fer_core.drawing.face_sheet import _font, drawable, face_sheet, sheet_width_px


def decoded(jpeg):
    return cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)


def test_the_faces_stand_in_rows_from_left_to_right():
    faces = np.stack([np.full((48, 48), level, np.uint8) for level in (50, 120, 190, 250, 90)])
    sheet = decoded(face_sheet(faces, [("1",)] * 5))
    assert sheet.shape[1] == 2 * sheet_width_px(4)
    step = (sheet.shape[1] - 8) // 4
    seen = [int(sheet[60, 60 + column * step].mean()) for column in range(4)]
    assert seen == pytest.approx([50, 120, 190, 250], abs=3)
    second_row = (sheet.shape[0] - 8) // 2
    assert sheet[second_row + 60, 60].mean() == pytest.approx(90, abs=3)


def test_a_face_in_colour_keeps_its_colour():
    red = np.zeros((1, 96, 96, 3), np.uint8)
    red[..., 0] = 255  # RGB
    pixel = decoded(face_sheet(red, [("0",)], columns=1))[60, 60]
    assert pixel.tolist() == pytest.approx([0, 0, 254], abs=6)  # BGR


def test_the_lines_below_a_face_are_written_and_a_long_one_is_cut():
    face = np.full((1, 48, 48), 128, np.uint8)
    blank = decoded(face_sheet(face, [("", "")], columns=1))
    written = decoded(face_sheet(face, [("35886", "a class with a very long name")], columns=1))
    assert written.shape == blank.shape
    assert written[134:, 8:].max() > 200 > blank[134:, 8:].max()
    assert written[134:, -6:].max() < 60  # nothing is written beyond the face


@pytest.mark.parametrize(
    "text", ["überrascht", "Çá va ñ Ø", "joy 😀", "радость", "喜び", "groß\n\x00"]
)
def test_no_character_is_drawn_as_the_box_of_a_missing_one(text):
    def drawn(character):
        mask = _font().getmask(character)
        return mask.size, bytes(mask)

    box = drawn("\U0010ffff")
    assert drawable(text)
    assert all(drawn(character) != box for character in drawable(text))


def test_no_faces_and_a_missing_caption_are_refused():
    with pytest.raises(ValueError, match="a caption per face, got 0 and 0"):
        face_sheet(np.zeros((0, 48, 48), np.uint8), [])
    with pytest.raises(ValueError, match="got 2 and 1"):
        face_sheet(np.zeros((2, 48, 48), np.uint8), [("1",)])
