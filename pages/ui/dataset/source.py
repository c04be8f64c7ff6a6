"""Which data set a page shows: an upload, the local file, or what the default model's card keeps.

A session holds one inspected data set, at most 83 MB, until another one replaces it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import streamlit as st

from fer_core.data.dataset import FaceDataset
from fer_core.data.fer2013 import find_fer2013
from fer_core.data.inspection import DataInspection, recorded_inspection
from fer_core.data.worker import NamedBuffer, inspect_in_process
from fer_core.errors import DataError, ModelError
from fer_core.expression.card import Training
from pages.ui.resources import models
from pages.ui.text import plain

_HELD: Final = "dataset_held"
_MAX_UPLOAD_MB: Final = 400  # the real file has 300

Key = tuple[str | int, ...]


@dataclass(slots=True)
class _Held:
    """What a session has read: the data set shown, and what came of the last attempt."""

    inspection: DataInspection | None = None
    attempted: Key | None = None
    failure: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FaceSource:
    """Where a session's faces come from.

    Attributes:
        key: Another one for every other content.
        path: Of the local file; for an upload only its name.
        faces: What the Dataset page holds of it; None where it has not been read.
    """

    key: Key
    path: Path
    faces: FaceDataset | None = None


def known_source() -> FaceSource | None:
    """Return what the Dataset page shows, else the local file, else None; read nothing."""
    held: _Held = st.session_state.get(_HELD, _Held())
    local = find_fer2013()
    if held.attempted and held.failure is None and held.inspection and held.inspection.dataset:
        is_local = local is not None and held.attempted == file_key(local)
        if is_local or held.attempted[0] == "upload":
            path = local if local and is_local else Path(held.inspection.name)
            return FaceSource(held.attempted, path, held.inspection.dataset)
    return local and FaceSource(file_key(local), local)


def choose_dataset() -> DataInspection | None:
    """Show the upload field, read what is new, and return what to show; None if there is nothing.

    A file that cannot be read says so in one sentence; what was there before stays.
    """
    held: _Held = st.session_state.setdefault(_HELD, _Held())
    upload = st.file_uploader(
        "Your own copy of FER2013",
        type=["csv", "gz", "xz", "zip"],
        max_upload_size=_MAX_UPLOAD_MB,
        help="It is read on this machine, kept in memory only, and gone when you close the page.",
    )
    if upload is not None:
        _read(held, ("upload", upload.file_id), upload)
    elif local := find_fer2013():
        _offer_local(held, local)
    if held.failure:
        st.error(plain(held.failure))
    return held.inspection or _recorded()


def _offer_local(held: _Held, path: Path) -> None:
    """Read the local file, unless an upload is shown: then only when asked to."""
    shows_upload = held.attempted is not None and held.attempted[0] == "upload"
    if not shows_upload or st.button(f"Show {plain(path.name)} instead"):
        _read(held, file_key(path), path)


def file_key(path: Path) -> Key:
    """Return a key of a local file's content: its path, time and size."""
    try:
        status = path.stat()
    except OSError:
        return ("local", str(path))  # reading it says what is wrong
    return ("local", str(path), status.st_mtime_ns, status.st_size)


def _read(held: _Held, key: Key, source: Path | NamedBuffer) -> None:
    """Read a source that has not been tried yet, with a progress bar."""
    if key == held.attempted:
        return
    text = f"Reading {plain(Path(source.name).name)}"
    bar = st.progress(0.0, text=text)
    try:
        held.inspection = inspect_in_process(
            source, on_progress=lambda share: bar.progress(share, text=text)
        )
        held.failure = None
    except DataError as error:
        held.failure = str(error)
    bar.empty()
    held.attempted = key  # only now: a visit that ends while reading may try again


def _recorded() -> DataInspection | None:
    """Return the counts that the default model's card keeps."""
    try:
        card = models().card()
        return recorded_inspection(card.model_id, card.details.training or Training())
    except (ModelError, DataError):
        return None
