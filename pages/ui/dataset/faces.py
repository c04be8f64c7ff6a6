"""The faces of the Dataset page: where they come from, how many there are, and some of them.

They come from an upload, from the local file, or (only their counts) from the default model's card.
A session holds one data set of at most 83 MB, until another one replaces it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import streamlit as st

from fer_core.data.dataset import FaceDataset
from fer_core.data.fer2013 import find_fer2013
from fer_core.data.inspection import DataInspection, recorded_inspection, sample_faces
from fer_core.data.worker import NamedBuffer, inspect_in_process
from fer_core.errors import DataError, ModelError
from fer_core.expression.card import Training
from fer_core.labels import WORDS
from pages.ui.charts import Table
from pages.ui.resources import models
from pages.ui.text import escape_markdown, with_glyph

_HELD: Final = "dataset_held"
_SEED: Final = "sample_seed"
_MAX_UPLOAD_MB: Final = 400  # the real file has 300
_N_PER_LABEL: Final = 8
_FACE_PX: Final = 72

Key = tuple[str | int, ...]


@dataclass(slots=True)
class _Held:
    """What a session has read: the data set on show, and the result of the last attempt."""

    inspection: DataInspection | None = None
    attempted: Key | None = None
    failure: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FaceSource:
    """Where a session's faces come from.

    Attributes:
        key: Differs for different content.
        path: The local file; for an upload only its name.
        faces: The faces if the Dataset page holds them; None if they have not been read.
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
    return local and FaceSource(file_key(local), local)


def choose_dataset() -> DataInspection | None:
    """Show the upload field, read what is new, and return what to show; None if there is nothing.

    If a file cannot be read, one sentence says why, and the page keeps what it showed before.
    """
    held: _Held = st.session_state.setdefault(_HELD, _Held())
    upload = st.file_uploader(
        "Your own copy of FER2013",
        type=["csv", "gz", "xz", "zip"],
        max_upload_size=_MAX_UPLOAD_MB,
        help="Cue reads the file on this machine, keeps it in memory only and forgets it when you "
        "close the page.",
    )
    if upload is not None:
        _read(held, ("upload", upload.file_id), upload)
    elif local := find_fer2013():
        _offer_local(held, local)
    if held.failure:
        st.error(escape_markdown(held.failure))
    return held.inspection or _recorded()


def file_key(path: Path) -> Key:
    """Return a key for the content of a local file: its path, time and size."""
    try:
        status = path.stat()
    except OSError:
        return ("local", str(path))  # reading it will say what is wrong
    return ("local", str(path), status.st_mtime_ns, status.st_size)


def balance_table(counts: Mapping[str, Mapping[str, int]]) -> Table:
    """Return a row per expression and a column per split; the last row holds the totals."""
    labels = list(next(iter(counts.values())))
    return {"Expression": [*(WORDS[label] for label in labels), "total"]} | {
        split: [
            *(f"{per_label[label]:,}" for label in labels),
            f"{sum(per_label.values()):,}",
        ]
        for split, per_label in counts.items()
    }


@st.fragment
def show_samples(dataset: FaceDataset) -> None:
    """Show a few faces per expression, and a button that shows others."""
    seed = st.session_state.setdefault(_SEED, 0)
    for label, faces in sample_faces(dataset, n_per_label=_N_PER_LABEL, seed=seed).items():
        st.markdown(with_glyph(label, f"**{WORDS[label]}**"))
        with st.container(horizontal=True, gap="xsmall"):  # wraps
            for face in faces:
                st.image(face, width=_FACE_PX, alt=f"A face with the label {WORDS[label]}")
    st.button("Show other faces", on_click=_next_seed)


def _next_seed() -> None:
    st.session_state[_SEED] += 1


def _offer_local(held: _Held, path: Path) -> None:
    """Read the local file; if an upload is on show, only after a click."""
    shows_upload = held.attempted is not None and held.attempted[0] == "upload"
    if not shows_upload or st.button(f"Show {escape_markdown(path.name)} instead"):
        _read(held, file_key(path), path)


def _read(held: _Held, key: Key, source: Path | NamedBuffer) -> None:
    """Read a source that has not been tried yet; shows a progress bar meanwhile."""
    if key == held.attempted:
        return
    text = f"Reading {escape_markdown(Path(source.name).name)}"
    bar = st.progress(0.0, text=text)
    try:
        held.inspection = inspect_in_process(
            source, on_progress=lambda share: bar.progress(share, text=text)
        )
        held.failure = None
    except DataError as error:
        held.failure = str(error)
    bar.empty()
    held.attempted = key  # only now: after a visit that ended too early, the next one tries again


def _recorded() -> DataInspection | None:
    """Return the counts in the default model's card; None if there are none."""
    try:
        card = models().card()
        return recorded_inspection(card.model_id, card.details.training or Training())
    except (ModelError, DataError):
        return None
