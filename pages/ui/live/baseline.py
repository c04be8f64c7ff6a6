"""A face's own neutral look as the zero point of its readings: taken, counted down, cleared."""

import math
import time

import streamlit as st

from fer_core.results import Face
from fer_core.tracking.memory import BASELINE_S
from pages.ui.live.session import LiveSession

_MAX_SHOWN = 6  # faces, as many as have a card
_WHAT_FOR = (
    f"Some faces look sad or angry at rest. Keep a relaxed face for {BASELINE_S:.0f} seconds: what "
    "is read afterwards is corrected by it, until it is cleared or the face leaves the picture."
)


def show_baselines(session: LiveSession) -> None:
    """Show, for each face in view, the button that takes its neutral baseline, or undoes it."""
    reading = session.reading
    if reading is None or reading.is_stale(time.monotonic()):
        return
    faces = [face for face in reading.result.faces if face.face_id is not None][:_MAX_SHOWN]
    for number, face in enumerate(faces, start=1):
        _show_baseline(session, face, number=number if len(faces) > 1 else None)
    if faces:
        st.caption(_WHAT_FOR)


def _show_baseline(session: LiveSession, face: Face, *, number: int | None) -> None:
    face_id = face.face_id
    if face_id is None:
        return
    name = "" if number is None else f"Face {number}: "
    # one face, one key: with several, a letter would not say whose baseline it takes
    shortcut = "B" if number is None else None
    if face.baseline_left_s is not None:
        done = 1 - face.baseline_left_s / BASELINE_S
        text = f"{name}Keep a relaxed face, {math.ceil(face.baseline_left_s)} s"
        st.progress(min(max(done, 0.0), 1.0), text=text)
        word, icon, act = f"{name}Cancel", "✖️", session.clear_baseline
    elif face.is_corrected:
        word, icon, act = f"{name}Clear neutral baseline", "✖️", session.clear_baseline
    else:
        word, icon, act = f"{name}Take neutral baseline", "🎯", session.take_baseline
    st.button(
        word,
        icon=icon,
        shortcut=shortcut,
        on_click=act,
        args=(face_id,),
        key=f"baseline-{face_id}",
    )
