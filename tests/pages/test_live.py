"""The Live page without a camera: before Start, and when something is missing."""

import json

import pytest
from aiortc import InvalidStateError
from streamlit.testing.v1 import AppTest
from streamlit_webrtc import component
from streamlit_webrtc.webrtc import SignallingTimeoutError

from pages.ui.live import stream as live_stream


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


class Connection:
    connectionState = "connected"  # noqa: N815 (aiortc's name)


class Worker:
    """Stands in for the library's worker of a running stream."""

    backend = "aiortc"
    is_running = True
    local_description = None

    def __init__(self) -> None:
        self.pc = Connection()

    def update_video_callbacks(self, **callbacks: object) -> None:
        """Take new callbacks."""

    def stop(self) -> None:
        self.is_running = False


def component_id(page: AppTest, kind: str) -> str:
    return page.get(kind)[0].proto.id


def send(page: AppTest, component: str, **value: object) -> None:
    """Let a value of a component arrive from the browser, and run the page for it."""
    states = page._tree.get_widget_states()
    states.widgets.add(id=component, json_value=json.dumps(value))
    page._run(states)


@pytest.mark.model
def test_a_camera_problem_stops_the_stream_and_a_late_value_of_the_stream_is_no_error(page):
    page.run()
    camera, stream = (component_id(page, kind) for kind in ("bidi_component", "component_instance"))
    worker = Worker()
    page.session_state["live-stream"]._set_worker(worker)
    send(page, camera, camera="missing")
    assert "No camera was found" in page.error[0].value
    assert not worker.is_running
    send(page, stream, playing=True, sdpOffer="", iceCandidates={})  # was still on its way
    assert not page.exception
    assert "No camera was found" in page.error[0].value


def desired_state(page: AppTest) -> object:
    """Return what the page asks the component in the browser to do."""
    return json.loads(page.get("component_instance")[0].proto.json_args)["desired_playing_state"]


@pytest.mark.model
def test_a_stream_that_ended_only_on_the_server_is_ended_in_the_browser_too(page):
    page.run()
    stream = component_id(page, "component_instance")
    worker = Worker()
    context = page.session_state["live-stream"]
    context._set_worker(worker)
    context._is_sdp_answer_sent = True
    send(page, stream, playing=True, sdpOffer="", iceCandidates={})
    assert desired_state(page) is None
    worker.pc.connectionState = "closed"  # as the library leaves it when it ends a stream
    page.run()
    assert desired_state(page) is False
    send(page, stream, playing=False, sdpOffer="", iceCandidates={})
    assert desired_state(page) is None
    assert not page.exception


@pytest.mark.model
@pytest.mark.parametrize("error", [InvalidStateError("closed"), SignallingTimeoutError()])
def test_a_connection_that_cannot_be_made_gets_one_sentence(page, monkeypatch, error):
    page.run()

    def fail(**settings: object) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(live_stream, "webrtc_streamer", fail)
        page.run()
    assert not page.exception
    assert "The video could not connect" in page.error[0].value


@pytest.mark.model
def test_wrong_ice_servers_get_one_sentence(page, monkeypatch):
    monkeypatch.setenv("CUE_ICE_SERVERS", "example.org")
    page.run()
    assert not page.exception
    assert "CUE_ICE_SERVERS: expected addresses such as" in page.error[0].value
