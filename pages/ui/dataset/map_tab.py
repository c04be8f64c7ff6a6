"""The tab Map: faces that look alike to the default model lie side by side."""

from typing import Any, Final

import numpy as np
import streamlit as st

from fer_core.data.face_table import FaceTable
from fer_core.data.row_numbers import RowNumbers
from fer_core.errors import DataError
from fer_core.figures import clicked_place, feature_map, neighbour_caption, neighbour_matrix
from fer_core.figures.style import percent
from fer_core.labels import WORDS
from fer_core.metrics.neighbours import N_NEIGHBOURS, neighbour_labels
from pages.ui.charts import Table, show_chart, show_selectable_figure
from pages.ui.dataset.face_card import show_face_card
from pages.ui.dataset.faces import Key
from pages.ui.dataset.view import FEATURE_MAP_FILE, DatasetView, joined_numbers, row_numbers
from pages.ui.resources import models
from pages.ui.text import escape_markdown, pluralize

_HELD: Final = "feature_map_held"
_INTRODUCTION: Final = (
    "The model turns each face into some hundred numbers before it names an expression. This map "
    "(t-SNE) draws them in two dimensions: faces with similar numbers lie side by side. Distances "
    "between far groups say nothing. The buttons above the map zoom."
)
_CLICK: Final = "Click a point to see its face."
_NO_LABELS: Final = (
    "The points of {n} are drawn without their labels, which are in the FER2013 file. With it, "
    "each class has its colour and shape, and a click shows the face. See above how to get it."
)


def show_map(view: DatasetView) -> None:
    """Show the map of features; without the file, where its faces lie."""
    try:
        stored = row_numbers(models().path / FEATURE_MAP_FILE)
        xy = stored.column("xy").astype(np.float32)
    except DataError as error:
        st.info(escape_markdown(str(error)))
        return
    st.write(_INTRODUCTION)
    if view.table is None:
        show_selectable_figure(
            feature_map(xy, None, (), stored.rows), key="map", alt="Map of the faces' features"
        )
        st.info(_NO_LABELS.format(n=pluralize(len(xy), "face")))
        return
    indices, places = _joined(view.key, view.table, stored)
    if not len(indices):
        st.info("The stored map is about the rows of FER2013, and these images are others.")
        return
    _show_labelled(view.table, indices, xy[places])
    n_missing = len(view.table.collection) - len(indices)
    if n_missing:
        st.caption(
            f"{pluralize(n_missing, 'image')} of this data set {'is' if n_missing == 1 else 'are'} "
            "not on the map: they are blank, or their rows showed other faces when it was drawn."
        )


def _joined(key: Key, table: FaceTable, stored: RowNumbers) -> tuple[np.ndarray, np.ndarray]:
    """Return the images on the map and their places there; a session keeps the last answer."""
    held = st.session_state.get(_HELD)
    if held is None or held[0] != key:
        held = (key, joined_numbers(table.collection, stored))
        st.session_state[_HELD] = held
    return held[1]  # type: ignore[no-any-return]


def _show_labelled(table: FaceTable, indices: np.ndarray, xy: np.ndarray) -> None:
    collection = table.collection
    label_ids = collection.label_ids[indices]
    shares = neighbour_labels(xy, label_ids, n_labels=len(collection.labels))
    st.write(f"{escape_markdown(neighbour_caption(shares, collection.labels))} {_CLICK}")
    _show_clickable(table, indices, xy)
    st.header("Which classes lie apart")
    show_chart(
        neighbour_matrix(shares, collection.labels),
        title="Labels of the nearest neighbours",
        caption=(
            f"Each row is one label; its cells say which labels the {N_NEIGHBOURS} nearest "
            "neighbours of its faces on the map have."
        ),
        table=_table(
            shares, np.bincount(label_ids, minlength=len(collection.labels)), collection.labels
        ),
    )


@st.fragment
def _show_clickable(table: FaceTable, indices: np.ndarray, xy: np.ndarray) -> None:
    """Show the map and the face that was clicked."""
    collection = table.collection
    clicked = show_selectable_figure(
        feature_map(xy, collection.label_ids[indices], collection.labels, collection.rows[indices]),
        key="map",
        alt="Map of the faces' features, coloured and shaped by their labels",
    )
    if clicked:
        trace, point = clicked[0]["curve_number"], clicked[0]["point_index"]
        place = clicked_place(collection.label_ids[indices], trace=trace, point=point)
        if place is not None:
            show_face_card(table, int(indices[place]))


def _table(shares: np.ndarray, counts: np.ndarray, labels: tuple[str, ...]) -> Table:
    present = np.flatnonzero(counts)
    words = [escape_markdown(WORDS.get(label, label)) for label in labels]
    columns: dict[str, list[Any]] = {
        "Label": [words[i] for i in present],
        "Faces": [f"{counts[i]:,}" for i in present],
        "Neighbours with the same label": [percent(float(shares[i, i])) for i in present],
    }
    for other in present:
        columns[f"labelled {words[other]}"] = [percent(float(shares[i, other])) for i in present]
    return columns
