"""One photo in the page: its picture with numbered boxes, and a card with bars for each face."""

from pathlib import PurePath

import streamlit as st

from fer_core.figures import expression_bars
from fer_core.labels import NOT_SURE_WORD, WORDS
from fer_core.results import Face
from pages.ui.cards import show_face
from pages.ui.charts import show_figure
from pages.ui.photos.readings import PhotoReading
from pages.ui.text import plain


def show_photo(reading: PhotoReading) -> None:
    """Show one photo with its faces, or the sentence that says why it was not read."""
    with st.container(border=True):
        st.markdown(f"**{plain(reading.name)}**")
        if reading.annotated_jpeg is None:
            st.error(plain(reading.record["error"] or "It could not be read."))
            return
        picture, faces = st.columns([3, 2], gap="large")
        with picture:
            st.image(reading.annotated_jpeg, width="stretch", alt=_description(reading))
            st.download_button(
                "Download this picture",
                reading.annotated_jpeg,
                f"{PurePath(reading.name).stem}-cue.jpg",
                "image/jpeg",
                key=f"picture-{reading.key}",
                on_click="ignore",
            )
        with faces:
            _show_faces(reading)


def _show_faces(reading: PhotoReading) -> None:
    if not reading.faces:
        st.markdown("### 🔍 No face found")
        st.caption("Faces are found best when lit from the front and at least 40 pixels wide.")
    for number, face in enumerate(reading.faces, start=1):
        show_face(face, title=f"Face {number}")
        if face.expression is not None:
            show_figure(
                expression_bars(face.expression),
                key=f"bars-{reading.key}-{number}",
                alt=f"Shares of all expressions for face {number}",
            )


def _description(reading: PhotoReading) -> str:
    """Return the picture's faces in words, for those who hear the page."""
    words = (f"face {number} {_word(face)}" for number, face in enumerate(reading.faces, start=1))
    return f"{reading.name}: {', '.join(words) or 'no face found'}"


def _word(face: Face) -> str:
    if face.expression is None:
        return "not read"
    return WORDS[face.expression.shown_label] if face.expression.shown_label else NOT_SURE_WORD
