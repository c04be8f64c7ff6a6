"""The tab Faces: a wall of faces with filters, one face in large, and the average faces."""

from typing import Final, get_args

import numpy as np
import streamlit as st

from fer_core.data.average_faces import AverageFace, as_picture, average_faces
from fer_core.data.face_table import NO_LEADER, NOT_A_FACE, FaceFilter, FaceTable, Order
from fer_core.data.selection import SelectedRow, selection_text
from fer_core.figures.classes import plain_word
from fer_core.labels import VOTE_LABELS, WORDS
from fer_core.metrics.human import N_VOTERS
from pages.ui.dataset.face_card import label_words, show_face_card
from pages.ui.dataset.sheets import PER_SHEET, show_sheets
from pages.ui.dataset.view import DatasetView
from pages.ui.text import escape_markdown, pluralize

_ALL: Final = "*"  # no label, no split: shown as “all”
_PER_PAGE: Final = 6 * PER_SHEET
_PAGE: Final = "page"  # in the address
_SEEN: Final = "wall_filter"
_AVERAGES: Final = "average_faces"
_AVERAGE_PX: Final = 96
_ORDER_WORDS: Final[dict[Order, str]] = {
    "row": "As in the data",
    "agreement": "People's agreement, least first",
    "label_prob": "Model's probability of the label, least first",
}
_NEEDS_FILE: Final = (
    "With the file, all 35,887 faces can be looked through here, by label, votes and the model's "
    "answer, and any selection can be saved as row numbers. See above how to get it."
)


def show_faces(view: DatasetView) -> None:
    """Show the wall of faces, and the average face of each class."""
    if view.table is None:
        st.info(_NEEDS_FILE)
        return
    _show_wall(view)
    st.header("Average faces")
    st.write(
        "Left: the mean of all images of a class. Right: the variance of each pixel. It is bright "
        "where the faces differ: a sharp mean and a dark mouth mean that the class always looks "
        "much the same."
    )
    _show_averages(view)


@st.fragment
def _show_wall(view: DatasetView) -> None:
    """Show one page of the faces that fit the filters."""
    table = view.table
    if table is None:
        return
    wanted = _choose_filter(table)
    found = table.matching(wanted)
    seen = st.session_state.get(_SEEN, (view.key, wanted))  # at first, the address says the page
    st.session_state[_SEEN] = (view.key, wanted)
    if seen != (view.key, wanted):
        _turn_to(0)
    if not len(found):
        st.info("No face fits these filters. Choose “all” in one of them.")
        return
    n_pages = -(-len(found) // _PER_PAGE)
    page = min(_page_in_address(), n_pages - 1)
    _show_turning(page, n_pages, n_found=len(found))
    _show_sheets(table, found[page * _PER_PAGE : (page + 1) * _PER_PAGE])
    st.download_button(
        f"Download the rows of {pluralize(len(found), 'face')}",
        lambda: _rows_text(table, found),
        file_name="rows.csv",
        mime="text/csv",
        on_click="ignore",
    )
    _show_chosen(table, found, page)


def _rows_text(table: FaceTable, found: np.ndarray) -> str:
    """Return the rows of the chosen faces as training takes them, with their labels."""
    collection = table.collection
    return selection_text(
        [
            SelectedRow(int(collection.rows[i]), collection.labels[collection.label_ids[i]])
            for i in found
        ]
    )


def _choose_filter(table: FaceTable) -> FaceFilter:
    """Show the filters that fit the data, and return what is chosen."""
    collection = table.collection
    with st.container(horizontal=True):
        split = _choice("Split", collection.splits, key="split")
        label = _choice("Label", collection.labels, key="label")
        leader = None
        if table.votes is not None:
            leader = _choice("Most votes go to", (*VOTE_LABELS, NO_LEADER, NOT_A_FACE), key="votes")
        right = None
        orders: list[Order] = ["row"]
        if table.votes is not None:
            orders.append("agreement")
        if table.probs is not None:
            right = _choice("The model is", ("right", "wrong"), key="answer")
            orders.append("label_prob")
        order = st.selectbox(
            "Order",
            [order for order in get_args(Order) if order in orders],
            format_func=lambda order: _ORDER_WORDS[order],
            key="order",
            bind="query-params",
            width=220,
        )
    low, high = 0, N_VOTERS
    if table.votes is not None:
        low, high = st.slider(
            "People who agree on the leading word, of ten",
            0,
            N_VOTERS,
            (0, N_VOTERS),
            key="agreement",
            bind="query-params",
            width=420,
        )
    return FaceFilter(
        split, label, leader, low, high, None if right is None else right == "right", order
    )


def _choice(title: str, options: tuple[str, ...], *, key: str) -> str | None:
    """Show a list that starts with “all”, and return the choice; None for all."""
    chosen = st.selectbox(
        title,
        [_ALL, *options],
        format_func=lambda option: "all" if option == _ALL else plain_word(option),
        key=key,
        bind="query-params",
        width=150,
    )
    return None if chosen == _ALL else chosen


def _show_turning(page: int, n_pages: int, *, n_found: int) -> None:
    """Show the buttons that turn the pages, and which page it is."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Previous",
            shortcut="P",
            disabled=page == 0,
            on_click=_turn_to,
            args=(page - 1,),
            key="wall_previous",
        )
        st.button(
            "Next",
            shortcut="N",
            disabled=page == n_pages - 1,
            on_click=_turn_to,
            args=(page + 1,),
            key="wall_next",
        )
        st.markdown(f"{pluralize(n_found, 'face')}, page {page + 1:,} of {n_pages:,}")


def _page_in_address() -> int:
    """Return the page, from 0, that the address asks for."""
    try:
        return max(0, int(st.query_params.get(_PAGE, "1")) - 1)
    except ValueError:
        return 0


def _turn_to(page: int) -> None:
    """Write the page into the address, where a reload finds it."""
    if page:
        st.query_params[_PAGE] = str(page + 1)
    else:
        st.query_params.pop(_PAGE, None)


def _show_sheets(table: FaceTable, indices: np.ndarray) -> None:
    """Show the faces of one page, each with its row and label."""
    collection = table.collection
    words = [WORDS.get(label, label) for label in collection.labels]
    captions = {int(i): (f"{collection.rows[i]}", words[collection.label_ids[i]]) for i in indices}
    show_sheets(collection.thumbnails, captions)


def _show_chosen(table: FaceTable, found: np.ndarray, page: int) -> None:
    """Show one face in large: that of the row that the visitor enters."""
    rows = table.collection.rows
    first = int(rows[found[page * _PER_PAGE]])
    row = st.number_input(
        "Number of a face, to see it in large",
        min_value=0,
        max_value=int(rows.max()),
        value=first,
        step=1,
        width=260,
        help="It stands below each face: its row in the file, or its place in the folder.",
    )
    places = np.flatnonzero(rows == row)
    if len(places):
        show_face_card(table, int(places[0]))
    else:
        st.info(f"There is no image with the number {row:,}: it could not be read.")


def _show_averages(view: DatasetView) -> None:
    table = view.table
    if table is None:
        return
    for label, face in zip(table.collection.labels, _averages(view.key, table), strict=True):
        if face is None:
            continue
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            word = escape_markdown(WORDS.get(label, label))
            for values, name in ((face.mean, "Mean"), (face.variance, "Variance")):
                st.image(
                    as_picture(values),
                    width=_AVERAGE_PX,
                    output_format="PNG",
                    alt=f"{name} of the images labelled {WORDS.get(label, label)}",
                )
            deviation = float(np.sqrt(face.variance.mean()))
            st.markdown(
                f"{label_words(label)}  \n{pluralize(face.n, 'image')}  \nMean brightness "
                f"{face.mean.mean():.0f}, standard deviation {deviation:.0f} of 255",
                help=f"Over all pixels of the images labelled {word}.",
            )


def _averages(key: object, table: FaceTable) -> tuple[AverageFace | None, ...]:
    """Return the average faces; a session keeps the last ones, which take half a second."""
    held = st.session_state.get(_AVERAGES)
    if held is None or held[0] != key:
        collection = table.collection
        with st.spinner("Averaging the faces…"):
            faces = average_faces(
                collection.thumbnails, collection.label_ids, n_labels=len(collection.labels)
            )
        held = st.session_state[_AVERAGES] = (key, faces)
    return held[1]  # type: ignore[no-any-return]
