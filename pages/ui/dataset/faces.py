"""The images of the Dataset page: where they come from.

They come from an upload, from the local file or folder, or (only their counts) from the default
model's card. A session holds one upload, until another one replaces it. All sessions share the
local data set: FER2013 has 83 MB.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import streamlit as st

from fer_core.data.dataset import FaceDataset
from fer_core.data.fer2013 import find_fer2013
from fer_core.data.image_files import ENDINGS
from fer_core.data.inspection import DataInspection, recorded_inspection
from fer_core.data.worker import NamedBuffer, inspect_in_process
from fer_core.errors import DataError, ModelError
from fer_core.expression.card import Training
from pages.ui.resources import models
from pages.ui.text import escape_markdown

_HELD: Final = "dataset_held"
_MAX_UPLOAD_MB: Final = 400  # the real file has 300
_FILE, _FOLDER = "A file", "A folder"
_FILE_WORDS: Final = "FER2013, or another CSV or zip of labelled faces"
_FOLDER_WORDS: Final = "A folder of images: `train/happy/a.jpg`, or with a list `labels.csv`"
_TABLE_ENDINGS: Final = ["csv", "gz", "xz", "zip"]
_IMAGE_ENDINGS: Final = ["csv", *(ending.removeprefix(".") for ending in sorted(ENDINGS))]

Key = tuple[str | int, ...]


@dataclass(slots=True)
class _Held:
    """What a session has read: the data set on show, and the result of the last attempt.

    `stopped` is the key of the source whose reading the visitor stopped.
    """

    inspection: DataInspection | None = None
    shown: Key | None = None
    attempted: Key | None = None
    failure: str | None = None
    stopped: Key | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FaceSource:
    """Where a session's faces come from.

    Attributes:
        key: Differs for different content.
        path: The local file; for an upload only its name.
        faces: The faces if this session's Dataset page or, for the local file, any session has
            read them; None if not.
    """

    key: Key
    path: Path
    faces: FaceDataset | None = None


def known_source() -> FaceSource | None:
    """Return what the Dataset page shows, else the local file, else None; reads nothing."""
    held: _Held = st.session_state.get(_HELD, _Held())
    local = find_fer2013()
    if held.attempted and held.failure is None and held.inspection and held.inspection.dataset:
        is_local = local is not None and held.attempted == file_key(local)
        if is_local or held.attempted[0] == "upload":
            path = local if local and is_local else Path(held.inspection.name)
            return FaceSource(held.attempted, path, held.inspection.dataset)
    if local is None:
        return None
    shared = shared_inspection(file_key(local))
    return FaceSource(file_key(local), local, shared.dataset if shared else None)


@dataclass(frozen=True, slots=True, eq=False)
class ChosenDataset:
    """What the page shows, and a key that differs for different content."""

    inspection: DataInspection
    key: Key


def _upload() -> tuple[Key, NamedBuffer | Sequence[NamedBuffer] | None]:
    """Show the upload field; return what was dropped there, and its key."""
    is_folder = st.segmented_control("Your own data", [_FILE, _FOLDER], default=_FILE) == _FOLDER
    dropped = st.file_uploader(
        _FOLDER_WORDS if is_folder else _FILE_WORDS,
        type=_IMAGE_ENDINGS if is_folder else _TABLE_ENDINGS,
        accept_multiple_files="directory" if is_folder else False,
        max_upload_size=_MAX_UPLOAD_MB,
        key="dataset_folder" if is_folder else "dataset_file",
        help="Cue reads the data on this machine, keeps it in memory only and forgets it when you "
        "close the page.",
    )
    if isinstance(dropped, list):
        if not dropped:
            st.caption(
                "If nothing happens after you choose a folder, it holds no image and no CSV that "
                "Cue can read."
            )
        return ("upload", *(each.file_id for each in dropped)), dropped or None
    return ("upload", dropped.file_id if dropped else ""), dropped


def recorded_dataset() -> ChosenDataset | None:
    """Return the counts in the default model's card; None if there are none."""
    recorded = _recorded()
    return recorded and ChosenDataset(recorded, ("recorded", recorded.name))


def choose_dataset() -> ChosenDataset | None:
    """Show the upload field, read what is new, and return what to show; None if there is nothing.

    If a file cannot be read, one sentence says why, and the page keeps what it showed before.
    """
    held: _Held = st.session_state.setdefault(_HELD, _Held())
    key, upload = _upload()
    if upload is not None:
        _read(held, key, upload)
    elif local := find_fer2013():
        _offer_local(held, local)
    if held.failure:
        st.error(escape_markdown(held.failure))
        if held.inspection is not None and held.shown is not None:
            st.caption(f"{escape_markdown(held.inspection.name)} is still shown below.")
    if held.inspection is None or held.shown is None:
        return recorded_dataset()
    return ChosenDataset(held.inspection, held.shown)


def file_key(path: Path) -> Key:
    """Return a key for the content of a local file: its path, time and size."""
    try:
        status = path.stat()
    except OSError:
        return ("local", str(path))  # reading it will say what is wrong
    return ("local", str(path), status.st_mtime_ns, status.st_size)


def _offer_local(held: _Held, path: Path) -> None:
    """Read the local data set; if an upload is on show, only after a click."""
    shows_upload = held.attempted is not None and held.attempted[0] == "upload"
    if not shows_upload or st.button(f"Show {escape_markdown(path.name)} instead"):
        _read(held, file_key(path), path)


def _read(held: _Held, key: Key, source: Path | NamedBuffer | Sequence[NamedBuffer]) -> None:
    """Read a source that has not been tried yet, with a progress bar and a button to stop."""
    if key == held.attempted:
        return
    shared = shared_inspection(key)
    if shared is not None:
        held.inspection, held.shown = shared, key
        held.attempted, held.failure = key, None
        return
    is_folder = isinstance(source, Sequence)
    name = "the folder" if is_folder else escape_markdown(Path(source.name).name)
    if held.stopped == key and not st.button(f"Read {name}"):
        return
    held.stopped = None
    text = f"Reading {name}"
    place = st.empty()
    with place.container():
        bar = st.progress(0.0, text=text)
        # a click ends this run at its next progress
        st.button("Stop", on_click=_stop, args=(held, key), key="stop_reading")
    try:
        held.inspection = inspect_in_process(
            source, on_progress=lambda share: bar.progress(share, text=text)
        )
        held.shown, held.failure = key, None
        if key[0] == "local":
            share_inspection(key, held.inspection)
    except DataError as error:
        held.failure = str(error)
    place.empty()
    held.attempted = key  # only now: after a visit that ended too early, the next one tries again


def _stop(held: _Held, key: Key) -> None:
    held.stopped = key


@dataclass(slots=True)
class _Shared:
    """The local data set that was read last, replaced as a whole: threads need no lock."""

    newest: tuple[Key, DataInspection] | None = None


@st.cache_resource(show_spinner=False)
def _shared() -> _Shared:
    return _Shared()


def shared_inspection(key: Key) -> DataInspection | None:
    """Return the local data set of this key if some session has read it, else None."""
    newest = _shared().newest
    return newest[1] if newest and newest[0] == key else None


def share_inspection(key: Key, inspection: DataInspection) -> None:
    """Keep a local data set for all sessions, in place of the one before."""
    _shared().newest = (key, inspection)


def _recorded() -> DataInspection | None:
    """Return the counts in the default model's card; None if there are none."""
    try:
        card = models().card()
        return recorded_inspection(card.model_id, card.details.training or Training())
    except (ModelError, DataError):
        return None
