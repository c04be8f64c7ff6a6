"""Class balance: the number of faces of each expression in a data set."""

import html
from collections.abc import Mapping

import plotly.graph_objects as go

from fer_core.figures.bars import add_bars
from fer_core.figures.classes import class_word, plain_word
from fer_core.figures.style import percent, series_marker, styled

_NEARLY_EVEN = 0.8  # the rarest class beside the most frequent one
_FEW = 10  # faces in the longest bar, from which plotly would write 0.5

Counts = Mapping[str, Mapping[str, int]]
"""Faces as `{split: {label: count}}`, each split with the same labels in the same order."""


def class_balance(counts: Counts, *, as_shares: bool = False) -> go.Figure:
    """Return grouped bars: one bar per expression and split, with its number of faces.

    Args:
        counts: Faces per split and label.
        as_shares: Show each bar as share of its split. Splits of different sizes can be compared.
    """
    figure = go.Figure()
    largest = 0.0
    for index, (split, per_label) in enumerate(counts.items()):
        words = [class_word(label) for label in per_label]
        values = list(per_label.values())
        total = max(1, sum(values))
        bars = [value / total for value in values] if as_shares else values
        largest = max(largest, *bars)
        add_bars(
            figure,
            words,
            bars,
            texts=[
                percent(value / total, digits=1) if as_shares else f"{value:,}" for value in values
            ],
            hovers=[
                f"{html.escape(split, quote=False)}, {word}: {value:,} of {total:,} faces "
                f"({percent(value / total, digits=1)})"
                for word, value in zip(words, values, strict=True)
            ],
            marker=series_marker(index),
            name=html.escape(split, quote=False),
        )
    figure.update_layout(barmode="group", bargap=0.25)
    counts_few = not as_shares and largest <= _FEW
    figure.update_xaxes(
        title="Share of the split" if as_shares else "Faces",
        tickformat=".0%" if as_shares else None,
        dtick=1 if counts_few else None,  # else halves of a face
        range=[0, 1.18 * (largest or 1)],
    )  # room for the longest bar's number
    figure.update_yaxes(autorange="reversed")  # first label and first split on top
    n_labels = max((len(per_label) for per_label in counts.values()), default=7)
    return styled(figure, height=100 + n_labels * (14 + 18 * len(counts)))


def balance_caption(counts: Counts) -> str:
    """Return the message of `class_balance` in words.

    >>> balance_caption({"Training": {"happy": 2, "sad": 0}})
    'All 2 faces are happy. The data has no sad faces.'
    """
    totals: dict[str, int] = {}
    for per_label in counts.values():
        for label, count in per_label.items():
            totals[label] = totals.get(label, 0) + count
    present = {label: n for label, n in totals.items() if n}
    n_faces = sum(present.values())
    if not n_faces:
        return "The data set has no faces."
    absent = [plain_word(label) for label in totals if label not in present]
    missing = f" The data has no {_either(absent)} faces." if absent else ""
    most, fewest = max(present, key=present.__getitem__), min(present, key=present.__getitem__)
    if len(present) == 1:
        faces = "The only face is" if n_faces == 1 else f"All {n_faces:,} faces are"
        return f"{faces} {plain_word(most)}.{missing}"
    if present[most] == present[fewest]:
        return f"The {len(present)} expressions are equally frequent ({n_faces:,} faces).{missing}"
    if present[fewest] >= _NEARLY_EVEN * present[most]:
        low, high = percent(present[fewest] / n_faces), percent(present[most] / n_faces)
        share = f"about {low}" if low == high else f"{low} to {high}"
        return (
            f"The {len(present)} expressions are nearly equally frequent: each has {share} of "
            f"{n_faces:,} faces.{missing}"
        )
    return (
        f"The most frequent expression is {plain_word(most)} ({percent(present[most] / n_faces)} "
        f"of {n_faces:,} faces), the rarest is {plain_word(fewest)} "
        f"({percent(present[fewest] / n_faces, digits=1)}). Models learn rare expressions less "
        f"well.{missing}"
    )


def _either(words: list[str]) -> str:
    """Return words with commas and "or"."""
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last
