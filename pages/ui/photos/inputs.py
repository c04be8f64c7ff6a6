"""Where photos come from: dropped files, the camera, or the example portrait."""

from dataclasses import dataclass

import streamlit as st

from fer_core.data import PORTRAIT_PATH

_MAX_FILE_MB = 100


@dataclass(frozen=True, slots=True)
class Photo:
    """One picture file of a visitor, not yet decoded."""

    key: str  # differs between any two photos of a session
    name: str
    data: bytes


def chosen_photos() -> list[Photo]:
    """Return what the visitor dropped, took, or asked for, in that order."""
    # no list of types: each file is judged by its content, and gets its own sentence if it fails
    files = st.file_uploader(
        "Drop photos here",
        accept_multiple_files=True,
        max_upload_size=_MAX_FILE_MB,
        help="JPEG, PNG, WebP, BMP, TIFF, HEIC or GIF. They are read in memory and never stored.",
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
