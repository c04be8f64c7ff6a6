"""The tab Balance: faces per expression and split, labels beside votes, what training gets."""

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
import streamlit as st

from fer_core.data.collection import ImageCollection
from fer_core.data.face_table import NO_LEADER, FaceTable
from fer_core.figures import (
    balance_caption,
    class_balance,
    labels_and_leaders_caption,
)
from fer_core.figures.style import percent
from fer_core.labels import VOTE_LABELS, WORDS
from pages.ui.charts import Table, show_chart
from pages.ui.dataset.view import DatasetView
from pages.ui.text import escape_markdown, pluralize

_N_SIZES: Final = 4  # sizes that a sentence lists


def show_balance(view: DatasetView) -> None:
    """Show how the images spread over the classes, and what of them training gets."""
    counts = view.counts()
    st.header("Faces per expression")
    as_shares = st.segmented_control("Show", ["Counts", "Shares"], default="Counts") == "Shares"
    show_chart(
        class_balance(counts, as_shares=as_shares),
        title="Faces per expression",
        caption=balance_caption(counts),
        table=balance_table(counts),
    )
    if view.table is not None and view.table.votes is not None:
        _show_leaders(view.table)
    elif view.no_votes:
        st.info(view.no_votes)
    st.header("What training gets")
    for sentence in shapes(view):
        st.markdown(f"- {sentence}")


def balance_table(counts: Mapping[str, Mapping[str, int]]) -> Table:
    """Return a row per label, and per split a column with count and share; then the totals."""
    labels = list(next(iter(counts.values())))
    totals = {split: max(1, sum(per_label.values())) for split, per_label in counts.items()}
    return {"Expression": [*(escape_markdown(WORDS.get(x, x)) for x in labels), "total"]} | {
        escape_markdown(split): [
            *(f"{n:,} ({percent(n / totals[split], digits=1)})" for n in per_label.values()),
            f"{sum(per_label.values()):,}",
        ]
        for split, per_label in counts.items()
    }


def shapes(view: DatasetView) -> Iterator[str]:
    """Yield what images there are, and the shapes of the arrays that training gets."""
    collection = view.collection
    if collection is not None:
        yield images_in_words(collection)
        yield from map(escape_markdown, collection.notes)
    yield from view.shapes()


def images_in_words(collection: ImageCollection) -> str:
    """Return how many images there are, of which sizes, and how many are in colour."""
    sizes, counts = np.unique(collection.sizes, axis=0, return_counts=True)
    n_color = int(collection.is_color.sum())
    order = np.argsort(-counts, kind="stable")[:_N_SIZES]
    listed = ", ".join(f"{sizes[i][0]}x{sizes[i][1]}" for i in order)
    more = f" and {len(sizes) - len(order):,} other sizes" if len(sizes) > len(order) else ""
    colors = {0: "all grey", len(collection): "all in colour"}
    return (
        f"{pluralize(len(collection), 'image')}, "
        f"{colors.get(n_color, f'{n_color:,} of them in colour')}, of {listed}{more} pixels."
    )


def _show_leaders(table: FaceTable) -> None:
    """Show the labels beside the words that lead people's votes."""
    collection = table.collection
    label_counts = np.bincount(collection.label_ids, minlength=len(collection.labels))
    labels = dict(zip(collection.labels, map(int, label_counts), strict=True))
    leader_counts = np.bincount(table.leaders() + 1, minlength=len(VOTE_LABELS) + 1)
    leaders = dict(zip(VOTE_LABELS, map(int, leader_counts[1:]), strict=True))
    leaders[NO_LEADER] = int(leader_counts[0])
    words = list(dict.fromkeys([*labels, *leaders]))
    both = {
        "Label": {word: labels.get(word, 0) for word in words},
        "Most votes": {word: leaders.get(word, 0) for word in words},
    }
    st.header("Labels beside people's votes")
    show_chart(
        class_balance(both),
        title="Labels and the words that lead the votes",
        caption=labels_and_leaders_caption(labels, leaders),
        table=balance_table(both),
    )
