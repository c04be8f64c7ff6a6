"""Controls that several pages share."""

from typing import Final

import streamlit as st

from fer_core.faces.registry import DETECTOR_NAMES, detector_title

_IS_PAUSED: Final = "is_paused"
_DETECTOR_HINTS: Final = {
    "haar": "upright faces",
    "haar-tilt": "frontal faces at any tilt, slow",
    "blazeface": "faces at any tilt",
}


def choose_detector(*, is_used: bool = True) -> str:
    """Return the face detector that the visitor chose; the first one is the default.

    Args:
        is_used: Whether the page needs one now; else the field is greyed out.
    """
    return st.selectbox(
        "Face detector",
        DETECTOR_NAMES,
        format_func=_detector_words,
        key="detector",
        disabled=not is_used,
    )


def _detector_words(name: str) -> str:
    return f"{detector_title(name)} ({_DETECTOR_HINTS[name]})"


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
