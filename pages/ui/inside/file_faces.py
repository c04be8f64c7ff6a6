"""The faces of the FER2013 file on the Inside page: read once, chosen by expression or by row.

The local file's faces are shared by all visitors, 83 MB. A visitor's own upload stays in the
session that dropped it on the Dataset page.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import streamlit as st

from fer_core.data.dataset import SPLITS, FaceDataset
from fer_core.data.worker import inspect_in_process
from fer_core.errors import DataError
from fer_core.labels import FER2013_LABELS, WORDS
from pages.ui.dataset.faces import FaceSource, known_source, share_inspection
from pages.ui.text import escape_markdown

ROW: Final = "row"  # key of the field and name in the address
_LABEL: Final = "inside-label"
_DRAWN: Final = "inside_drawn"  # number of faces drawn so far: each draw gives another one
_CANCELLED: Final = "inside_reading_cancelled"
_ANY: Final = "any"
_FILE: Final = "file"  # in the address
_OWN: Final = "yours"
NO_FILE: Final = (
    "To see the faces of the data set, put the FER2013 file into the folder `data/`, set "
    "`FER2013_CSV` to its path, or drop it on the Dataset page."
)


@dataclass(frozen=True, slots=True, eq=False)
class FileFace:
    """A face of the file: its pixels, its row, and what it is in words."""

    pixels: np.ndarray
    row: int
    title: str


def file_faces() -> FaceDataset | None:
    """Return the faces of the file, read with progress if they are not at hand.

    None, with a sentence, if there is no file, if it cannot be read, or after Cancel.
    """
    source = known_source()
    if source is None:
        st.info(NO_FILE)
        return None
    if source.faces is not None:
        return source.faces
    if st.session_state.get(_CANCELLED):
        st.button("Read the FER2013 file", on_click=_set_cancelled, kwargs={"value": False})
        return None
    try:
        faces = _read(source)
    except DataError as error:
        st.error(escape_markdown(str(error)))
        return None
    return faces


def choose_file_face() -> FileFace | None:
    """Return the face that the visitor chose by expression or by row; None, with a sentence."""
    if _is_gone():
        return None
    faces = file_faces()
    if faces is None:
        return None
    by_label, another, by_row = st.columns([2, 2, 3], vertical_alignment="bottom")
    by_label.selectbox(
        "Expression",
        [_ANY, *FER2013_LABELS],
        format_func=lambda label: WORDS.get(label, label),
        key=_LABEL,
        on_change=_draw,
        args=(faces,),
    )
    another.button("Another face", on_click=_draw, args=(faces,), width="stretch")
    rows = _rows(faces)
    if ROW not in st.session_state and ROW not in st.query_params:
        _draw(faces)
    row = by_row.number_input(
        "Row in the file, from 0",
        min_value=0,
        max_value=int(rows.max()),
        value=None,  # else the address leaves out row 0
        step=1,
        key=ROW,
        bind="query-params",
    )
    if row is None:
        st.info("Enter a row, or choose “Another face”.")
        return None
    (places,) = np.nonzero(rows == row)
    if not len(places):
        st.info(f"The file has no face in row {row}. Choose another row.")
        return None
    place = int(places[0])
    label = WORDS[FER2013_LABELS[faces.label_ids[place]]]
    split = SPLITS[faces.split_ids[place]]
    title = f"row {row} of the data set, labelled {label} ({split})"
    return FileFace(faces.pixels[place].copy(), int(row), title)


def _is_gone() -> bool:
    """Say so if the address means a file that the visitor had dropped, and that is forgotten.

    Another face of the same row would stand there without a word.
    """
    source = known_source()
    if source is not None and source.key[0] == "upload":
        st.query_params[_FILE] = _OWN
        return False
    if st.query_params.get(_FILE) != _OWN:
        return False
    st.info(
        "This face was in a file of your own, which Cue has forgotten. Drop the file on the "
        "Dataset page again."
    )
    if source is not None:
        st.button(
            f"Show the faces of {escape_markdown(source.path.name)} instead",
            on_click=st.query_params.pop,
            args=(_FILE,),
        )
    return True


def _rows(faces: FaceDataset) -> np.ndarray:
    """Return the row of each face; faces from image files are counted."""
    return faces.rows if faces.rows.min() >= 0 else np.arange(len(faces))


def _draw(faces: FaceDataset) -> None:
    """Choose a random face of the chosen expression: the same sequence in every session."""
    label = st.session_state.get(_LABEL, _ANY)
    rows = _rows(faces)
    if label != _ANY:
        rows = rows[faces.label_ids == FER2013_LABELS.index(label)]
    if not len(rows):
        return  # the face on show stays
    number = st.session_state[_DRAWN] = st.session_state.get(_DRAWN, 0) + 1
    st.session_state[ROW] = int(np.random.default_rng(number).choice(rows))


def _read(source: FaceSource) -> FaceDataset:
    """Return the faces of the local file, which all sessions then share.

    Raises:
        DataError: The file cannot be read, or holds no faces.
    """
    text = f"Reading {escape_markdown(source.path.name)}"
    place = st.empty()
    with place.container():
        bar = st.progress(0.0, text=text)
        st.button(
            "Cancel", key="inside-cancel-reading", on_click=_set_cancelled, kwargs={"value": True}
        )
    try:
        inspection = inspect_in_process(
            source.path, on_progress=lambda share: bar.progress(share, text=text)
        )
    except DataError:
        place.empty()
        raise
    place.empty()
    share_inspection(source.key, inspection)
    faces = inspection.dataset
    if faces is None or not len(faces):
        raise DataError(f"{source.path.name} holds no faces. Use the FER2013 file.")
    return faces


def _set_cancelled(*, value: bool) -> None:
    st.session_state[_CANCELLED] = value
