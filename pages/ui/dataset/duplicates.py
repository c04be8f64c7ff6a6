"""Groups of images that are alike, each as one small picture with rows, labels and splits."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import streamlit as st

from fer_core.data.collection import ImageCollection
from fer_core.data.findings import DuplicateGroup, Findings
from fer_core.drawing.face_sheet import SHEET_COLUMNS, face_sheet, sheet_width_px
from fer_core.labels import WORDS
from pages.ui.dataset.sheets import show_undrawn
from pages.ui.text import pluralize

_PER_PAGE: Final = 12
_MAX_SHOWN: Final = 8  # images of one group
_PAGE: Final = "duplicates_page"

_KINDS: Final[dict[str, Callable[[Findings], Sequence[DuplicateGroup]]]] = {
    "Copies with different labels": lambda found: [g for g in found.exact if g.has_conflict],
    "Copies in Training and in a test split": lambda found: [g for g in found.exact if g.is_across],
    "All copies, pixel by pixel": lambda found: found.exact,
    "Near copies with different labels": lambda found: [g for g in found.near if g.has_conflict],
    "Near copies in Training and in a test split": lambda found: [
        g for g in found.near if g.is_across
    ],
    "All near copies": lambda found: found.near,
}


@st.fragment
def show_duplicates(collection: ImageCollection, findings: Findings) -> None:
    """Show the groups of one kind, a page at a time; nothing if there is no group."""
    groups = {kind: choose(findings) for kind, choose in _KINDS.items()}
    kinds = [kind for kind, found in groups.items() if found]
    if not kinds:
        return
    kind = st.selectbox(
        "Show",
        kinds,
        format_func=lambda kind: f"{kind} ({pluralize(len(groups[kind]), 'group')})",
        key="duplicates_kind",
        on_change=_turn_to,
        args=(0,),
        width=420,
    )
    found = groups[kind]
    n_pages = -(-len(found) // _PER_PAGE)
    page = min(st.session_state.get(_PAGE, 0), n_pages - 1)
    if n_pages > 1:
        _show_turning(page, n_pages)
    order = np.argsort(collection.rows)
    sorted_rows = collection.rows[order]
    with st.container(horizontal=True, gap="small"):
        for group in found[page * _PER_PAGE : (page + 1) * _PER_PAGE]:
            shown = np.array(group.rows[:_MAX_SHOWN])
            _show_group(collection, group, order[np.searchsorted(sorted_rows, shown)])


def _show_turning(page: int, n_pages: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        for title, key, other in (("Previous", "P", page - 1), ("Next", "N", page + 1)):
            st.button(
                title,
                shortcut=key,
                disabled=not 0 <= other < n_pages,
                on_click=_turn_to,
                args=(other,),
                key=f"duplicates_{title}",
            )
        st.markdown(f"Page {page + 1:,} of {n_pages:,}")


def _turn_to(page: int) -> None:
    st.session_state[_PAGE] = page


def _show_group(collection: ImageCollection, group: DuplicateGroup, indices: np.ndarray) -> None:
    captions = [
        (str(row), WORDS.get(label, label), split)
        for row, label, split in zip(group.rows, group.labels, group.splits, strict=True)
    ][:_MAX_SHOWN]
    n_columns = min(SHEET_COLUMNS, len(captions))
    with st.container(width=sheet_width_px(n_columns)):
        st.image(
            face_sheet(collection.thumbnails[indices], captions, columns=n_columns),
            width=sheet_width_px(n_columns),
            alt="Images that are alike: " + "; ".join(" ".join(lines) for lines in captions),
        )
        show_undrawn(line for lines in captions for line in lines)
        if len(group.rows) > len(captions):
            st.caption(f"and {len(group.rows) - len(captions)} more")
