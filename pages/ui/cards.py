"""How one face's reading looks in a page: emoji, word, and the share of people as a bar."""

import streamlit as st

from fer_core.labels import EMOJI, NOT_SURE_EMOJI, NOT_SURE_WORD, WORDS, people_in_ten
from fer_core.results import Expression, Face, FrameResult

_MAX_SHOWN = 6  # faces; more cannot be read at a glance


def show_faces(result: FrameResult) -> None:
    """Show one card a face, left to right, and say where there is none."""
    if not result.faces:
        st.markdown("### 🔍 No face found")
        st.caption("Face the camera, with light from the front.")
    for number, face in enumerate(result.faces[:_MAX_SHOWN], start=1):
        show_face(face, title=f"Face {number}" if len(result.faces) > 1 else None)
    hidden = len(result.faces) - _MAX_SHOWN
    if hidden > 0:
        st.caption(f"And {hidden} more, marked in the picture.")


def show_face(face: Face, *, title: str | None = None) -> None:
    """Show what one face shows, that it is not sure, or why it was not read."""
    if title:
        st.caption(title)
    if face.expression is None:
        st.markdown("### 🚫 not read")
        st.caption(f"{', '.join(face.reasons).capitalize() or 'Not readable'}.")
        return
    st.markdown(headline(face.expression))
    if face.is_corrected:
        st.caption("🎯 Corrected by this face's neutral baseline")
    for label in spoken_labels(face.expression):
        share = face.expression.share(label)
        st.progress(share, text=f"{people_in_ten(share)} would say {WORDS[label]}")


def headline(expression: Expression) -> str:
    """Return emoji and word as a heading; without a clear leader it says so."""
    if expression.shown_label is None:
        return f"### {NOT_SURE_EMOJI} {NOT_SURE_WORD}"
    return f"### {EMOJI[expression.shown_label]} {WORDS[expression.shown_label]}"


def spoken_labels(expression: Expression) -> tuple[str, ...]:
    """Return the label that is said, or the two that come closest where none is."""
    if expression.shown_label is not None:
        return (expression.shown_label,)
    return tuple(label for label, _ in expression.top_two)
