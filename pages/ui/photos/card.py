"""One photo in the page: the photo with numbered boxes, and a card with bars for each face."""

from pathlib import PurePath

import streamlit as st

from fer_core.batch import PhotoReading
from fer_core.figures import expression_bars
from fer_core.labels import NOT_SURE_WORD, WORDS
from fer_core.results import Face, FrameResult
from pages.ui.cards import show_face
from pages.ui.charts import show_figure
from pages.ui.text import plain


def show_photo(reading: PhotoReading, *, key: str) -> None:
    """Show one photo with its faces, or the sentence that says why it was not read.

    Args:
        reading: The photo.
        key: Differs between any two photos of the page.
    """
    with st.container(border=True):
        st.markdown(f"**{plain(reading.source)}**")
        if reading.result is None or reading.result.annotated_jpeg is None:
            st.error(plain(reading.error or "It could not be read."))
            return
        picture, faces = st.columns([3, 2], gap="large")
        with picture:
            jpeg = reading.result.annotated_jpeg
            st.image(jpeg, width="stretch", alt=_description(reading.source, reading.result))
            st.download_button(
                "Download this picture",
                jpeg,
                f"{PurePath(reading.source).stem}-cue.jpg",
                "image/jpeg",
                key=f"picture-{key}",
                on_click="ignore",
            )
        with faces:
            _show_faces(reading.result, key=key)


def _show_faces(result: FrameResult, *, key: str) -> None:
    if not result.faces:
        st.markdown("### 🔍 No face found")
        st.caption("Faces are found best when lit from the front and at least 40 pixels wide.")
    for number, face in enumerate(result.faces, start=1):
        show_face(face, title=f"Face {number}")
        if face.expression is not None:
            show_figure(
                expression_bars(face.expression),
                key=f"bars-{key}-{number}",
                alt=f"Shares of all expressions for face {number}",
            )


def _description(name: str, result: FrameResult) -> str:
    """Return the photo's faces in words, for people who hear the page."""
    words = (f"face {number} {_word(face)}" for number, face in enumerate(result.faces, start=1))
    return f"{name}: {', '.join(words) or 'no face found'}"


def _word(face: Face) -> str:
    if face.expression is None:
        return "not read"
    return WORDS[face.expression.shown_label] if face.expression.shown_label else NOT_SURE_WORD
