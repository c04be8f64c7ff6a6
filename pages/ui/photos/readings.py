"""Photos through the pipeline, each read once.

What a session keeps of a photo is small: the annotated photo as JPEG and the numbers.
"""

from typing import Final

import streamlit as st

from fer_core.batch import PhotoReading, analyze_photo
from fer_core.pipeline import FacePipeline
from pages.ui.photos.inputs import Photo
from pages.ui.text import plain

_READINGS: Final = "photo_readings"
_IS_STOPPED: Final = "photos_stopped"
_LONGEST_SIDE: Final = 2560  # pixels of the photo kept: sharp on any screen, a few MB at most


def analyze_with_progress(
    photos: list[Photo], pipeline: FacePipeline, *, detector: str
) -> dict[str, PhotoReading]:
    """Return the readings of photos by a key, in order; each is analysed once per detector.

    Shows progress and a button that stops after the current photo; then the rest is left out.
    """
    known: dict[str, PhotoReading] = st.session_state.get(_READINGS, {})
    wanted = {f"{detector}/{photo.key}": photo for photo in photos}
    kept = {key: known[key] for key in wanted if key in known}
    st.session_state[_READINGS] = kept  # readings of removed photos are dropped here
    unread = {key: photo for key, photo in wanted.items() if key not in kept}
    if unread and st.session_state.pop(_IS_STOPPED, False):
        st.button(f"Read the other {len(unread)}")
    elif unread:
        _analyze_into(kept, unread, pipeline)
    return {key: kept[key] for key in wanted if key in kept}


def _analyze_into(
    kept: dict[str, PhotoReading], unread: dict[str, Photo], pipeline: FacePipeline
) -> None:
    """Analyse photos one after the other; a click on the page ends it after any of them."""
    place = st.empty()
    with place.container():
        bar = st.progress(0.0)
        st.button("Stop", on_click=lambda: st.session_state.update({_IS_STOPPED: True}))
    for done, (key, photo) in enumerate(unread.items()):
        text = f"Reading {done + 1} of {len(unread)}: {plain(photo.name)}"
        bar.progress(done / len(unread), text=text)
        kept[key] = analyze_photo(
            photo.data, pipeline, source=photo.name, annotated_side=_LONGEST_SIDE
        )
    place.empty()
