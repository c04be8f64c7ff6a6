"""The photos of a session: where they come from, and what was read in them, each photo once.

A session keeps little per photo: the annotated photo as JPEG, and the numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st

from fer_core.batch import PhotoReading, analyze_photo
from fer_core.data import PORTRAIT_PATH
from fer_core.pipeline import FacePipeline
from pages.ui.text import escape_markdown, pluralize

_READINGS: Final = "photo_readings"
_IS_STOPPED: Final = "photos_stopped"
_MAX_FILE_MB: Final = 100
_LONGEST_SIDE_PX: Final = 2560  # of the photo kept: sharp on any screen, a few MB at most


@dataclass(frozen=True, slots=True)
class Photo:
    """One file of a visitor, not yet decoded."""

    key: str  # differs between any two photos of a session
    name: str
    data: bytes


def choose_photos() -> list[Photo]:
    """Return the photos that the visitor dropped, took, or asked for, in that order."""
    # any type of file: each is judged by its content, and is reported in one sentence if it
    # cannot be read
    files = st.file_uploader(
        "Drop photos here",
        accept_multiple_files=True,
        max_upload_size=_MAX_FILE_MB,
        help="JPEG, PNG, WebP, BMP, TIFF, HEIC or GIF. Photos stay in memory and are not saved.",
        key="photo-files",
    )
    photos = [Photo(file.file_id, file.name, file.getvalue()) for file in files or ()]
    take, example = st.columns(2)
    if take.toggle("Take a photo", key="photo-camera"):
        taken = st.camera_input("Take a photo", label_visibility="collapsed", key="photo-taken")
        if taken is not None:
            photos.append(Photo(taken.file_id, "photo.jpg", taken.getvalue()))
    if example.toggle("Show the example portrait", key="photo-example"):
        photos.append(Photo("example", "example portrait.jpg", PORTRAIT_PATH.read_bytes()))
    return photos


def choose_crops() -> bool:
    """Return whether the visitor says that each photo is one face, cut out already."""
    return st.toggle(
        "Each photo is one face, cut out already",
        help="Then Cue does not search for faces. It reads the whole photo as one upright face, "
        "as in data sets of faces. The photo needs at least 24 pixels on each side.",
        key="photo-crops",
    )


def choose_body(*, is_used: bool) -> bool:
    """Return whether the visitor wants the bodies too; without a use the switch is greyed out."""
    wanted = st.toggle(
        "Body",
        help="Then Cue draws the skeleton of each person and says in words what the body does, "
        "for example “arms crossed”. It takes about a second more per photo.",
        key="photo-body",
        disabled=not is_used,
    )
    return wanted and is_used


def analyze_with_progress(
    photos: list[Photo], pipeline: FacePipeline, *, way: str, is_crop: bool
) -> dict[str, PhotoReading]:
    """Return the readings of photos by key, in order; each is analysed once per choice.

    Shows progress and a button that stops after the current photo. The others are then left out.

    Args:
        photos: The photos.
        pipeline: Reads them.
        way: Differs for every other way to read a photo.
        is_crop: Whether each photo is one face that is cut out already.
    """
    known: dict[str, PhotoReading] = st.session_state.get(_READINGS, {})
    wanted = {f"{way}/{photo.key}": photo for photo in photos}
    kept = {key: known[key] for key in wanted if key in known}
    st.session_state[_READINGS] = kept  # drops the readings of removed photos
    left = {key: photo for key, photo in wanted.items() if key not in kept}
    if left and st.session_state.pop(_IS_STOPPED, False):
        st.button(f"Read the remaining {len(left)}")
    elif left:
        _analyze_into(kept, left, pipeline, is_crop=is_crop)
    return {key: kept[key] for key in wanted if key in kept}


def summary(readings: Sequence[PhotoReading], *, n_photos: int) -> str:
    """Return how many faces were found in how many photos, and how many photos failed."""
    n_faces = sum(len(reading.result.faces) for reading in readings if reading.result)
    n_failed = sum(reading.error is not None for reading in readings)
    of_all = f"{len(readings)} of " if len(readings) < n_photos else ""
    failed = f", {pluralize(n_failed, 'photo')} failed" if n_failed else ""
    return f"{pluralize(n_faces, 'face')} in {of_all}{pluralize(n_photos, 'photo')}{failed}"


def _analyze_into(
    kept: dict[str, PhotoReading],
    left: dict[str, Photo],
    pipeline: FacePipeline,
    *,
    is_crop: bool,
) -> None:
    """Analyse photos one after the other into `kept`; any click ends it after the current photo."""
    place = st.empty()
    with place.container():
        bar = st.progress(0.0)
        st.button("Stop", on_click=lambda: st.session_state.update({_IS_STOPPED: True}))
    for n_done, (key, photo) in enumerate(left.items()):
        text = f"Reading {n_done + 1} of {len(left)}: {escape_markdown(photo.name)}"
        bar.progress(n_done / len(left), text=text)
        kept[key] = analyze_photo(
            photo.data,
            pipeline,
            source=photo.name,
            annotated_side=_LONGEST_SIDE_PX,
            is_crop=is_crop,
        )
    place.empty()
