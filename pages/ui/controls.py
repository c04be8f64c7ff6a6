"""Controls that several pages share."""

import streamlit as st

from fer_core.faces.registry import DETECTOR_NAMES

_IS_PAUSED = "is_paused"
_DETECTOR_WORDS = {
    "haar": "Haar (classic)",
    "blazeface": "BlazeFace (any tilt)",
}


def choose_detector() -> str:
    """Return the face finder to use; the first one unless the visitor chooses another."""
    return st.selectbox(
        "Find faces with",
        DETECTOR_NAMES,
        format_func=lambda name: _DETECTOR_WORDS.get(name, name),
        key="detector",
    )


def pause_button() -> bool:
    """Return whether reading is paused; the button, or the key P, changes it."""
    is_paused: bool = st.session_state.setdefault(_IS_PAUSED, False)
    st.button(
        "Go on reading" if is_paused else "Pause reading",
        icon="▶️" if is_paused else "⏸️",
        shortcut="P",
        on_click=lambda: st.session_state.update({_IS_PAUSED: not is_paused}),
        key="pause",
    )
    return is_paused
