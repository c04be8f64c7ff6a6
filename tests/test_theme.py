"""The colours and the privacy settings of `.streamlit/config.toml`."""

import tomllib
from pathlib import Path

import pytest

from tests.contrast import MIN_PART, MIN_TEXT, blend, contrast, rgb

CONFIG = tomllib.loads((Path(__file__).parents[1] / ".streamlit/config.toml").read_text("utf-8"))
FADED = 0.6  # opacity of the palest words that Streamlit writes: captions, hints


@pytest.fixture(params=["light", "dark"])
def theme(request):
    return CONFIG["theme"][request.param]


@pytest.fixture(params=["backgroundColor", "secondaryBackgroundColor"])
def background(request, theme):
    return rgb(theme[request.param])


@pytest.mark.parametrize("name", ["textColor", "linkColor"])
def test_words_stand_out_from_every_background(theme, background, name):
    assert contrast(rgb(theme[name]), background) >= MIN_TEXT


def test_captions_and_hints_stand_out_too(theme, background):
    faded = blend(rgb(theme["textColor"]), background, opacity=FADED)
    assert contrast(faded, background) >= MIN_TEXT


def test_white_words_on_a_filled_button_stand_out(theme):
    assert contrast(rgb("#ffffff"), rgb(theme["primaryColor"])) >= MIN_TEXT


@pytest.mark.parametrize("name", ["primaryColor", "borderColor"])
def test_controls_and_their_borders_stand_out(theme, background, name):
    assert contrast(rgb(theme[name]), background) >= MIN_PART


def test_the_sidebar_uses_the_same_two_backgrounds(theme):
    names = ("backgroundColor", "secondaryBackgroundColor")
    assert {theme["sidebar"][name] for name in names} == {theme[name] for name in names}


def test_fonts_come_from_this_machine():
    assert "url" not in str(CONFIG["theme"]).lower()
    assert CONFIG["theme"]["font"] == "sans-serif"  # Streamlit's own files


def test_only_this_machine_reaches_the_app_and_nothing_is_reported_elsewhere():
    assert CONFIG["server"]["address"] == "localhost"
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["client"]["showErrorLinks"] is False


def test_garbage_collection_does_not_stall_the_live_video():
    assert CONFIG["runner"]["postScriptGC"] is False


def test_the_whole_fer2013_file_can_be_uploaded():
    assert CONFIG["server"]["maxUploadSize"] >= 300  # MB


def test_streamlit_knows_every_setting():
    from streamlit import config  # here: the other tests need no Streamlit

    def names(table, prefix=""):
        for key, value in table.items():
            if isinstance(value, dict):
                yield from names(value, f"{prefix}{key}.")
            else:
                yield prefix + key

    known = config.get_config_options().keys()
    assert [name for name in names(CONFIG) if name not in known] == []
