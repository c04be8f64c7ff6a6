"""The one face that the Inside page is about, and where it comes from."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import streamlit as st

from fer_core.data import PORTRAIT_PATH
from fer_core.errors import FerError, photo_problem
from fer_core.explain.framed_face import FramedFace, framed_face, framed_faces
from fer_core.explain.gallery import face_picture
from fer_core.faces.registry import DEFAULT_DETECTOR
from fer_core.frames import shrink_to, to_gray
from fer_core.image import decode_image
from fer_core.regions import Region
from pages.ui.inside.file_faces import FileFace, choose_file_face
from pages.ui.resources import photo_pipeline
from pages.ui.text import escape_markdown, pluralize

_HELD: Final = "inside_photo"
_MAX_FILE_MB: Final = 100
_MAX_FACES: Final = 24  # of a photo: what a session keeps stays under 24 MB
_CROP_SIDE: Final = 1024  # pixels of a photo that is the face: ten times what a network needs
_PREVIEW_SIDE: Final = 480
_THUMBNAIL_PX: Final = 72
PORTRAIT: Final = "Example portrait"
PORTRAIT_FACE: Final = Region(154.59, 115.23, 117.11, roll_deg=3.0)
"""Where the search finds the face of the portrait. It is written down, so that the page opens with
a face at once: to load the detector and to search takes seconds."""
UPLOAD: Final = "Your photo"
CAMERA: Final = "Camera"
DATASET: Final = "Data set"


@dataclass(frozen=True, slots=True, eq=False)
class ChosenFace:
    """One face.

    Attributes:
        framed: The face and what is around it.
        title: What it is, as plain text.
        reasons: Why Cue does not read it; empty if it does.
        row: Its row in the FER2013 file; None for other faces.
    """

    framed: FramedFace
    title: str
    reasons: tuple[str, ...] = ()
    row: int | None = None

    @property
    def digest(self) -> int:
        """Differs between any two faces."""
        square = str(self.framed.square).encode()
        return zlib.crc32(square, zlib.crc32(np.ascontiguousarray(self.framed.gray).data))


@dataclass(frozen=True, slots=True)
class _Photo:
    key: str  # differs between any two photos of a session
    name: str
    data: bytes


def choose_face() -> ChosenFace | None:
    """Return the face that the visitor chose; None, with a sentence, if there is none yet."""
    sources = (PORTRAIT, UPLOAD, CAMERA, DATASET)
    source = st.segmented_control(
        "Face",
        sources,
        default=DATASET if "row" in st.query_params else PORTRAIT,
        required=True,
        key="face",
        bind="query-params",
    )
    if source == DATASET:
        found = choose_file_face()
        return None if found is None else _of_file(found)
    if source == PORTRAIT:
        return _choose_of(None, is_crop=False)
    photo = _choose_photo(is_camera=source == CAMERA)
    is_crop = st.toggle(
        "The photo is one face, cut out already",
        help="Then Cue does not search for a face. It takes the whole photo as one upright face.",
        key="inside-crop",
    )
    if photo is None:
        st.info("Take a photo above." if source == CAMERA else "Drop a photo above.")
        return None
    return _choose_of(photo, is_crop=is_crop)


def _choose_photo(*, is_camera: bool) -> _Photo | None:
    if is_camera:
        taken = st.camera_input("Take a photo", key="inside-camera")
        return taken and _Photo(taken.file_id, "photo.jpg", taken.getvalue())
    file = st.file_uploader(  # any type of file: it is judged by its content
        "Drop a photo here",
        max_upload_size=_MAX_FILE_MB,
        help="JPEG, PNG, WebP, BMP, TIFF, HEIC or GIF. The photo stays in memory and is not saved.",
        key="inside-file",
    )
    return file and _Photo(file.file_id, file.name, file.getvalue())


def _choose_of(photo: _Photo | None, *, is_crop: bool) -> ChosenFace | None:
    """Return the chosen face of a photo, or of the portrait; None, with a sentence, if none."""
    name = PORTRAIT if photo is None else photo.name
    try:
        faces = (_portrait_face(),) if photo is None else _faces_of(photo, is_crop=is_crop)
    except FerError as error:
        st.error(escape_markdown(str(error)))
        return None
    except Exception as error:  # noqa: BLE001  # it is logged, and another photo can be chosen
        st.error(escape_markdown(photo_problem(error, source=name)))
        return None
    return _choose_one(faces, key=name if photo is None else photo.key)


def _choose_one(faces: Sequence[ChosenFace], *, key: str) -> ChosenFace | None:
    """Return the face of a photo; of several, the one that the visitor chooses."""
    if not faces:
        st.info(
            "No face found. Choose another photo. If this one is a single face that fills the "
            "picture, switch on “The photo is one face, cut out already”."
        )
        return None
    if len(faces) == 1:
        return faces[0]
    numbers = list(range(1, len(faces) + 1))
    st.write(f"{pluralize(len(faces), 'face')}, from left to right. Choose one:")
    with st.container(horizontal=True, gap="xsmall"):  # wraps
        for number, face in zip(numbers, faces, strict=True):
            picture = face_picture(face.framed.crop(_THUMBNAIL_PX), side=_THUMBNAIL_PX)
            st.image(picture, caption=str(number), width=_THUMBNAIL_PX, alt=f"Face {number}")
    number = st.pills("Face number", numbers, default=1, required=True, key=f"inside-number-{key}")
    return faces[(number or 1) - 1]


@st.cache_resource(show_spinner=False)
def _portrait_face() -> ChosenFace:
    frame_bgr = decode_image(PORTRAIT_PATH.read_bytes(), source=PORTRAIT)
    return ChosenFace(framed_face(frame_bgr, PORTRAIT_FACE), PORTRAIT.lower())


def _faces_of(photo: _Photo, *, is_crop: bool) -> tuple[ChosenFace, ...]:
    """Return the faces of a photo; a session keeps those of one photo.

    Raises:
        FerError: The photo cannot be read.
    """
    key = (photo.key, is_crop)
    known: tuple[object, tuple[ChosenFace, ...]] | None = st.session_state.get(_HELD)
    if known is not None and known[0] == key:
        return known[1]
    frame_bgr = decode_image(photo.data, source=photo.name)
    place = st.empty()
    with place.container():
        preview, _ = shrink_to(frame_bgr, longest_side=_PREVIEW_SIDE)
        st.image(preview, channels="BGR", alt="Your photo")
        with st.spinner("Looking at the face" if is_crop else "Searching for faces"):
            faces = _whole(frame_bgr, photo.name) if is_crop else _find(frame_bgr, photo.name)
    place.empty()
    st.session_state[_HELD] = (key, faces)
    return faces


def _find(frame_bgr: np.ndarray, name: str) -> tuple[ChosenFace, ...]:
    found = photo_pipeline(DEFAULT_DETECTOR).find(frame_bgr)
    faces = framed_faces(frame_bgr, found.detections)
    numbered = enumerate(zip(faces, found.reasons, strict=True), start=1)
    return tuple(
        ChosenFace(face, f"{name}, face {number}" if len(faces) > 1 else name, reasons)
        for number, (face, reasons) in numbered
    )[:_MAX_FACES]


def _whole(frame_bgr: np.ndarray, name: str) -> tuple[ChosenFace, ...]:
    (face,) = photo_pipeline(DEFAULT_DETECTOR).analyze_crop(frame_bgr).faces
    gray = to_gray(shrink_to(frame_bgr, longest_side=_CROP_SIDE)[0])
    return (ChosenFace(FramedFace(gray), name, face.reasons),)


def _of_file(found: FileFace) -> ChosenFace:
    return ChosenFace(FramedFace(found.pixels), found.title, row=found.row)
