from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import cv2
import numpy as np
import pytest

from fer_core.explain import report
from fer_core.explain.report import html_report, picture_set, save_explanation
from tests.explain.made_up import attribution, explanation


class Elements(HTMLParser):
    """All elements of a page with their attributes, and its words."""

    def __init__(self, page):
        super().__init__()
        self.found, self.words = [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words += data

    def of(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


@pytest.fixture(scope="module")
def page():
    return html_report(explanation(), source='<script>"a.jpg')


@pytest.fixture(scope="module")
def elements(page):
    return Elements(page)


def test_the_page_holds_its_pictures_and_loads_nothing(page, elements):
    assert elements.of("script") == elements.of("link") == elements.of("iframe") == []
    assert "http:" not in page
    assert "https:" not in page
    images = elements.of("img")
    assert len(images) == 7  # the face, two maps of heat, the filters, three layers
    for image in images:
        assert image["src"].startswith("data:image/png;base64,")
        assert image["alt"]
    policy = next(each for each in elements.of("meta") if "http-equiv" in each)
    assert policy["content"].startswith("default-src 'none'")


def test_the_name_of_the_photo_stays_words(elements):
    assert '<script>"a.jpg' in elements.words


def test_the_page_says_what_the_face_shows_and_how_far_the_methods_agree(elements):
    assert "happy 70%" in elements.words
    assert "60%" in elements.words  # the answer of the head
    assert "–" in elements.words  # which has no word for neutral
    assert "Their rank correlation is 1.00" in elements.words
    assert "Nobody can see what a person feels." in elements.words


def test_a_face_that_is_not_read_gets_its_reason_and_no_word_of_cue():
    refused = replace(explanation(), reading=None, reasons=("too dark", "partly <covered>"))
    page = html_report(refused, source="a.jpg")
    words = " ".join(Elements(page).words.split())
    assert "Cue does not read this face: too dark, partly <covered>." in words
    assert "It is not what people would say." in words
    assert "The face shows" not in words
    assert "60%" in words  # the answer of the head
    assert "70%" not in words  # the reading


@pytest.mark.parametrize(
    ("share", "words"), [(0, "0%"), (0.004, "<1%"), (0.006, "1%"), (1, "100%")]
)
def test_a_small_share_is_not_nothing(share, words):
    assert report._share_in_words(share) == words


def test_a_flat_map_has_no_number():
    flat = attribution(np.zeros((48, 48)), method="occlusion")
    words = Elements(html_report(explanation(occlusion=flat))).words
    assert "Occlusion map is flat" in words
    assert "rank correlation" not in words


def test_headings_go_down_one_level_at_a_time(elements):
    levels = [int(tag[1]) for tag, _ in elements.found if tag in {"h1", "h2", "h3", "h4"}]
    assert levels[0] == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))


def test_layers_are_grouped_by_their_resolution():
    stages = picture_set(explanation()).stages
    assert [stage.title for stage in stages] == [
        "Full resolution: 8 by 8 places",
        "Halved once: 4 by 4 places",
    ]
    assert stages[1].pictures[1].name == "layer-03-last.png"
    assert "16 of 20 maps, the most active first" in stages[1].pictures[1].caption
    assert "All 3 maps" in stages[0].pictures[0].caption


def test_a_folder_gets_the_report_and_every_picture(tmp_path):
    folder = tmp_path / "new" / "face-1"
    save_explanation(folder, explanation(), source="a.jpg")
    names = {path.name for path in folder.iterdir()}
    assert names == {
        "report.html",
        "crop.png",
        "filters.png",
        "grad-cam.png",
        "occlusion.png",
        "layer-01-conv.png",
        "layer-02-pool.png",
        "layer-03-last.png",
    }
    for path in folder.glob("*.png"):
        assert cv2.imread(str(path)) is not None
    assert "Photo: a.jpg." in (folder / "report.html").read_text("utf-8")
