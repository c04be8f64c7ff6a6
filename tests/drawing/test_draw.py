import numpy as np
import pytest

from fer_core.drawing import annotate, annotate_in_place
from fer_core.drawing.plates import render_plate
from fer_core.drawing.sprites import text_sprite
from fer_core.drawing.style import PLATE_BGR, Style, style_for
from fer_core.results import Box, Face, FrameResult
from tests.contrast import MIN_TEXT, contrast, luminance

STYLE = Style(text_px=20)  # of a frame of 640x480 with one or two faces


def backgrounds(width, height):
    rng = np.random.default_rng(11)
    return (
        np.zeros((height, width, 3), np.uint8),
        np.full((height, width, 3), 255, np.uint8),
        rng.integers(0, 256, (height, width, 3), dtype=np.uint8),
    )


def overlay(result, **options):
    """Return an annotated frame, and which of its pixels do not depend on the background."""
    drawn = [annotate(f, result, **options) for f in backgrounds(result.width, result.height)]
    is_opaque = (drawn[0] == drawn[1]).all(axis=2) & (drawn[0] == drawn[2]).all(axis=2)
    return drawn[0], is_opaque


def test_a_frame_without_faces_stays_as_it_is():
    frame_bgr = backgrounds(64, 48)[2]
    np.testing.assert_array_equal(annotate(frame_bgr, FrameResult(64, 48)), frame_bgr)


def test_annotate_leaves_the_frame_and_annotate_in_place_changes_it(sure_face):
    frame_bgr = backgrounds(640, 480)[2]
    before = frame_bgr.copy()
    result = FrameResult(640, 480, (sure_face(),))
    annotated_bgr = annotate(frame_bgr, result)
    np.testing.assert_array_equal(frame_bgr, before)
    annotate_in_place(frame_bgr, result)
    np.testing.assert_array_equal(frame_bgr, annotated_bgr)


def test_words_are_readable_on_any_background(make_face):
    frame_bgr, is_opaque = overlay(FrameResult(640, 480, (make_face(),)))
    above_box = (slice(0, 144), slice(None))
    pixels = frame_bgr[above_box][is_opaque[above_box]][:, ::-1]  # BGR -> RGB
    colors, counts = np.unique(pixels, axis=0, return_counts=True)
    ground, letters = colors[counts.argmax()], colors[luminance(colors).argmax()]
    assert ground.tolist() == list(PLATE_BGR[::-1])
    assert contrast(letters, ground) >= MIN_TEXT


def test_the_background_does_not_show_through_the_plate(make_face):
    plate = render_plate(make_face(), style=STYLE)
    _, is_opaque = overlay(FrameResult(640, 480, (make_face(),)))
    rows = is_opaque[:144].sum(axis=1)  # above the box
    assert rows.max() == plate.shape[1]
    assert (rows == plate.shape[1]).sum() >= plate.shape[0] - 2 * (STYLE.text_px // 4)


def test_sure_unsure_and_unread_boxes_differ_in_shape(faces_by_look):
    shapes = [
        overlay(FrameResult(640, 480, (make_face(),)))[1][150:]
        for make_face in faces_by_look.values()
    ]
    n_pixels = [int(shape.sum()) for shape in shapes]
    assert n_pixels[0] > n_pixels[1] > 0  # a whole box, then only corners
    middle_of_top_edge = (slice(0, 1), slice(250, 270))
    assert shapes[0][middle_of_top_edge].all()
    assert not shapes[1][middle_of_top_edge].any()
    dash_ends = np.abs(np.diff(shapes[2][0, 200:320].astype(int))).sum()
    assert dash_ends >= 8


def test_numbers_follow_the_order_of_the_result(sure_face):
    right, left = sure_face((400, 200, 460, 260)), sure_face((20, 200, 80, 260))
    frame_bgr = backgrounds(640, 480)[0]
    numbered = annotate(frame_bgr, FrameResult(640, 480, (right, left)), numbered=True)
    for number, left_px in ((1, 400), (2, 20)):
        plate = render_plate(sure_face(), style=STYLE, number=number)
        shown = numbered[:200, left_px : left_px + plate.shape[1]]
        top = np.flatnonzero(shown.any(axis=(1, 2)))[0]
        middle = slice(top + 5, top + plate.shape[0] - 5)  # without the rounded corners
        np.testing.assert_array_equal(shown[middle], plate[5:-5])


@pytest.mark.parametrize(
    "box",
    [
        (0, 0, 640, 480),
        (-500, -500, 2000, 2000),
        (-30, 200, 40, 300),
        (600, 400, 700, 520),
        (300, -20, 400, 30),
        (300, 470, 400, 490),
        (100.2, 100.2, 100.4, 100.4),
        (0, 0, 1, 1),
        (-1e30, 10, 1e30, 20),
    ],
)
def test_the_plate_of_a_tiny_or_cut_off_box_lies_wholly_in_the_frame(box, make_face):
    result = FrameResult(640, 480, (make_face(box),))
    _, is_opaque = overlay(result)
    plate = render_plate(result.faces[0], style=style_for(640, 480, n_faces=1))
    assert is_opaque.sum() > 0.95 * plate.shape[0] * plate.shape[1]


@pytest.mark.parametrize(
    "box", [(-50, 0, 0, 40), (640, 0, 700, 40), (0, -9, 9, 0), (0, 480, 9, 490)]
)
def test_a_face_wholly_outside_the_frame_is_not_drawn(box, sure_face):
    _, is_opaque = overlay(FrameResult(640, 480, (sure_face(box),)))
    assert not is_opaque.any()


@pytest.mark.parametrize("size", [(1, 1), (5, 3), (48, 48), (3, 400), (400, 3), (64, 48)])
def test_the_smallest_frames_can_be_drawn_on(size, make_face):
    frame_bgr = backgrounds(*size)[1]
    result = FrameResult(*size, (make_face((0, 0, *size)),))
    assert (annotate(frame_bgr, result, numbered=True) != frame_bgr).any()


def test_a_long_reason_is_made_to_fit_the_frame():
    result = FrameResult(320, 240, (Face(Box(9, 99, 60, 160), 0.9, reasons=("m" * 30,)),))
    frame_bgr, is_opaque = overlay(result)
    whole_rows = np.flatnonzero(is_opaque[:96].sum(axis=1) > 250)  # the plate but for its corners
    last_column = np.flatnonzero(is_opaque[whole_rows].any(axis=0)).max()
    words_end = frame_bgr[whole_rows, last_column - 1 : last_column + 1][3:-3]
    assert len(words_end) > 5
    assert (words_end == PLATE_BGR).all()  # free ground, so no letter is cut off


@pytest.mark.parametrize(
    "frame_bgr",
    [
        np.zeros((480, 641, 3), np.uint8),
        np.zeros((480, 640), np.uint8),
        np.zeros((480, 640, 3), np.float32),
    ],
    ids=["another width", "no channels", "not uint8"],
)
def test_a_frame_that_the_result_does_not_belong_to_is_refused(frame_bgr):
    message = r"Expected the uint8 frame \(480, 640, 3\) that was analysed"
    with pytest.raises(ValueError, match=message):
        annotate(frame_bgr, FrameResult(640, 480))


def test_a_part_of_a_larger_frame_can_be_drawn_on(sure_face):
    whole_bgr = np.zeros((500, 700, 3), np.uint8)
    annotate_in_place(whole_bgr[10:490, 20:660], FrameResult(640, 480, (sure_face(),)))
    assert whole_bgr.any()
    assert not whole_bgr[:, :20].any()


def test_a_second_frame_renders_no_text_anew(sure_face, monkeypatch):
    result = FrameResult(640, 480, (sure_face(),))
    frame_bgr = backgrounds(640, 480)[0]
    first = annotate(frame_bgr, result)
    monkeypatch.setattr(
        "fer_core.drawing.sprites.ImageDraw.Draw", lambda image: pytest.fail("rendered again")
    )
    np.testing.assert_array_equal(annotate(frame_bgr, result), first)
    text_sprite.cache_clear()
    with pytest.raises(pytest.fail.Exception, match="rendered again"):
        annotate(frame_bgr, result)
