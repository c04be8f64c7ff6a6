"""The tab Cleaning: what could not be read, what is blank, doubled, or no face at all."""

from typing import Final

import numpy as np
import streamlit as st

from fer_core.data.collection import ImageCollection
from fer_core.data.face_table import FaceTable
from fer_core.figures.classes import plain_word
from fer_core.metrics.human import N_VOTERS
from pages.ui.dataset.duplicates import show_duplicates
from pages.ui.dataset.sheets import show_sheets
from pages.ui.dataset.view import DatasetView
from pages.ui.text import escape_markdown, pluralize

_N_PROBLEMS: Final = 20
_N_PICTURES: Final = 24


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
    _show_problems(collection)
    findings = view.inspection.findings
    if findings is not None:
        st.header("Blank images and duplicates")
        sentences = findings.sentences() or ("There are none.",)
        st.markdown("\n".join(f"- {escape_markdown(text)}" for text in sentences))
        _show_blank(collection, findings.blank)
        show_duplicates(collection, findings)
    if view.table is not None and view.table.not_face is not None:
        _show_not_faces(view.table, () if findings is None else findings.blank)


def _show_problems(collection: ImageCollection) -> None:
    problems, n_problems = collection.problems, collection.n_problems
    noun = "image" if collection.files else "row"
    st.header(f"{noun.capitalize()}s that cannot be read")
    if not n_problems:
        st.write(f"Every {noun} can be read.")
        return
    shown = problems[:_N_PROBLEMS]
    st.markdown("\n".join(f"- {escape_markdown(problem)}" for problem in shown))
    if n_problems > len(shown):
        st.caption(f"These are {len(shown)} of {n_problems:,}.")


def _show_blank(collection: ImageCollection, blank: tuple[int, ...]) -> None:
    """Show the blank images by row and label."""
    indices = np.flatnonzero(np.isin(collection.rows, blank[:_N_PICTURES]))
    captions = {
        int(i): (f"{collection.rows[i]}", plain_word(collection.labels[collection.label_ids[i]]))
        for i in indices
    }
    if captions:
        st.write("The blank images, with their rows and labels:")
        show_sheets(collection.thumbnails, captions)
    if len(blank) > len(captions):
        st.caption(f"These are {len(captions)} of {len(blank):,}.")


def _show_not_faces(table: FaceTable, blank: tuple[int, ...]) -> None:
    """Show the pictures that most people called no face; `blank` are rows that training drops."""
    if table.not_face is None:
        return
    found = np.flatnonzero(table.is_not_face())
    found = found[np.argsort(-table.not_face[found], kind="stable")]
    n_any = int((table.not_face > 0).sum())
    collection = table.collection
    n_blank = int(np.isin(collection.rows[found], blank).sum())
    st.header("No face, by people's votes")
    st.write(
        f"More people called {pluralize(len(found), 'picture')} no face than anything else, and at "
        f"least one person said so of {pluralize(n_any, 'picture')}. {_of_blank(n_blank)}Training "
        f"does not drop {'a picture' if not n_blank else 'the others'} for that: their rows can be "
        "selected and downloaded in the tab Faces."
    )
    captions = {
        int(i): (
            f"{collection.rows[i]}",
            plain_word(collection.labels[collection.label_ids[i]]),
            f"{table.not_face[i]} of {N_VOTERS}",
        )
        for i in found[:_N_PICTURES]
    }
    show_sheets(collection.thumbnails, captions)
    if len(found) > _N_PICTURES:
        st.caption(f"These are {_N_PICTURES} of {len(found):,}, the clearest ones first.")


def _of_blank(n_blank: int) -> str:
    """Return how many of the pictures without a face are blank, as a sentence and a space."""
    if not n_blank:
        return ""
    return (
        f"{n_blank:,} of the first {'is' if n_blank == 1 else 'are'} blank, which training drops. "
    )
