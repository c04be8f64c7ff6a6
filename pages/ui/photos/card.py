"""One photo on the page: the annotated photo beside a card per face."""

from pathlib import PurePath

import streamlit as st

from fer_core.figures import expression_bars
from fer_core.labels import NOT_SURE_WORD, WORDS
from fer_core.results import Face
from pages.ui.cards import show_face, show_no_face
from pages.ui.charts import show_figure
from pages.ui.photos.readings import PhotoReading
from pages.ui.text import escape_markdown


def show_photo(reading: PhotoReading) -> None:
    """Show one photo with its faces, or the sentence that says why it could not be read."""
    with st.container(border=True):
        st.markdown(f"**{escape_markdown(reading.name)}**")
        if reading.annotated_jpeg is None:
            st.error(escape_markdown(reading.record["error"] or "This photo could not be read."))
            return
        left, right = st.columns([3, 2], gap="large")
        with left:
            st.image(reading.annotated_jpeg, width="stretch", alt=_description(reading))
            st.download_button(
                "Download this photo",
                reading.annotated_jpeg,
                f"{PurePath(reading.name).stem}-cue.jpg",
                "image/jpeg",
                key=f"photo-{reading.key}",
                on_click="ignore",
            )
        with right:
            _show_faces(reading)


def _show_faces(reading: PhotoReading) -> None:
    if not reading.faces:
        show_no_face("Faces are found best if they are lit from the front and 40 pixels wide.")
    for number, face in enumerate(reading.faces, start=1):
        show_face(face, title=f"Face {number}")
        if face.expression is not None:
            show_figure(
                expression_bars(face.expression),
                key=f"bars-{reading.key}-{number}",
                alt=f"Shares of all expressions for face {number}",
            )


def _description(reading: PhotoReading) -> str:
    """Return what the photo shows in words, for screen readers."""
    words = (f"face {number} {_word(face)}" for number, face in enumerate(reading.faces, start=1))
    return f"{reading.name}: {', '.join(words) or 'no face found'}"


def _word(face: Face) -> str:
    if face.expression is None:
        return "not read"
    return WORDS[face.expression.shown_label] if face.expression.shown_label else NOT_SURE_WORD
