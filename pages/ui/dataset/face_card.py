"""One face in large, with its label, people's votes and the model's answer."""

from typing import Final

import numpy as np
import streamlit as st

from fer_core.data.collection import ImageCollection
from fer_core.data.face_table import FaceTable
from fer_core.drawing.sprites import GLYPHS
from fer_core.figures.style import share_text
from fer_core.labels import FER2013_LABELS, VOTE_LABELS, WORDS
from fer_core.metrics.human import N_VOTERS
from pages.ui.links import show_link
from pages.ui.text import escape_markdown, with_glyph

_FACE_PX: Final = 192
_N_SHOWN: Final = 3  # of the model's words


def show_face_card(table: FaceTable, index: int) -> None:
    """Show the image at an index of the collection and all that is known of it."""
    collection = table.collection
    label = collection.labels[collection.label_ids[index]]
    picture, words = st.columns([1, 2], width=560)
    with picture:
        st.image(
            collection.thumbnails[index],
            width=_FACE_PX,
            output_format="PNG",  # JPEG would blur such a small picture
            alt=f"The image of {plain_place(collection, index)}",
        )
    with words:
        st.markdown(f"**{label_words(label)}**")
        st.caption(f"Label of {escape_markdown(plain_place(collection, index))}")
        if table.votes is not None and table.not_face is not None:
            st.markdown(
                f"**People:** {votes_words(table.votes[index], int(table.not_face[index]))}"
            )
        if table.probs is not None and not np.isnan(table.probs[index]).any():
            st.markdown(f"**Networks that had not seen it:** {model_words(table.probs[index])}")
        if collection.faces is not None and not collection.files:
            row = str(collection.rows[index])
            show_link("inside", "See what the model sees in it", icon="🔬", row=row)


def plain_place(collection: ImageCollection, index: int) -> str:
    """Return the row or the file of an image, in words."""
    row = int(collection.rows[index])
    split = collection.splits[collection.split_ids[index]]
    if collection.files:
        return f"{collection.files[row]}, {split}"
    return f"row {row:,}, {split}"


def label_words(label: str) -> str:
    """Return a label as Markdown: glyph and word if it is one of ours, else the label itself."""
    if label in GLYPHS:
        return with_glyph(label, WORDS[label])
    return escape_markdown(label)


def votes_words(votes: np.ndarray, n_not_face: int) -> str:
    """Return the answers of ten people, the most frequent first.

    >>> votes_words(np.array([0, 0, 5, 0, 3, 0, 0, 0]), 1)
    '5 afraid, 3 sad, 1 not a face, 1 could not say'
    """
    order = np.argsort(-votes, kind="stable")
    words = [f"{votes[i]} {WORDS[VOTE_LABELS[i]]}" for i in order if votes[i]]
    n_silent = N_VOTERS - int(votes.sum()) - n_not_face
    words += [f"{n_not_face} not a face"] if n_not_face else []
    words += [f"{n_silent} could not say"] if n_silent > 0 else []
    return ", ".join(words)


def model_words(probs: np.ndarray) -> str:
    """Return the model's leading words with their probabilities.

    >>> model_words(np.array([0.1, 0.0, 0.6, 0.0, 0.3, 0.0, 0.0]))
    'afraid 60%, sad 30%, angry 10%'
    """
    order = np.argsort(-probs, kind="stable")[:_N_SHOWN]
    return ", ".join(f"{WORDS[FER2013_LABELS[i]]} {share_text(float(probs[i]))}" for i in order)
