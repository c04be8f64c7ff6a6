"""The tab Label errors: probable errors one by one, and one key to agree or not."""

import contextlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import streamlit as st

from fer_core.data.decisions import Decisions
from fer_core.data.face_table import FaceTable
from fer_core.data.selection import SelectedRow, read_selection, selection_text
from fer_core.errors import DataError
from fer_core.evaluate.label_errors import rank_in_process
from fer_core.figures.style import percent
from fer_core.labels import FER2013_LABELS, WORDS
from pages.ui.dataset.face_card import show_face_card
from pages.ui.dataset.faces import Key
from pages.ui.dataset.view import LABEL_ERRORS_FILE, DatasetView, row_numbers
from pages.ui.resources import models
from pages.ui.text import escape_markdown, pluralize

_HELD: Final = "label_errors_held"
_UPLOAD: Final = "decisions_upload"
_SLOWING: Final = 0.95  # share of the bar that is left after each tenth of a second
_RANKING: Final = "Ranking the labels, about five seconds"
_MAX_UPLOAD_MB: Final = 5  # 200,000 rows have 2
_METHOD: Final = (
    "Five networks were each trained on four fifths of the training faces. Each training face was "
    "read by the network that had not seen it, each other face by all five. "
    "[Confident learning](https://arxiv.org/abs/1911.00068) (cleanlab) compares these answers with "
    "the labels and ranks the labels that are probably wrong, the least likely one first."
)
_NEEDS_FILE: Final = (
    "With the FER2013 file, the probable label errors can be looked through here one by one, and "
    "a file of row numbers can be saved that training leaves out. See above how to get it."
)
_STORED: Final = "The networks' answers for {n} are stored with Cue; the labels are in the file."


@dataclass(slots=True)
class _Held:
    """What a session keeps: the ranking, and what the visitor decided so far."""

    key: Key | None = None
    rows: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    places: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    n_ranked: int = 0
    decisions: Decisions = field(default_factory=Decisions)
    kept: dict[Key, Decisions] = field(default_factory=dict)  # of data that was shown before
    stopped: Key | None = None
    failure: str | None = None


def show_label_errors(view: DatasetView) -> None:
    """Show the probable label errors of the data set; the first visit ranks them."""
    table = view.table
    if table is not None and table.probs is None:
        st.info(view.no_probs or "")
        return
    st.markdown(_METHOD)
    if table is None:
        with contextlib.suppress(DataError):
            n_stored = len(row_numbers(models().path / LABEL_ERRORS_FILE))
            st.write(_STORED.format(n=pluralize(n_stored, "face")))
        st.info(_NEEDS_FILE)
        return
    held: _Held = st.session_state.setdefault(_HELD, _Held())
    if held.key != view.key and not _rank(held, view.key, table):
        return
    if view.no_probs:
        st.caption(view.no_probs)
    if not len(held.rows):
        st.success(f"None of {pluralize(held.n_ranked, 'label')} is probably wrong.")
        return
    _show_ranked(table)


def _rank(held: _Held, key: Key, table: FaceTable) -> bool:
    """Rank the labels in a process, which a click stops; return whether it is done."""
    if table.probs is None:
        return False
    if held.stopped == key and not st.button("Rank the labels"):
        return False
    held.stopped = None
    place = st.empty()
    with place.container():
        bar = st.progress(0.0, text=_RANKING)
        st.button("Stop", on_click=_stop, args=(held, key), key="stop_ranking")
    n_waits = itertools.count(1)
    known, label_ids = _ranked_labels(table)
    try:
        ranked = rank_in_process(
            label_ids,
            table.probs[known],
            # the worker cannot say how far it is; the bar slows down and never arrives too early
            on_wait=lambda: bar.progress(1 - _SLOWING ** next(n_waits), text=_RANKING),
        )
    except DataError as error:
        place.empty()
        st.error(escape_markdown(str(error)))
        return False
    place.empty()
    if held.key is not None:
        held.kept[held.key] = held.decisions
    held.key, held.n_ranked = key, len(known)
    held.decisions = held.kept.pop(key, Decisions())
    held.places = known[ranked.indices]
    held.rows = table.collection.rows[held.places]
    return True


def _stop(held: _Held, key: Key) -> None:
    held.stopped = key


def _ranked_labels(table: FaceTable) -> tuple[np.ndarray, np.ndarray]:
    """Return the images with a label and an answer, and their labels in the answers' order."""
    known = np.flatnonzero(~np.isnan(table.label_probs()))
    ours = [
        FER2013_LABELS.index(label) if label in FER2013_LABELS else -1
        for label in table.collection.labels
    ]
    return known, np.array(ours)[table.collection.label_ids[known]]


@st.fragment
def _show_ranked(table: FaceTable) -> None:
    """Show the first face without a decision, the keys, and how far the visitor is."""
    held: _Held = st.session_state[_HELD]
    n_decided = sum(int(row) in held.decisions for row in held.rows)
    st.markdown(
        f"{len(held.rows):,} of {held.n_ranked:,} labels are probably wrong "
        f"({percent(len(held.rows) / held.n_ranked, digits=1)}). You decided on "
        f"{n_decided:,} of them: {pluralize(held.decisions.n_wrong(), 'wrong label')}."
    )
    st.progress(n_decided / len(held.rows), text=f"{n_decided:,} of {len(held.rows):,}")
    waiting = next((i for i, row in enumerate(held.rows) if int(row) not in held.decisions), None)
    _show_keys(held, None if waiting is None else int(held.rows[waiting]))
    if waiting is None:
        st.success("You decided on all of them. Download your decisions below.")
    else:
        index = int(held.places[waiting])
        show_face_card(table, index)
        label = table.collection.labels[table.collection.label_ids[index]]
        st.markdown(f"Is the label **{WORDS.get(label, label)}** wrong?")
    _show_files(held, table)


def _show_keys(held: _Held, row: int | None) -> None:
    with st.container(horizontal=True):
        st.button(
            "Label is wrong",
            type="primary",
            shortcut="A",
            disabled=row is None,
            on_click=_decide,
            args=(held, row, True),
        )
        st.button(
            "Label is right",
            shortcut="D",
            disabled=row is None,
            on_click=_decide,
            args=(held, row, False),
        )
        st.button(
            "Undo",
            shortcut="Z",
            disabled=not len(held.decisions),
            on_click=_undo,
            args=(held,),
        )


def _decide(held: _Held, row: int, is_wrong: bool) -> None:  # noqa: FBT001  # a callback's arguments
    held.decisions = held.decisions.with_row(row, is_wrong=is_wrong)


def _undo(held: _Held) -> None:
    held.decisions = held.decisions.without_last()


def _show_files(held: _Held, table: FaceTable) -> None:
    """Show how to save the decisions, and how to go on with saved ones."""
    st.download_button(
        "Download the decisions",
        lambda: _decisions_text(held.decisions, table),
        file_name="label_errors.csv",
        mime="text/csv",
        on_click="ignore",
        disabled=not len(held.decisions),
    )
    st.caption(
        "Training leaves out its faces whose label you found wrong; the faces on which models are "
        "tested stay as they are: "
        "`python -m fer_core train RECIPE --data FILE --leave-out label_errors.csv --out models/ID`"
    )
    st.file_uploader(
        "Go on with decisions that you downloaded",
        type="csv",
        max_upload_size=_MAX_UPLOAD_MB,
        key=_UPLOAD,
        on_change=_load,
        args=(held, table),
    )
    if held.failure:
        st.error(escape_markdown(held.failure))


def _decisions_text(decisions: Decisions, table: FaceTable) -> str:
    """Return the decisions as training takes them, with the labels that they are about."""
    collection = table.collection
    order = np.argsort(collection.rows)
    rows = np.array(list(decisions.by_row), dtype=np.int64)
    places = order[np.searchsorted(collection.rows[order], rows)]
    return selection_text(
        [
            SelectedRow(row, collection.labels[collection.label_ids[place]], decision)
            for (row, decision), place in zip(decisions.by_row.items(), places, strict=True)
        ]
    )


def _load(held: _Held, table: FaceTable) -> None:
    """Go on with the decisions in the file that was uploaded, if it is about these images."""
    upload = st.session_state[_UPLOAD]
    held.failure = None
    if upload is None:
        return
    try:
        selected = read_selection(upload)
        _check_rows(selected, table)
        held.decisions = Decisions.from_selection(selected)
    except DataError as error:
        held.failure = str(error)


def _check_rows(selected: Sequence[SelectedRow], table: FaceTable) -> None:
    """Raise a DataError if decisions are about other data: a row is missing or labelled otherwise.

    Raises:
        DataError: The first such row, with what was expected.
    """
    collection = table.collection
    place_of = {int(row): place for place, row in enumerate(collection.rows)}
    for entry in selected:
        place = place_of.get(entry.row)
        label = None if place is None else collection.labels[collection.label_ids[place]]
        if label is None or entry.label not in (None, label):
            found = "has no such row" if label is None else f"has the label {label} there"
            raise DataError(
                f"The decisions are about other data: row {entry.row} is labelled "
                f"{entry.label or 'nothing'} in them, and {collection.name} {found}."
            )
