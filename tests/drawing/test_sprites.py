import base64
import hashlib
import itertools
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from fer_core.drawing.sprites import (
    GLYPHS,
    GLYPHS_FOLDER,
    NOT_SURE,
    glyph_sprite,
    glyph_uri,
    text_sprite,
)
from fer_core.drawing.style import PLATE_BGR, TEXT_BGR
from fer_core.labels import VOTE_LABELS
from tests.contrast import MIN_PART, contrast, luminance

SVG = "{http://www.w3.org/2000/svg}"


def test_every_label_and_not_sure_have_a_drawing_and_its_rendering():
    assert set(GLYPHS) == {*VOTE_LABELS, NOT_SURE}
    for extension in ("svg", "png"):
        assert {path.stem for path in GLYPHS_FOLDER.glob(f"*.{extension}")} == set(GLYPHS)


@pytest.mark.parametrize("name", GLYPHS)
def test_each_rendering_was_made_from_the_drawing_as_it_is_now(name):
    digest = hashlib.sha256((GLYPHS_FOLDER / f"{name}.svg").read_bytes()).hexdigest()
    with Image.open(GLYPHS_FOLDER / f"{name}.png") as image:
        assert image.text["svg_sha256"] == digest, "run python -m scripts.render_glyphs"


@pytest.mark.parametrize("name", GLYPHS)
def test_a_drawing_holds_shapes_and_a_title_and_points_nowhere(name):
    root = ElementTree.parse(GLYPHS_FOLDER / f"{name}.svg").getroot()
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        *("svg", "title", "g", "circle", "ellipse", "path")
    }
    assert root.findtext(f"{SVG}title")
    assert not any("href" in key for element in root.iter() for key in element.attrib)


@pytest.mark.parametrize("name", GLYPHS)
def test_a_page_gets_the_drawing_itself(name):
    kind, data = glyph_uri(name).split(",")
    assert kind == "data:image/svg+xml;base64"
    assert base64.b64decode(data) == (GLYPHS_FOLDER / f"{name}.svg").read_bytes()


@pytest.mark.parametrize("side_px", [20, 27, 64])
def test_glyphs_differ_in_shape_even_without_colour(side_px):
    gray = {name: luminance(glyph_sprite(name, side_px=side_px)[..., ::-1]) for name in GLYPHS}
    for a, b in itertools.combinations(gray, 2):
        is_different = np.abs(gray[a] - gray[b]) > 0.2
        assert is_different.mean() > 0.03, (a, b)


@pytest.mark.parametrize("name", GLYPHS)
def test_a_glyph_stands_on_the_plate_and_its_disc_or_ring_stands_out(name):
    sprite = glyph_sprite(name, side_px=128)
    assert sprite[0, 0].tolist() == list(PLATE_BGR)
    assert contrast(sprite[3, 64, ::-1], PLATE_BGR[::-1]) >= MIN_PART


@pytest.mark.parametrize("get", [glyph_uri, lambda name: glyph_sprite(name, side_px=20)])
@pytest.mark.parametrize("name", ["bored", "../draw"])
def test_an_unknown_glyph_is_refused(get, name):
    with pytest.raises(KeyError, match=name):
        get(name)


def test_sprites_are_shared_and_cannot_be_changed():
    for make in (
        lambda: text_sprite("happy", text_px=20, color_bgr=TEXT_BGR),
        lambda: glyph_sprite("happy", side_px=20),
    ):
        assert make() is make()
        with pytest.raises(ValueError, match="read-only"):
            make()[:] = 0


def test_sprites_keep_the_channel_order_of_frames():
    pixels = text_sprite("I", text_px=40, color_bgr=(255, 0, 0)).reshape(-1, 3)
    assert pixels[pixels[:, 0].argmax()].tolist() == [255, 0, 0]
    blue, green, red = glyph_sprite("happy", side_px=64)[32, 4].tolist()
    assert red > green > blue  # yellow
