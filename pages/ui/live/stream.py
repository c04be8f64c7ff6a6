"""The stream of the webcam: the only module that uses streamlit-webrtc."""

import logging
import os
import time
from collections.abc import Mapping
from typing import Any, Final, Literal

import streamlit as st
from aiortc import InvalidStateError
from streamlit_webrtc import WebRtcMode, WebRtcStreamerContext, component, webrtc_streamer
from streamlit_webrtc.webrtc import SignallingTimeoutError

from fer_core.errors import SettingsError
from pages.ui.live.session import LiveSession

logger = logging.getLogger(__name__)

Connection = Literal["connecting", "playing", "failed"]

LIVE_PAGE: Final = "live"
_KEY: Final = "live-stream"
_STARTED: Final = "live_stream_started_s"
_HAS_FAILED: Final = "live_stream_has_failed"
_ENDED_OFFER: Final = "live_stream_ended_offer"
_CONNECTING_S: Final = 10  # half a second is normal on one machine
_CONSTRAINTS: Final = {
    # ideal, not exact: a camera that cannot do this still starts
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
    "device_access_denied": "The camera is blocked. Allow it in the address bar, then reload.",
    "media_api_not_available": "This address cannot use a camera. Use http://localhost.",
}
_SERVERS: Final = "CUE_ICE_SERVERS"  # addresses, separated by commas
_USERNAME: Final = "CUE_TURN_USERNAME"
_CREDENTIAL: Final = "CUE_TURN_CREDENTIAL"
_SCHEMES: Final = ("stun:", "stuns:", "turn:", "turns:")


def stream(session: LiveSession) -> WebRtcStreamerContext:
    """Show the video with its start and stop button; frames go through `session.on_frame`.

    Call it at page level, because a fragment would mount the component again, and before anything
    slow.

    Raises:
        SettingsError: The ICE servers in the environment are not valid.
    """
    servers = ice_servers(os.environ)
    _keep_context()
    try:
        return webrtc_streamer(
            key=_KEY,
            mode=WebRtcMode.SENDRECV,
            # also if empty: without it the library contacts a public STUN server
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
        # Connecting took too long, or the page was left meanwhile and the library ended the stream.
        # In the second case Streamlit stops this run at the next line.
        end_stream()
        st.session_state[_HAS_FAILED] = True
        logger.warning("The live video could not connect: %s", error)
        return st.session_state[_KEY]


def connection(context: WebRtcStreamerContext) -> Connection | None:
    """Return the state of the connection, or None if the stream is stopped."""
    if not (context.state.playing or context.state.signalling):
        st.session_state.pop(_STARTED, None)
        return "failed" if st.session_state.get(_HAS_FAILED) else None
    st.session_state.pop(_HAS_FAILED, None)
    started_s = st.session_state.setdefault(_STARTED, time.monotonic())
    if context.state.playing:
        return "playing"
    return "failed" if time.monotonic() - started_s > _CONNECTING_S else "connecting"


def end_stream() -> None:
    """Stop this visitor's stream if there is one.

    Its context stays in the session. A value of the component may still arrive, and the library's
    callback then looks the context up. Without a worker it takes a few hundred bytes per session.
    """
    context = st.session_state.get(_KEY)
    if context is None:
        return
    st.session_state[_ENDED_OFFER] = _component_value().get("sdpOffer")
    st.session_state.pop(_HAS_FAILED, None)
    worker = context._get_worker()  # noqa: SLF001 (no public way to stop from here)
    # Detach the worker before stopping it. Stopping can take seconds, and meanwhile a new run of
    # the page may give the context another worker.
    context._set_worker(None)  # noqa: SLF001
    component._reset_context(context)  # noqa: SLF001
    if worker is not None:
        worker.stop()


def ice_servers(environ: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the ICE servers of the environment in the form that WebRTC expects.

    They help two machines to find each other. On one machine none is needed or contacted.

    Raises:
        SettingsError: An address has no known scheme, or a TURN server has no credentials.

    >>> ice_servers({})
    []
    >>> ice_servers({"CUE_ICE_SERVERS": "stun:example.org:3478"})
    [{'urls': 'stun:example.org:3478'}]
    """
    addresses = [part.strip() for part in environ.get(_SERVERS, "").split(",") if part.strip()]
    return [_server(address, environ) for address in addresses]


def _is_ended_here_alone() -> bool:
    """Return whether the stream has ended on the server but not in the browser.

    The component survives if a visitor leaves the page and returns within milliseconds.
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
    """Return the last value that the component sent from the browser; empty if there is none."""
    return st.session_state.get(component.generate_frontend_component_key(_KEY)) or {}


def _keep_context() -> None:
    """Keep the library from ending the stream because it believes that the page was left.

    It compares counts of script runs, which race, so about one start in fifty was lost. The app
    knows which page is shown and ends the stream itself: see `shell.follow_navigation`.
    """
    context = st.session_state.get(_KEY)
    info = component.get_this_session_info()
    if context is not None and info is not None:
        run_count = component.get_script_run_count(info)
        context._last_rendered_run_count = run_count  # noqa: SLF001 (no public way)


def _server(address: str, environ: Mapping[str, str]) -> dict[str, str]:
    if not address.startswith(_SCHEMES):
        raise SettingsError(
            f"{_SERVERS}: expected addresses such as turn:example.org:3478, got {address[:60]!r}."
        )
    if not address.startswith("turn"):
        return {"urls": address}
    username, credential = environ.get(_USERNAME), environ.get(_CREDENTIAL)
    if not username or not credential:
        raise SettingsError(
            f"{_SERVERS} names the TURN server {address[:60]}, which needs {_USERNAME} and "
            f"{_CREDENTIAL}; set both."
        )
    return {"urls": address, "username": username, "credential": credential}
