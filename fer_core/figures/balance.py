"""Class balance: the number of faces of each expression in a data set."""

from collections.abc import Mapping

import plotly.graph_objects as go

from fer_core.figures.style import percent, series_marker, styled
from fer_core.labels import WORDS

Counts = Mapping[str, Mapping[str, int]]
"""Faces as `{split: {label: count}}`, each split with the same labels in the same order."""


def class_balance(counts: Counts) -> go.Figure:
    """Return grouped bars: one bar per expression and split, with its number of faces."""
    figure = go.Figure()
    for index, (split, per_label) in enumerate(counts.items()):
        words = [WORDS[label] for label in per_label]
        values = list(per_label.values())
        total = max(1, sum(values))
        figure.add_bar(
            name=split,
            orientation="h",
            y=words,
            x=values,
            text=[f"{value:,}" for value in values],
            textposition="outside",
            cliponaxis=False,
            marker=series_marker(index),
            hovertext=[
                f"{split}: {value:,} of {total:,} faces show {word}, "
                f"{percent(value / total, digits=1)}"
                for word, value in zip(words, values, strict=True)
            ],
            hoverinfo="text",
        )
    figure.update_layout(barmode="group", bargap=0.25)
    largest = max((max(per_label.values()) for per_label in counts.values()), default=0)
    figure.update_xaxes(
        title="Faces", range=[0, 1.18 * max(1, largest)]
    )  # room for the longest bar's number
    figure.update_yaxes(autorange="reversed")  # first label and first split on top
    return styled(figure, height=100 + 7 * (14 + 18 * len(counts)))


def balance_caption(counts: Counts) -> str:
    """Return the message of `class_balance` in words."""
    totals: dict[str, int] = {}
    for per_label in counts.values():
        for label, count in per_label.items():
            totals[label] = totals.get(label, 0) + count
    n_faces = sum(totals.values())
    if not n_faces:
        return "The data set has no faces."
    most, fewest = max(totals, key=totals.__getitem__), min(totals, key=totals.__getitem__)
    return (
        f"The most frequent expression is {WORDS[most]} ({percent(totals[most] / n_faces)} of "
        f"{n_faces:,} faces), the rarest is {WORDS[fewest]} "
        f"({percent(totals[fewest] / n_faces, digits=1)}). Models learn rare expressions less "
        "well."
    )
