"""The webcam's stream in the page: the only module that touches streamlit-webrtc."""

import logging
import os
import time
from typing import Any, Final, Literal

import streamlit as st
from aiortc import InvalidStateError
from streamlit_webrtc import WebRtcMode, WebRtcStreamerContext, component, webrtc_streamer
from streamlit_webrtc.webrtc import SignallingTimeoutError

from pages.ui.live.ice import ice_servers
from pages.ui.live.session import LiveSession

logger = logging.getLogger(__name__)

Connection = Literal["connecting", "playing", "failed"]

LIVE_PAGE: Final = "live"
_KEY: Final = "live-stream"
_STARTED: Final = "live_stream_started_s"
_HAS_FAILED: Final = "live_stream_has_failed"
_ENDED_OFFER: Final = "live_stream_ended_offer"
_CONNECTING_S: Final = 10  # on one machine it takes half a second
_CONSTRAINTS: Final = {
    # ideal, not exact: a camera without this size still starts
    "video": {
        "width": {"ideal": 640},
        "height": {"ideal": 480},
        "frameRate": {"ideal": 30, "max": 30},
    },
    "audio": False,
}
_WORDS: Final = {
    "start": "Start",
    "stop": "Stop",
    "select_device": "Choose camera",
    "select_camera": "Choose camera",
    "device_ask_permission": "Allow the camera when your browser asks.",
    "device_not_available": "No camera was found. Connect one, then reload this page.",
    "device_access_denied": "The camera was refused. Allow it in the address bar, then reload.",
    "media_api_not_available": "This address may not use a camera. Open http://localhost:8501.",
}


def stream(session: LiveSession) -> WebRtcStreamerContext:
    """Show the video with its start and stop button; frames go through `session.on_frame`.

    Call it at page level and before anything slow: inside a fragment its frame would be remounted.

    Raises:
        SettingsError: The environment names ICE servers that cannot be understood.
    """
    servers = ice_servers(os.environ)
    _keep_context()
    try:
        return webrtc_streamer(
            key=_KEY,
            mode=WebRtcMode.SENDRECV,
            # given even when empty: without it the library asks a public STUN server
            rtc_configuration={"iceServers": servers},
            media_stream_constraints=_CONSTRAINTS,
            desired_playing_state=False if _is_ended_here_alone() else None,
            video_frame_callback=session.on_frame,
            video_html_attrs={
                "autoPlay": True,
                "controls": False,
                "muted": True,
                "style": {"width": "100%", "borderRadius": "0.5rem"},
            },
            translations=_WORDS,
            media_toggle_controls=False,
        )
    except (InvalidStateError, SignallingTimeoutError) as error:
        # The library ends a stream whose page is left, even one that is being made; or it took
        # too long. A run that is not wanted any more ends at the next line.
        end_stream()
        st.session_state[_HAS_FAILED] = True
        logger.warning("The live video was not connected: %s", error)
        return st.session_state[_KEY]


def connection(context: WebRtcStreamerContext) -> Connection | None:
    """Return how far the stream's connection is, or None while it is stopped."""
    if not (context.state.playing or context.state.signalling):
        st.session_state.pop(_STARTED, None)
        return "failed" if st.session_state.get(_HAS_FAILED) else None
    st.session_state.pop(_HAS_FAILED, None)
    started_s = st.session_state.setdefault(_STARTED, time.monotonic())
    if context.state.playing:
        return "playing"
    return "failed" if time.monotonic() - started_s > _CONNECTING_S else "connecting"


def end_stream() -> None:
    """Stop this visitor's stream, if one runs.

    Its context stays in the session: a value of the component may still be on its way, and the
    library's callback looks the context up whenever one arrives. A context without a worker is a
    few hundred bytes, one a session.
    """
    context = st.session_state.get(_KEY)
    if context is None:
        return
    st.session_state[_ENDED_OFFER] = _component_value().get("sdpOffer")
    st.session_state.pop(_HAS_FAILED, None)
    worker = context._get_worker()  # noqa: SLF001 (no public way to stop from here)
    # first let go, then stop: that takes seconds at worst, and a run that shows the page again may
    # have given the context another worker meanwhile
    context._set_worker(None)  # noqa: SLF001
    component._reset_context(context)  # noqa: SLF001
    if worker is not None:
        worker.stop()


def _is_ended_here_alone() -> bool:
    """Return whether the browser holds on to a stream that has ended on this side.

    Its frame outlives a page that is left and entered again within milliseconds.
    """
    context, value = st.session_state.get(_KEY), _component_value()
    if context is None:
        return False
    worker = context._get_worker()  # noqa: SLF001 (no public way)
    is_running = worker is not None and worker.pc.connectionState != "closed"
    offer = value.get("sdpOffer")
    is_old_offer = bool(offer) and offer == st.session_state.get(_ENDED_OFFER)
    return is_old_offer or (bool(value.get("playing")) and not is_running)


def _component_value() -> dict[str, Any]:
    """Return what the browser's half of the stream said last; nothing if it has not spoken."""
    return st.session_state.get(component.generate_frontend_component_key(_KEY)) or {}


def _keep_context() -> None:
    """Tell the library that its page was not left.

    It compares run counts to find out, and they race: now and then a start was dropped. We know
    which page is shown (`page.follow_navigation`), and end the stream ourselves.
    """
    context = st.session_state.get(_KEY)
    info = component.get_this_session_info()
    if context is not None and info is not None:
        run_count = component.get_script_run_count(info)
        context._last_rendered_run_count = run_count  # noqa: SLF001 (no public way)
