"""The colours and the privacy settings of `.streamlit/config.toml`.

Contrast: WCAG 2.2, relative luminance and success criteria 1.4.3 (text, 4.5:1) and 1.4.11 (parts of
controls, 3:1).
"""

import tomllib
from pathlib import Path

import pytest

CONFIG = tomllib.loads((Path(__file__).parents[1] / ".streamlit/config.toml").read_text("utf-8"))
MIN_TEXT = 4.5
MIN_PART = 3.0
FADED = 0.6  # share of the text colour in Streamlit's faintest words: captions, hints


def channels(colour: str) -> list[int]:
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]


def luminance(rgb: list[float]) -> float:
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in rgb)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(colour: str, background: str, *, opacity: float = 1.0) -> float:
    behind = channels(background)
    pairs = zip(channels(colour), behind, strict=True)
    seen = [opacity * front + (1 - opacity) * back for front, back in pairs]
    low, high = sorted((luminance(seen), luminance(behind)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("colour", "background", "expected"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#123456", "#123456", 1.0)],
)
def test_contrast_agrees_with_published_values(colour, background, expected):
    assert contrast(colour, background) == pytest.approx(expected, abs=0.005)


@pytest.fixture(params=["light", "dark"])
def theme(request):
    return CONFIG["theme"][request.param]


@pytest.fixture(params=["backgroundColor", "secondaryBackgroundColor"])
def background(request, theme):
    return theme[request.param]


@pytest.mark.parametrize("name", ["textColor", "linkColor"])
def test_words_stand_out_from_every_background(theme, background, name):
    assert contrast(theme[name], background) >= MIN_TEXT


def test_captions_and_hints_stand_out_too(theme, background):
    assert contrast(theme["textColor"], background, opacity=FADED) >= MIN_TEXT


def test_white_words_on_a_filled_button_stand_out(theme):
    assert contrast("#ffffff", theme["primaryColor"]) >= MIN_TEXT


@pytest.mark.parametrize("name", ["primaryColor", "borderColor"])
def test_controls_and_their_borders_stand_out(theme, background, name):
    assert contrast(theme[name], background) >= MIN_PART


def test_the_sidebar_uses_the_same_two_backgrounds(theme):
    names = ("backgroundColor", "secondaryBackgroundColor")
    assert {theme["sidebar"][name] for name in names} == {theme[name] for name in names}


def test_fonts_come_from_this_machine():
    assert "url" not in str(CONFIG["theme"]).lower()
    assert CONFIG["theme"]["font"] == "sans-serif"  # Streamlit's own files


def test_the_app_is_private_unless_someone_says_otherwise():
    assert CONFIG["server"]["address"] == "localhost"
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["client"]["showErrorLinks"] is False


def test_no_collection_of_garbage_stalls_the_live_video():
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
