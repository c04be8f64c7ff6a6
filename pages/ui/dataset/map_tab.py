"""The tab Map: faces that look alike to a model lie side by side."""

from typing import Any, Final

import numpy as np
import streamlit as st

from fer_core.data.dataset import SPLITS
from fer_core.data.face_table import FaceTable
from fer_core.data.row_numbers import RowNumbers
from fer_core.errors import DataError
from fer_core.figures import clicked_place, feature_map, neighbour_caption, neighbour_matrix
from fer_core.figures.style import share_text
from fer_core.labels import FER2013_LABELS, WORDS
from fer_core.metrics.neighbours import N_NEIGHBOURS, neighbour_labels
from pages.ui.charts import Table, show_chart, show_selectable_figure
from pages.ui.dataset.face_card import show_face_card
from pages.ui.dataset.faces import Key, file_key
from pages.ui.dataset.view import FEATURE_MAP_FILE, DatasetView, joined_numbers, row_numbers
from pages.ui.resources import models
from pages.ui.text import escape_markdown, pluralize

_HELD: Final = "feature_map_held"
_INTRODUCTION: Final = (
    "{model} turns each face into some hundred numbers before it names an expression. This map "
    "(t-SNE) draws them in two dimensions: faces with similar numbers lie side by side. Distances "
    "between far groups say nothing. The buttons above the map zoom."
)
_OTHERS: Final = (
    "The stored map is about the rows of FER2013, and these images are others. To see a map of "
    "your own CSV of 48x48 faces instead, compute it with "
    "`python -m fer_core map-features default --data FILE`, and start Cue with `FER2013_CSV=FILE`."
)
_CLICK: Final = "Click a point to see its face. On a touch screen, tap it twice."
_NEW: Final = (
    "Most points are faces that trained the model, and these it knows by heart. So the neighbours "
    "are counted around the other faces."
)
_LEARNED: Final = "All these faces trained the model. New faces lie less clearly apart."
_ANSWERED: Final = (
    "Colour and shape show what the model answers for each face, for its labels are in the FER2013 "
    "file alone. Each answer follows from the same features, so the classes lie apart more clearly "
    "than by label. With the file, the map shows the labels, and a click shows the face. See above "
    "how to get it."
)
_NO_ANSWERS: Final = (
    "The points of {n} are drawn without their classes: this map was stored without the model's "
    "answers, and the labels are in the FER2013 file. See above how to get it."
)


def show_map(view: DatasetView) -> None:
    """Show the map of features; without the file, where its faces lie."""
    path = models().path / FEATURE_MAP_FILE
    try:
        stored = row_numbers(path)
        xy = stored.column("xy").astype(np.float32)
    except DataError as error:
        st.info(_OTHERS if view.is_own else escape_markdown(str(error)))
        return
    introduction = _INTRODUCTION.format(model=_model_words(stored))
    if view.table is None:
        st.write(introduction)
        _show_answered(stored, xy)
        return
    indices, places = _joined((*view.key, *file_key(path)), view.table, stored)
    if not len(indices):
        st.info(_OTHERS)
        return
    st.write(introduction)
    _show_labelled(view.table, indices, xy[places], has_trained=not stored.is_own)
    n_missing = len(view.table.collection) - len(indices)
    if n_missing:
        st.caption(
            f"{pluralize(n_missing, 'image')} of this data set {'is' if n_missing == 1 else 'are'} "
            "not on the map: they are blank, or their rows showed other faces when it was drawn."
        )


def _show_answered(stored: RowNumbers, xy: np.ndarray) -> None:
    """Show the map by what the model answers, which the stored map itself says."""
    answers = _answers(stored)
    if answers is None:
        figure = feature_map(xy, None, (), stored.rows)
        show_selectable_figure(figure, key="map", alt="Map of the faces' features")
        st.info(_NO_ANSWERS.format(n=pluralize(len(xy), "face")))
        return
    st.write(_ANSWERED)
    shares = neighbour_labels(xy, answers, n_labels=len(FER2013_LABELS))
    st.write(neighbour_caption(shares, FER2013_LABELS, is_by_answer=True))
    show_selectable_figure(
        feature_map(xy, answers, FER2013_LABELS, stored.rows),
        key="map",
        alt="Map of the faces' features, coloured and shaped by what the model answers",
    )
    _show_neighbours(shares, answers, FER2013_LABELS, is_by_answer=True)


def _answers(stored: RowNumbers) -> np.ndarray | None:
    """Return the model's answers, indices into `FER2013_LABELS`; None if the map has none."""
    try:
        answers = stored.column("answers")
    except DataError:
        return None
    is_known = answers.ndim == 1 and answers.dtype == np.uint8
    return answers if is_known and (answers < len(FER2013_LABELS)).all() else None


def _model_words(stored: RowNumbers) -> str:
    """Return the name of the model whose features the map shows, Markdown."""
    names = stored.values.get("model", np.array([]))
    if names.shape != (1,) or names.dtype.kind != "U":
        return "The model"
    return f"The model {escape_markdown(str(names[0]))}"


def _joined(key: Key, table: FaceTable, stored: RowNumbers) -> tuple[np.ndarray, np.ndarray]:
    """Return the images on the map and their places there; a session keeps the last answer.

    Args:
        key: Differs for different images or another map.
        table: The images.
        stored: The map.
    """
    held = st.session_state.get(_HELD)
    if held is None or held[0] != key:
        held = (key, joined_numbers(table.collection, stored))
        st.session_state[_HELD] = held
    return held[1]  # type: ignore[no-any-return]


def _show_labelled(
    table: FaceTable, indices: np.ndarray, xy: np.ndarray, *, has_trained: bool
) -> None:
    """Show the map by label.

    Args:
        table: The images.
        indices: The images on the map.
        xy: Their places, `(n, 2)`.
        has_trained: Whether the images in Training trained the model.
    """
    collection = table.collection
    label_ids = collection.label_ids[indices]
    is_new = np.array([split != SPLITS[0] for split in collection.splits])[
        collection.split_ids[indices]
    ]
    asked = is_new if has_trained and is_new.any() else np.ones(len(xy), dtype=bool)
    shares = neighbour_labels(xy, label_ids, n_labels=len(collection.labels), asked=asked)
    if has_trained:
        st.write(_NEW if is_new.any() else _LEARNED)
    st.write(f"{escape_markdown(neighbour_caption(shares, collection.labels))} {_CLICK}")
    _show_clickable(table, indices, xy)
    _show_neighbours(shares, label_ids[asked], collection.labels)


def _show_neighbours(
    shares: np.ndarray,
    label_ids: np.ndarray,
    labels: tuple[str, ...],
    *,
    is_by_answer: bool = False,
) -> None:
    """Show which classes lie apart, as a matrix and a table."""
    counts = np.bincount(label_ids, minlength=len(labels))
    st.header("Which classes lie apart")
    if is_by_answer:
        title = "Answers for the nearest neighbours"
        caption = (
            f"Each row is one answer of the model; its cells say what the model answers for the "
            f"{N_NEIGHBOURS} nearest neighbours of these faces on the map."
        )
    else:
        title = "Labels of the nearest neighbours"
        caption = (
            f"Each row is one label; its cells say which labels the {N_NEIGHBOURS} nearest "
            "neighbours of these faces on the map have."
        )
    show_chart(
        neighbour_matrix(shares, labels, is_by_answer=is_by_answer),
        title=title,
        caption=caption,
        table=_table(shares, counts, labels, is_by_answer=is_by_answer),
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


def _table(
    shares: np.ndarray,
    counts: np.ndarray,
    labels: tuple[str, ...],
    *,
    is_by_answer: bool,
) -> Table:
    present = np.flatnonzero(counts)
    words = [escape_markdown(WORDS.get(label, label)) for label in labels]
    title, verb = ("Answer", "read as") if is_by_answer else ("Label", "labelled")
    columns: dict[str, list[Any]] = {
        title: [words[i] for i in present],
        "Faces": [f"{counts[i]:,}" for i in present],
        f"Neighbours with the same {title.lower()}": [
            share_text(float(shares[i, i])) for i in present
        ],
    }
    for other in present:
        columns[f"{verb} {words[other]}"] = [share_text(float(shares[i, other])) for i in present]
    return columns
