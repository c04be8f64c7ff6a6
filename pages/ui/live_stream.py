"""The webcam's stream in the page: the only module that touches streamlit-webrtc."""

import os
import time
from typing import Final, Literal

import streamlit as st
from streamlit_webrtc import WebRtcMode, WebRtcStreamerContext, component, webrtc_streamer

from pages.ui.ice import ice_servers
from pages.ui.live_session import LiveSession

Connection = Literal["connecting", "playing", "failed"]

LIVE_PAGE: Final = "live"
_KEY: Final = "live-stream"
_STARTED: Final = "live_stream_started_s"
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
    _keep_context()
    return webrtc_streamer(
        key=_KEY,
        mode=WebRtcMode.SENDRECV,
        # given even when empty: without it the library asks a public STUN server
        rtc_configuration={"iceServers": ice_servers(os.environ)},
        media_stream_constraints=_CONSTRAINTS,
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


def connection(context: WebRtcStreamerContext) -> Connection | None:
    """Return how far the stream's connection is, or None while it is stopped."""
    if not (context.state.playing or context.state.signalling):
        st.session_state.pop(_STARTED, None)
        return None
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
    if context is not None:
        component._reset_context(context)  # noqa: SLF001 (no public way to stop from here)


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
