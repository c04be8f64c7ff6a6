"""One photo on the page: the annotated photo beside a card per face."""

from pathlib import PurePath

import streamlit as st

from fer_core.batch import PhotoReading
from fer_core.figures import expression_bars
from fer_core.results import FrameResult, Person
from pages.ui.cards import show_face, show_no_face
from pages.ui.charts import show_figure
from pages.ui.text import escape_markdown


def show_photo(reading: PhotoReading, *, key: str) -> None:
    """Show one photo with its faces, or the sentence that says why it could not be read.

    Args:
        reading: The photo.
        key: Differs between any two photos of the page.
    """
    with st.container(border=True):
        st.markdown(f"**{escape_markdown(reading.source)}**")
        if reading.result is None or reading.result.annotated_jpeg is None:
            st.error(escape_markdown(reading.error or "This photo could not be read."))
            return
        jpeg = reading.result.annotated_jpeg
        left, right = st.columns([3, 2], gap="large")
        with left:
            st.image(jpeg, width="stretch", alt=_description(reading.source, reading.result))
            st.download_button(
                "Download this photo",
                jpeg,
                f"{PurePath(reading.source).stem}-cue.jpg",
                "image/jpeg",
                key=f"photo-{key}",
                on_click="ignore",
            )
        with right:
            _show_faces(reading.result, key=key)


def _show_faces(result: FrameResult, *, key: str) -> None:
    if not result.faces:
        show_no_face()
    for number, face in enumerate(result.faces, start=1):
        show_face(face, title=f"Face {number}", is_photo=True)
        if face.expression is not None:
            show_figure(
                expression_bars(face.expression),
                key=f"bars-{key}-{number}",
                alt=f"Shares of all expressions for face {number}",
            )
        for person in (each for each in result.people if each.face_id == number - 1):
            st.write(f"🧍 {posture_in_words(person)}")
    faceless = [person for person in result.people if person.face_id is None]
    for number, person in enumerate(faceless, start=1):
        st.caption(f"Person {number} whose face is not seen")
        st.write(f"🧍 {posture_in_words(person)}")


def posture_in_words(person: Person) -> str:
    """Return what the body does, as a sentence."""
    return f"{', '.join(person.posture).capitalize() or 'No clear posture'}."


def _description(name: str, result: FrameResult) -> str:
    """Return what the photo shows in words, for screen readers."""
    faces = enumerate(result.faces, start=1)
    words = [f"face {number} {face.in_words()}" for number, face in faces] or ["no face found"]
    postures = [", ".join(person.posture) for person in result.people if person.posture]
    return f"{name}: {', '.join([*words, *postures])}"
