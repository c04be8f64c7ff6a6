"""The tab Cleaning: what could not be read, what is blank, doubled, or no face at all."""

from typing import Final

import numpy as np
import streamlit as st

from fer_core.data.face_table import FaceTable
from fer_core.labels import WORDS
from fer_core.metrics.human import N_VOTERS
from pages.ui.dataset.sheets import show_sheets
from pages.ui.dataset.view import DatasetView
from pages.ui.text import escape_markdown, pluralize

_N_PROBLEMS: Final = 20
_N_NOT_FACES: Final = 24
_MAJORITY: Final = N_VOTERS // 2  # more people than this


def show_cleaning(view: DatasetView) -> None:
    """Show what cleaning found and what it changed."""
    st.header("What training leaves out")
    st.markdown("\n".join(f"- {escape_markdown(text)}" for text in view.inspection.cleaning))
    collection = view.collection
    if collection is None:
        st.info(
            "With the FER2013 file, the pictures behind these numbers are shown here: blank ones, "
            "duplicates and their labels, and those that people called no face. See above how to "
            "get it."
        )
        return
    _show_problems(collection.problems, collection.n_problems)
    if view.table is not None and view.table.not_face is not None:
        _show_not_faces(view.table)


def _show_problems(problems: tuple[str, ...], n_problems: int) -> None:
    st.header("Rows that cannot be read")
    if not n_problems:
        st.write("Every row can be read.")
        return
    shown = problems[:_N_PROBLEMS]
    st.markdown("\n".join(f"- {escape_markdown(problem)}" for problem in shown))
    if n_problems > len(shown):
        st.caption(f"These are {len(shown)} of {n_problems:,}.")


def _show_not_faces(table: FaceTable) -> None:
    """Show the pictures that most people called no face."""
    if table.not_face is None:
        return
    found = np.flatnonzero(table.not_face > _MAJORITY)
    found = found[np.argsort(-table.not_face[found], kind="stable")]
    n_any = int((table.not_face > 0).sum())
    st.header("No face, by people's votes")
    st.write(
        f"Most of the ten people called {pluralize(len(found), 'picture')} no face, and at least "
        f"one person {pluralize(n_any, 'picture')}. Training does not drop them by this vote."
    )
    collection = table.collection
    captions = {
        int(i): (
            f"{collection.rows[i]} {WORDS.get(collection.labels[collection.label_ids[i]], '')}",
            f"{table.not_face[i]} of {N_VOTERS}",
        )
        for i in found[:_N_NOT_FACES]
    }
    show_sheets(collection.thumbnails, captions)
    if len(found) > _N_NOT_FACES:
        st.caption(f"These are {_N_NOT_FACES} of {len(found):,}, the clearest ones first.")
