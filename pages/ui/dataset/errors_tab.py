"""The tab Label errors: probable errors one by one, and one key to agree or not."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import streamlit as st

from fer_core.data.decisions import Decisions, decisions_csv, read_decisions
from fer_core.data.face_table import FaceTable
from fer_core.errors import DataError
from fer_core.evaluate.label_errors import LabelErrors, rank_in_process
from fer_core.figures.style import percent
from fer_core.labels import FER2013_LABELS, WORDS
from pages.ui.dataset.face_card import show_face_card
from pages.ui.dataset.faces import Key
from pages.ui.dataset.view import DatasetView
from pages.ui.text import escape_markdown, pluralize

_HELD: Final = "label_errors_held"
_MAX_UPLOAD_MB: Final = 5  # 200,000 rows have 2
_METHOD: Final = (
    "Five networks were each trained on four fifths of the training faces, and each face was read "
    "by the network that had not seen it. [Confident learning](https://arxiv.org/abs/1911.00068) "
    "(cleanlab) compares these answers with the labels and ranks the labels that are probably "
    "wrong, the least likely one first."
)
_NEEDS_FILE: Final = (
    "With the FER2013 file, the probable label errors can be looked through here one by one, and "
    "a file of row numbers can be saved that training leaves out. See above how to get it."
)


@dataclass(slots=True)
class _Held:
    """What a session keeps: the ranking, and what the visitor decided so far."""

    key: Key | None = None
    rows: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    places: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    n_ranked: int = 0
    decisions: Decisions = field(default_factory=Decisions)
    loaded: str | None = None
    failure: str | None = None


def show_label_errors(view: DatasetView) -> None:
    """Show the probable label errors of the data set; the first visit ranks them."""
    st.markdown(_METHOD)
    table = view.table
    if table is None:
        st.info(_NEEDS_FILE)
        return
    if table.probs is None:
        st.info(escape_markdown(view.no_probs or ""))
        return
    held: _Held = st.session_state.setdefault(_HELD, _Held())
    if held.key != view.key and not _rank(held, view.key, table):
        return
    if view.no_probs:
        st.caption(escape_markdown(view.no_probs))
    if not len(held.rows):
        st.success(f"None of {pluralize(held.n_ranked, 'label')} is probably wrong.")
        return
    _show_ranked(table)


def _rank(held: _Held, key: Key, table: FaceTable) -> bool:
    """Rank the labels in a process, which a click stops; return whether it is done."""
    place = st.empty()
    with place.container(horizontal=True, vertical_alignment="center"):
        st.markdown("Ranking the labels, about five seconds…")
        if st.button("Stop"):
            return False
    known = np.flatnonzero(~np.isnan(table.label_probs()))
    names = np.array([label in FER2013_LABELS for label in table.collection.labels])
    label_ids = table.collection.label_ids[known]
    ours = np.array(
        [
            FER2013_LABELS.index(name) if is_ours else -1
            for name, is_ours in zip(table.collection.labels, names, strict=True)
        ]
    )
    pulse = st.empty()
    try:
        ranked: LabelErrors = rank_in_process(
            ours[label_ids], table.probs[known], on_wait=pulse.empty
        )
    except DataError as error:
        st.error(escape_markdown(str(error)))
        return False
    finally:
        place.empty()
    places = known[ranked.indices]
    st.session_state[_HELD] = held
    held.key, held.places, held.n_ranked = key, places, len(known)
    held.rows = table.collection.rows[places]
    held.decisions = Decisions()
    return True


@st.fragment
def _show_ranked(table: FaceTable) -> None:
    """Show the first face without a decision, the keys, and how far the visitor is."""
    held: _Held = st.session_state[_HELD]
    n_decided = sum(int(row) in held.decisions for row in held.rows)
    st.markdown(
        f"{len(held.rows):,} of {held.n_ranked:,} labels are probably wrong "
        f"({percent(len(held.rows) / held.n_ranked, digits=1)}). You decided on "
        f"{n_decided:,} of them: {len(held.decisions.wrong_rows()):,} labels are wrong."
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
        lambda: decisions_csv(held.decisions),
        file_name="label_errors.csv",
        mime="text/csv",
        on_click="ignore",
        disabled=not len(held.decisions),
    )
    st.caption(
        "Training leaves out the labels that you found wrong: "
        "`python -m fer_core train RECIPE --data FILE --leave-out label_errors.csv --out models/ID`"
    )
    upload = st.file_uploader(
        "Go on with decisions that you downloaded", type="csv", max_upload_size=_MAX_UPLOAD_MB
    )
    if upload is not None and upload.file_id != held.loaded:
        held.loaded = upload.file_id
        try:
            held.decisions = read_decisions(upload.getvalue(), name=upload.name)
            held.failure = None
            st.rerun(scope="fragment")
        except DataError as error:
            held.failure = str(error)
    if held.failure:
        st.error(escape_markdown(held.failure))
