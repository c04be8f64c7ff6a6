"""Photos through the pipeline, each read once.

What a session keeps of a photo is small: the annotated picture as JPEG and the numbers.
"""

from dataclasses import dataclass
from typing import Final

import streamlit as st

from fer_core.annotate import annotate
from fer_core.batch import PictureReading, read_picture, unread
from fer_core.export import PictureRecord, encode_jpeg
from fer_core.frames import shrink_to
from fer_core.pipeline import FacePipeline
from fer_core.results import Face
from pages.ui.photos.inputs import Photo
from pages.ui.text import plain

_READINGS: Final = "photo_readings"
_IS_STOPPED: Final = "photos_stopped"
_LONGEST_SIDE: Final = 2560  # pixels of the picture kept: sharp on any screen, a few MB at most


@dataclass(frozen=True, slots=True, eq=False)
class PhotoReading:
    """One photo as the page shows it; without a picture, `record["error"]` says why."""

    key: str
    name: str
    record: PictureRecord
    faces: tuple[Face, ...]
    annotated_jpeg: bytes | None


def read_photos(
    photos: list[Photo], pipeline: FacePipeline, *, detector: str
) -> list[PhotoReading]:
    """Return the readings of photos, in order; those read before with this detector are kept.

    Shows progress and a button that stops after the photo at hand; then the rest is left out.
    """
    known: dict[str, PhotoReading] = st.session_state.get(_READINGS, {})
    wanted = {f"{detector}/{photo.key}": photo for photo in photos}
    kept = {key: known[key] for key in wanted if key in known}
    st.session_state[_READINGS] = kept  # readings of removed photos are dropped here
    left = {key: photo for key, photo in wanted.items() if key not in kept}
    if left and st.session_state.pop(_IS_STOPPED, False):
        st.button(f"Read the other {len(left)}")
    elif left:
        _read_with_progress(left, pipeline, kept)
    return [kept[key] for key in wanted if key in kept]


def _read_with_progress(
    left: dict[str, Photo], pipeline: FacePipeline, kept: dict[str, PhotoReading]
) -> None:
    """Read photos one after the other into `kept`; a click anywhere ends it after any of them."""
    place = st.empty()
    with place.container():
        bar = st.progress(0.0)
        st.button("Stop", on_click=lambda: st.session_state.update({_IS_STOPPED: True}))
    for done, (key, photo) in enumerate(left.items()):
        text = f"Reading {done + 1} of {len(left)}: {plain(photo.name)}"
        bar.progress(done / len(left), text=text)
        kept[key] = _kept(key, read_picture(photo.data, pipeline, source=photo.name))
    place.empty()


def _kept(key: str, reading: PictureReading) -> PhotoReading:
    if reading.frame_bgr is None or reading.result is None:
        return PhotoReading(key, reading.source, reading.record(), (), None)
    try:
        picture_bgr = annotate(reading.frame_bgr, reading.result, numbered=True)
        picture_bgr, _ = shrink_to(picture_bgr, longest_side=_LONGEST_SIDE)
        jpeg = encode_jpeg(picture_bgr)
    except Exception as error:  # noqa: BLE001 (told and logged; the other photos count)
        return _kept(key, unread(reading.source, error))
    return PhotoReading(key, reading.source, reading.record(), reading.result.faces, jpeg)
