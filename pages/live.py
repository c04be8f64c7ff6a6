"""Live: the expressions in front of the webcam, in real time."""

import time

import streamlit as st

from fer_core.errors import FerError
from pages.ui.cards import show_faces
from pages.ui.controls import choose_detector, pause_button
from pages.ui.live.baseline import show_baselines
from pages.ui.live.camera import camera_problem
from pages.ui.live.session import LiveSession, LiveSettings
from pages.ui.live.stream import connection, end_stream, stream
from pages.ui.resources import video_pipeline
from pages.ui.shell import show_heading

PANEL_EVERY_S = 1 / 3  # a refresh costs the browser as much as five frames of the video
NOT_CONNECTED = (
    "The video could not connect. Press Stop, then Start. If that does not help, turn off your VPN "
    "or set CUE_ICE_SERVERS to your own TURN server."
)

show_heading("Live", "How most people would name the expressions in front of your camera.")
video, side = st.columns([3, 2], gap="large")

with side:
    panel = st.container()
    with st.expander("Settings"):
        is_mirrored = st.toggle("Mirror the video", value=True, key="mirror")
        detector = choose_detector()
    is_paused = pause_button()

try:
    settings = LiveSettings(video_pipeline(detector), is_mirrored, is_paused)
    session: LiveSession = st.session_state.setdefault("live", LiveSession(settings))
    session.settings = settings
    with video:
        problem = camera_problem()
        if problem:
            end_stream()
            st.error(problem)
            st.stop()
        context = stream(session)
except FerError as error:
    end_stream()
    st.error(str(error))
    st.stop()


@st.fragment(run_every=PANEL_EVERY_S if connection(context) else None)
def show_reading() -> None:
    """Show the newest reading as text; runs in the script thread, three times per second."""
    reading = session.reading
    if connection(context) == "failed":
        st.error(NOT_CONNECTED)
    elif connection(context) == "connecting":
        st.info("Connecting…")
    elif connection(context) is None:
        st.info(
            "Press **Start** and allow the camera. The video goes only to the machine with Cue."
        )
    elif session.problem:
        st.error(session.problem)
    elif session.settings.is_paused:
        st.info("Paused. The camera is still on, but faces are not read.")
    elif reading is None or reading.is_stale(time.monotonic()):
        st.info("Waiting for the first frame…")
    else:
        show_faces(reading.result)
        st.caption(f"{reading.frames_per_second:.0f} frames per second")
        show_baselines(session)


with panel:
    show_reading()
