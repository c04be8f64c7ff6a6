"""The neutral baseline of a face: captured, counted down, cleared.

Readings are corrected by it, because some faces look sad or angry at rest.
"""

import math
import time
from typing import Final

import streamlit as st

from fer_core.results import Face
from fer_core.tracking.memory import BASELINE_S
from pages.ui.cards import MAX_CARDS
from pages.ui.live.session import LiveSession

_PURPOSE: Final = (
    f"Some faces look sad or angry at rest. Relax your face for {BASELINE_S:.0f} seconds. Later "
    "readings are corrected by it, until you clear it or the face leaves the video."
)


def show_baselines(session: LiveSession) -> None:
    """Show a button per face that captures, cancels or clears its neutral baseline."""
    reading = session.reading
    if reading is None or reading.is_stale(time.monotonic()):
        return
    faces = [face for face in reading.result.faces if face.face_id is not None][:MAX_CARDS]
    for number, face in enumerate(faces, start=1):
        _show_baseline(session, face, number=number if len(faces) > 1 else None)
    if faces:
        st.caption(_PURPOSE)


def _show_baseline(session: LiveSession, face: Face, *, number: int | None) -> None:
    face_id = face.face_id
    if face_id is None:
        return
    name = "" if number is None else f"Face {number}: "
    # with several faces, a key would not say which face is meant
    shortcut = "B" if number is None else None
    if face.baseline_left_s is not None:
        done = 1 - face.baseline_left_s / BASELINE_S
        text = f"{name}Relax your face, {math.ceil(face.baseline_left_s)} s"
        st.progress(min(max(done, 0.0), 1.0), text=text)
        word, icon, act = f"{name}Cancel", "✖️", session.clear_baseline
    elif face.is_corrected:
        word, icon, act = f"{name}Clear neutral baseline", "✖️", session.clear_baseline
    else:
        word, icon, act = f"{name}Capture neutral baseline", "🎯", session.capture_baseline
    st.button(
        word,
        icon=icon,
        shortcut=shortcut,
        on_click=act,
        args=(face_id,),
        key=f"baseline-{face_id}",
    )
