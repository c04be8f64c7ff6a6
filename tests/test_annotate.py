import itertools

import numpy as np
import pytest

from fer_core.drawing import annotate, annotate_in_place
from fer_core.drawing.glyphs import FEATURES, NOT_SURE, glyph_sprite
from fer_core.drawing.layout import place_plates
from fer_core.drawing.plates import candidate_words, render_plate
from fer_core.drawing.style import (
    GLYPH_BGR,
    MIN_TEXT_PX,
    MUTED_BGR,
    PLATE_BGR,
    TEXT_BGR,
    Style,
    style_for,
)
from fer_core.drawing.text import text_sprite
from fer_core.labels import VOTE_LABELS
from fer_core.results import Box, Expression, Face, FrameResult

READABLE = 4.5  # WCAG 2.2, success criterion 1.4.3
STYLE = Style(text_px=20)


def reading(label="happy", *, share=0.72, min_confidence=0.3):
    probs = np.full(len(VOTE_LABELS), (1 - share) / (len(VOTE_LABELS) - 1))
    probs[VOTE_LABELS.index(label)] = share
    return Expression.from_probs(VOTE_LABELS, probs, min_confidence=min_confidence)


def face(box=(200, 150, 320, 290), *, expression=None, reasons=()):
    return Face(Box(*box), 0.9, expression=expression, reasons=reasons)


SURE = reading()
UNSURE = reading("sad", share=0.4, min_confidence=0.5)
LOOKS = {
    "sure": {"expression": SURE},
    "not sure": {"expression": UNSURE},
    "not read": {"reasons": ("too small to read",)},
}


def backgrounds(width, height):
    rng = np.random.default_rng(11)
    return (
        np.zeros((height, width, 3), np.uint8),
        np.full((height, width, 3), 255, np.uint8),
        rng.integers(0, 256, (height, width, 3), dtype=np.uint8),
    )


def overlay(result, **options):
    """Return one annotated frame, and which of its pixels do not depend on the background."""
    drawn = [annotate(f, result, **options) for f in backgrounds(result.width, result.height)]
    is_opaque = (drawn[0] == drawn[1]).all(axis=2) & (drawn[0] == drawn[2]).all(axis=2)
    return drawn[0], is_opaque


def luminance(bgr):
    """Relative luminance as WCAG 2.2 defines it: `(..., 3)` sRGB -> `(...)` in [0, 1]."""
    srgb = np.asarray(bgr, dtype=float)[..., ::-1] / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def contrast(a_bgr, b_bgr):
    lighter, darker = sorted((luminance(a_bgr), luminance(b_bgr)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_contrast_of_white_on_black_is_twenty_one():
    assert contrast((255, 255, 255), (0, 0, 0)) == pytest.approx(21.0)


def test_no_face_leaves_the_picture_as_it_was():
    frame_bgr = backgrounds(64, 48)[2]
    np.testing.assert_array_equal(annotate(frame_bgr, FrameResult(64, 48)), frame_bgr)


def test_annotating_works_on_a_copy_and_in_place_on_the_frame():
    frame_bgr = backgrounds(640, 480)[2]
    before = frame_bgr.copy()
    result = FrameResult(640, 480, (face(expression=SURE),))
    annotated_bgr = annotate(frame_bgr, result)
    np.testing.assert_array_equal(frame_bgr, before)
    annotate_in_place(frame_bgr, result)
    np.testing.assert_array_equal(frame_bgr, annotated_bgr)


@pytest.mark.parametrize("look", LOOKS)
def test_words_are_readable_whatever_lies_behind_the_plate(look):
    frame_bgr, is_opaque = overlay(FrameResult(640, 480, (face(**LOOKS[look]),)))
    above_box = (slice(0, 144), slice(None))
    pixels = frame_bgr[above_box][is_opaque[above_box]]
    colors, counts = np.unique(pixels, axis=0, return_counts=True)
    ground, letters = colors[counts.argmax()], colors[luminance(colors).argmax()]
    assert ground.tolist() == list(PLATE_BGR)
    assert contrast(letters, ground) >= READABLE


@pytest.mark.parametrize("color_bgr", [TEXT_BGR, MUTED_BGR, GLYPH_BGR])
def test_every_colour_on_the_plate_is_readable(color_bgr):
    assert contrast(color_bgr, PLATE_BGR) >= READABLE


@pytest.mark.parametrize("look", LOOKS)
def test_the_plate_lets_nothing_shine_through(look):
    plate = render_plate(face(**LOOKS[look]), style=STYLE)
    _, is_opaque = overlay(FrameResult(640, 480, (face(**LOOKS[look]),)))
    rows = is_opaque[:144].sum(axis=1)  # above the box
    assert rows.max() == plate.shape[1]
    assert (rows == plate.shape[1]).sum() >= plate.shape[0] - 2 * (STYLE.text_px // 4)


@pytest.mark.parametrize("size", [(320, 240), (640, 480), (1280, 720), (4000, 3000), (480, 640)])
def test_plates_grow_with_the_frame(size):
    text_px = style_for(*size, n_faces=1).text_px
    assert text_px >= MIN_TEXT_PX
    assert 0.035 <= text_px / min(size) <= 0.06


def test_a_crowd_has_smaller_plates_but_never_unreadable_ones():
    sizes = [style_for(1280, 720, n_faces=n).text_px for n in (1, 2, 3, 5, 6, 50)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == sizes[1] > sizes[2] == sizes[3] > sizes[4] == sizes[5] >= MIN_TEXT_PX


def test_each_look_has_its_own_shape_not_only_its_own_colour():
    shapes = [overlay(FrameResult(640, 480, (face(**look),)))[1][150:] for look in LOOKS.values()]
    n_pixels = [int(shape.sum()) for shape in shapes]
    assert n_pixels[0] > n_pixels[1] > 0  # a whole box, then corners only
    middle_of_top_edge = (slice(0, 1), slice(250, 270))
    assert shapes[0][middle_of_top_edge].all()
    assert not shapes[1][middle_of_top_edge].any()
    dashes = np.abs(np.diff(shapes[2][0, 200:320].astype(int))).sum()
    assert dashes >= 8


def test_every_expression_and_not_sure_have_a_glyph():
    assert set(FEATURES) == {*VOTE_LABELS, NOT_SURE}


@pytest.mark.parametrize("side_px", [20, 27, 64])
def test_glyphs_differ_in_shape_even_without_colour(side_px):
    gray = {name: luminance(glyph_sprite(name, side_px=side_px)) for name in FEATURES}
    for a, b in itertools.combinations(gray, 2):
        is_different = np.abs(gray[a] - gray[b]) > 0.2
        assert is_different.mean() > 0.03, (a, b)


def test_an_unknown_glyph_is_refused():
    with pytest.raises(KeyError, match="bored"):
        glyph_sprite("bored", side_px=20)


def test_sprites_are_shared_and_cannot_be_painted_over():
    sprites = [text_sprite("happy", text_px=20, color_bgr=TEXT_BGR) for _ in range(2)]
    assert sprites[0] is sprites[1]
    with pytest.raises(ValueError, match="read-only"):
        sprites[0][:] = 0
    with pytest.raises(ValueError, match="read-only"):
        glyph_sprite("happy", side_px=20)[:] = 0


def test_a_sprite_keeps_the_channel_order_of_frames():
    pixels = text_sprite("I", text_px=40, color_bgr=(255, 0, 0)).reshape(-1, 3)
    assert pixels[pixels[:, 0].argmax()].tolist() == [255, 0, 0]


def test_an_unsure_reading_names_its_two_leading_candidates():
    probs = np.zeros(len(VOTE_LABELS))
    probs[[VOTE_LABELS.index("neutral"), VOTE_LABELS.index("fear")]] = 0.48, 0.52
    assert candidate_words(Expression.from_probs(VOTE_LABELS, probs)) == "afraid or neutral?"


def test_a_single_candidate_is_asked_for_alone():
    assert candidate_words(Expression.from_probs(("sad",), np.array([1.0]))) == "sad?"


@pytest.mark.parametrize("label", VOTE_LABELS)
def test_every_label_makes_a_plate_of_its_own(label):
    plate = render_plate(face(expression=reading(label)), style=STYLE)
    assert plate.shape[0] == STYLE.plate_px
    for other in set(VOTE_LABELS) - {label}:
        other_plate = render_plate(face(expression=reading(other)), style=STYLE)
        assert plate.shape != other_plate.shape or (plate != other_plate).any()


def test_a_face_without_a_reason_is_still_said_not_to_be_read():
    assert render_plate(face(), style=STYLE).max() == max(MUTED_BGR)


def test_a_number_comes_before_the_words():
    plain = render_plate(face(expression=SURE), style=STYLE)
    numbered = render_plate(face(expression=SURE), style=STYLE, number=12)
    n_added = numbered.shape[1] - plain.shape[1]
    assert n_added > 0
    np.testing.assert_array_equal(
        numbered[:, -plain.shape[1] + STYLE.pad_px :], plain[:, STYLE.pad_px :]
    )
    chip = numbered[STYLE.plate_px // 2, STYLE.pad_px + 1]
    assert chip.tolist() == list(TEXT_BGR)


def test_numbers_follow_the_order_of_the_result():
    faces = (face((20, 200, 80, 260), expression=SURE), face((400, 200, 460, 260)))
    result = FrameResult(640, 480, faces)
    frame_bgr = backgrounds(640, 480)[0]
    assert (annotate(frame_bgr, result, numbered=True) != annotate(frame_bgr, result)).any()


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
@pytest.mark.parametrize("look", LOOKS)
def test_a_box_over_the_edge_or_tiny_has_its_whole_plate_in_the_frame(box, look):
    result = FrameResult(640, 480, (face(box, **LOOKS[look]),))
    _, is_opaque = overlay(result)
    plate = render_plate(result.faces[0], style=style_for(640, 480, n_faces=1))
    assert is_opaque.sum() > 0.95 * plate.shape[0] * plate.shape[1]


@pytest.mark.parametrize(
    "box", [(-50, 0, 0, 40), (640, 0, 700, 40), (0, -9, 9, 0), (0, 480, 9, 490)]
)
def test_a_face_wholly_outside_the_frame_is_not_drawn(box):
    _, is_opaque = overlay(FrameResult(640, 480, (face(box, expression=SURE),)))
    assert not is_opaque.any()


@pytest.mark.parametrize("size", [(1, 1), (5, 3), (48, 48), (3, 400), (400, 3), (64, 48)])
@pytest.mark.parametrize("look", LOOKS)
def test_the_smallest_frames_are_drawn_on_without_complaint(size, look):
    frame_bgr = backgrounds(*size)[1]
    result = FrameResult(*size, (face((0, 0, size[0], size[1]), **LOOKS[look]),))
    assert (annotate(frame_bgr, result, numbered=True) != frame_bgr).any()


def test_a_long_reason_is_made_to_fit_the_frame():
    result = FrameResult(320, 240, (face((9, 99, 60, 160), reasons=("m" * 30,)),))
    frame_bgr, is_opaque = overlay(result)
    whole_rows = np.flatnonzero(is_opaque[:96].sum(axis=1) > 250)  # the plate but for its corners
    last_column = np.flatnonzero(is_opaque[whole_rows].any(axis=0)).max()
    words_end = frame_bgr[whole_rows, last_column - 1 : last_column + 1][3:-3]
    assert len(words_end) > 5
    assert (words_end == PLATE_BGR).all()  # free ground: no letter is cut off


def test_a_plate_sits_above_its_box_else_below_else_inside():
    def place(box):
        return place_plates([box], [(40, 10)], frame_size=(200, 100), gap_px=2)[0]

    assert place((50, 40, 90, 80)) == (50, 28, 90, 38)
    assert place((50, 5, 90, 45)) == (50, 47, 90, 57)
    assert place((50, 5, 90, 95)) == (50, 7, 90, 17)


def test_a_plate_wider_than_the_room_beside_its_box_moves_left():
    (place,) = place_plates([(190, 40, 200, 60)], [(80, 10)], frame_size=(200, 100), gap_px=2)
    assert place == (120, 28, 200, 38)


def shared_area(a, b):
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return max(width, 0) * max(height, 0)


def test_plates_of_neighbours_do_not_cover_each_other_where_there_is_room():
    boxes = [(100, 100, 180, 180), (190, 105, 270, 185), (280, 100, 360, 180)]
    places = place_plates(boxes, [(150, 30)] * 3, frame_size=(640, 480), gap_px=4)
    assert all(shared_area(a, b) == 0 for a, b in itertools.combinations(places, 2))
    assert all(shared_area(place, box) == 0 for place in places for box in boxes)


@pytest.mark.parametrize("seed", range(5))
def test_a_crowd_keeps_all_plates_in_the_frame(seed):
    rng = np.random.default_rng(seed)
    corners = rng.integers(0, 150, size=(40, 2))
    boxes = [(x, y, x + 30, y + 30) for x, y in corners.tolist()]
    for x1, y1, x2, y2 in place_plates(boxes, [(90, 20)] * 40, frame_size=(200, 180), gap_px=3):
        assert 0 <= x1 < x2 <= 200
        assert 0 <= y1 < y2 <= 180


def test_no_faces_need_no_places():
    assert place_plates([], [], frame_size=(10, 10), gap_px=1) == []


@pytest.mark.parametrize(
    "frame_bgr",
    [
        np.zeros((480, 641, 3), np.uint8),
        np.zeros((480, 640), np.uint8),
        np.zeros((480, 640, 3), np.float32),
    ],
)
def test_a_frame_other_than_the_one_that_was_read_is_refused(frame_bgr):
    with pytest.raises(ValueError, match=r"Expected the uint8 frame \(480, 640, 3\) that was read"):
        annotate(frame_bgr, FrameResult(640, 480))


def test_a_part_of_a_larger_frame_can_be_drawn_on():
    whole_bgr = np.zeros((500, 700, 3), np.uint8)
    annotate_in_place(whole_bgr[10:490, 20:660], FrameResult(640, 480, (face(expression=SURE),)))
    assert whole_bgr.any()
    assert not whole_bgr[:, :20].any()


def test_a_second_frame_renders_no_text_again():
    frame_bgr = backgrounds(640, 480)[0]
    result = FrameResult(640, 480, (face(expression=SURE),))
    annotate_in_place(frame_bgr, result)
    n_rendered = text_sprite.cache_info().misses
    annotate_in_place(frame_bgr, result)
    assert text_sprite.cache_info().misses == n_rendered
