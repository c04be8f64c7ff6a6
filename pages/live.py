"""Live: the webcam, read in real time."""

import time

import streamlit as st

from fer_core.errors import FerError
from pages.ui.camera_check import camera_problem
from pages.ui.cards import show_faces
from pages.ui.controls import choose_detector, pause_button
from pages.ui.live_session import LiveSession, LiveSettings
from pages.ui.live_stream import is_playing, stream
from pages.ui.resources import video_pipeline

PANEL_EVERY_S = 0.2

st.title("Live")
st.write("What the faces before your camera show, as most people would name it.")
video, side = st.columns([3, 2], gap="large")

with side:
    panel = st.container()
    with st.expander("Settings"):
        is_mirrored = st.toggle("Mirror the picture", value=True, key="mirror")
        detector = choose_detector()
    is_paused = pause_button()

try:
    settings = LiveSettings(video_pipeline(detector), is_mirrored, is_paused)
    session: LiveSession = st.session_state.setdefault("live", LiveSession(settings))
    session.settings = settings
    with video:
        context = stream(session)
        problem = camera_problem()
        if problem:
            st.error(problem)
except FerError as error:
    st.error(str(error))
    st.stop()


@st.fragment(run_every=PANEL_EVERY_S if is_playing(context) else None)
def show_reading() -> None:
    """Show the newest reading as text; runs in the script thread, five times a second."""
    reading = session.reading
    if not is_playing(context):
        st.info("Press **Start** and allow the camera. Its picture never leaves this machine.")
    elif session.problem:
        st.error(session.problem)
    elif session.settings.is_paused:
        st.info("Paused. The camera is on, nothing is read.")
    elif reading is None or reading.is_stale(time.monotonic()):
        st.info("Waiting for the first picture…")
    else:
        show_faces(reading.result)
        st.caption(f"{reading.frames_per_second:.0f} pictures read a second")


with panel:
    show_reading()
