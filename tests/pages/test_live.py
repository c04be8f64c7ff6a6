"""The live page without a camera: what it shows before Start, and when something is missing."""

import pytest
from streamlit.testing.v1 import AppTest
from streamlit_webrtc import component


@pytest.fixture
def page(open_page, monkeypatch) -> AppTest:
    # no server runs under AppTest, so there is no session to look up
    monkeypatch.setattr(component, "get_this_session_info", lambda: None)
    return open_page("live.py")


@pytest.mark.model
def test_before_start_it_says_what_to_press(page):
    page.run()
    assert not page.exception
    assert "Press **Start**" in page.info[0].value


@pytest.mark.model
def test_the_pause_button_changes_its_word(page):
    page.run()
    page.button(key="pause").click().run()
    assert page.button(key="pause").label == "Resume"


@pytest.mark.model
def test_wrong_ice_servers_get_one_sentence(page, monkeypatch):
    monkeypatch.setenv("CUE_ICE_SERVERS", "example.org")
    page.run()
    assert not page.exception
    assert "CUE_ICE_SERVERS: expected addresses such as" in page.error[0].value
