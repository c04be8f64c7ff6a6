"""The sliders of the Inside page, for models of one size and of two."""

import shutil
from dataclasses import replace

import cv2
import numpy as np
import pytest

from fer_core.expression.recognizer import load_recognizer
from pages.ui.inside import networks
from tests.pages.shown import open_tab, words_of

pytestmark = pytest.mark.model


def set_slider(page, name, value):
    """Choose what changes and move its slider."""
    page.button_group(key="change").set_value(name).run()
    page.slider(key=f"change-{name}").set_value(value).run()


def choose_side(page):
    page.button_group(key="change").set_value("change-side").run()
    return page.select_slider(key="change-side")


def test_a_changed_face_is_read_at_once_and_reset_brings_it_back(page):
    open_tab(page, "Changes")
    assert "The reading of the face as it is: happy" in words_of(page).replace("\\", "")
    set_slider(page, "tilt", -90)
    set_slider(page, "mouth", 100)
    assert not page.exception
    words = words_of(page).replace("\\", "")
    assert "The change: tilted by 90 degrees to the left, mouth 100% covered." in words
    assert "Happy falls by" in words
    (reset,) = (button for button in page.button if button.label == "Reset")
    reset.click().run()
    assert page.slider(key="change-mouth").value == 0
    assert "The face as it is." in words_of(page)
    page.button_group(key="change").set_value("tilt").run()
    assert page.slider(key="change-tilt").value == 0


def test_the_number_of_pixels_is_chosen_up_to_what_the_model_takes(page):
    open_tab(page, "Changes")
    side = choose_side(page)
    assert side.options[0] == "8 px"
    assert side.options[-2:] == ["44 px", "all"]
    side.set_value("16").run()
    assert "The face shrunk to 16 px." in words_of(page)
    (reset,) = (button for button in page.button if button.label == "Reset")
    reset.click().run()
    assert page.select_slider(key="change-side").value == "all"


class Shrinking:
    """A network for 96 pixels: `plain`, which gets the face at half that size."""

    def __init__(self, card):
        self.card = card
        self._inner = load_recognizer("plain")

    def recognize(self, crops):
        return self._inner.recognize(half_size(crops))

    def predict_heads(self, crops):
        return self._inner.predict_heads(half_size(crops))

    def predict_probs(self, crops, *, head):
        return self._inner.predict_probs(half_size(crops), head=head)


def half_size(crops):
    assert crops.shape[1:] == (96, 96)
    return np.stack([cv2.resize(crop, (48, 48), interpolation=cv2.INTER_AREA) for crop in crops])


@pytest.fixture
def large(models, monkeypatch):
    """Add the model `large`, which takes 96 pixels."""
    path = models.path_of("large")
    shutil.copytree(models.path_of("plain"), path)
    card = replace(models.card("plain"), model_id="large", input_size=96, is_default=False)
    models.save_card(card)
    usual = networks.any_recognizer
    monkeypatch.setattr(
        networks,
        "any_recognizer",
        lambda card: Shrinking(card) if card.model_id == "large" else usual(card),
    )


def test_a_choice_that_only_a_larger_model_has_ends_with_it(page, large):
    open_tab(page, "Changes", model="large")
    side = choose_side(page)
    assert side.options[-4:] == ["48 px", "64 px", "80 px", "all"]
    side.set_value("64").run()
    assert "The face shrunk to 64 px." in words_of(page)
    page.selectbox(key="model").select("plain").run()
    assert not page.exception
    assert page.select_slider(key="change-side").value == "all"
    assert "The face as it is." in words_of(page)


def test_two_models_of_different_sizes_get_one_change_and_keep_their_names_when_swapped(
    page, large
):
    def captions():
        assert not page.exception
        titles = [each.label for each in page.expander if "Reading of" in each.label]
        return [title.split()[2] for title in titles]

    open_tab(page, "Changes", compare="large")
    set_slider(page, "blur", 3.0)
    choose_side(page).set_value("16").run()
    assert captions() == ["plain", "large"]
    before = changed_shares(page)
    page.selectbox(key="compare").select("none").run()
    page.selectbox(key="model").select("large").run()
    page.selectbox(key="compare").select("plain").run()
    assert captions() == ["large", "plain"]
    assert changed_shares(page) == before[::-1]
    change = "shrunk to 16 px, a blur of 3.0% of its width"
    assert words_of(page).count(f"The face {change}.") == 2


def changed_shares(page):
    tables = [table.value for table in page.table if "Changed" in table.value]
    return [list(table["Changed"]) for table in tables]


def test_one_slider_is_shown_and_each_can_go_to_both_ends(page):
    open_tab(page, "Changes")
    names = page.button_group(key="change").options
    assert len(names) == 7
    for name in ("tilt", "framing", "mouth", "eyes", "blur", "light"):
        page.button_group(key="change").set_value(name).run()
        (slider,) = page.slider
        for value in (slider.min, slider.max):
            page.slider[0].set_value(value).run()
            assert not page.exception
