"""Controls that several pages share."""

from typing import Final

import streamlit as st

from fer_core.faces.registry import DETECTOR_NAMES

_IS_PAUSED: Final = "is_paused"
_DETECTOR_WORDS: Final = {
    "haar": "Haar (upright faces)",
    "haar-tilt": "Haar, tilted (faces at any tilt, slow)",
    "blazeface": "BlazeFace (faces at any tilt)",
}


def choose_detector() -> str:
    """Return the face detector that the visitor chose; the first one is the default."""
    return st.selectbox(
        "Face detector",
        DETECTOR_NAMES,
        format_func=lambda name: _DETECTOR_WORDS.get(name, name),
        key="detector",
    )


def pause_button() -> bool:
    """Return whether reading is paused; the button and the key P switch it."""
    is_paused: bool = st.session_state.setdefault(_IS_PAUSED, False)
    st.button(
        "Resume" if is_paused else "Pause",
        icon="▶️" if is_paused else "⏸️",
        shortcut="P",
        on_click=lambda: st.session_state.update({_IS_PAUSED: not is_paused}),
        key="pause",
    )
    return is_paused
