"""How a page shows the reading of a face: glyph, word, and the share of people as a bar."""

from typing import Final

import streamlit as st

from fer_core.drawing.sprites import NOT_SURE
from fer_core.labels import NOT_SURE_WORD, WORDS, people_in_ten
from fer_core.results import NOT_READ_WORDS, Expression, Face, FrameResult
from pages.ui.text import pluralize, with_glyph

MAX_CARDS: Final = 6  # nobody reads more at a glance
_LIVE_LEVEL: Final = 2  # of the headings, which stand right below the title of the page


def show_faces(result: FrameResult) -> None:
    """Show one card per face, from left to right, or say that no face was found."""
    if not result.faces:
        show_no_face("Look into the camera, with light from the front.", level=_LIVE_LEVEL)
    for number, face in enumerate(result.faces[:MAX_CARDS], start=1):
        title = f"Face {number}" if len(result.faces) > 1 else None
        show_face(face, title=title, level=_LIVE_LEVEL)
    n_hidden = len(result.faces) - MAX_CARDS
    if n_hidden > 0:
        st.caption(f"{pluralize(n_hidden, 'more face')} in the video.")


def show_face(face: Face, *, title: str | None = None, level: int = 3) -> None:
    """Show what a face shows, that the reading is not sure, or why there is none.

    Args:
        face: The face.
        title: Shown above, to tell several faces apart.
        level: Level of the heading.
    """
    if title:
        st.caption(title)
    if face.expression is None:
        st.markdown(f"{'#' * level} 🚫 {NOT_READ_WORDS}")
        st.caption(f"{', '.join(face.reasons).capitalize() or 'This face could not be read'}.")
        return
    st.markdown(f"{'#' * level} {headline(face.expression)}")
    if face.is_corrected:
        st.caption("🎯 Corrected by this face's neutral baseline")
    for label in leading_labels(face.expression):
        share = face.expression.share(label)
        people = people_in_ten(share).capitalize()
        st.progress(share, text=f"{people} people would say {WORDS[label]}")


def show_no_face(advice: str, *, level: int = 3) -> None:
    """Say that no face was found, and what helps."""
    st.markdown(f"{'#' * level} 🔍 No face found")
    st.caption(advice)


def headline(expression: Expression) -> str:
    """Return glyph and word as Markdown."""
    label = expression.shown_label
    if label is None:
        return with_glyph(NOT_SURE, NOT_SURE_WORD)
    return with_glyph(label, WORDS[label])


def leading_labels(expression: Expression) -> tuple[str, ...]:
    """Return the label that is shown, or the two leading ones if the reading is not sure."""
    if expression.shown_label is not None:
        return (expression.shown_label,)
    return tuple(label for label, _ in expression.top_two)
