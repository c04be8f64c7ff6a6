"""Shares of every expression from several sources side by side: heads, or before and after."""

from collections.abc import Mapping

import plotly.graph_objects as go

from fer_core.figures.bars import add_bars
from fer_core.figures.style import percent, series_marker, share_text, styled
from fer_core.labels import VOTE_LABELS
from fer_core.results import Expression, word_of

Shares = Mapping[str, Mapping[str, float]]
"""Share of each expression, by source and label; at most three sources."""


def share_bars(shares: Shares) -> go.Figure:
    """Return one group of bars per expression, with a bar per source."""
    labels = shown_labels(shares)
    figure = go.Figure()
    for index, (name, of_label) in enumerate(shares.items()):
        known = [label for label in labels if label in of_label]
        add_bars(
            figure,
            [word_of(label) for label in known],
            [of_label[label] for label in known],
            texts=[share_text(of_label[label]) for label in known],
            hovers=[f"{name}: {word_of(each)} {percent(of_label[each])}" for each in known],
            marker=series_marker(index),
            name=name,
        )
    figure.update_layout(barmode="group", bargap=0.25, bargroupgap=0.05)
    figure.update_xaxes(visible=False, range=[0, 1.15])  # room for the number of the longest bar
    figure.update_yaxes(  # reversed: the first source is the top bar of each group
        categoryorder="array",
        categoryarray=[word_of(label) for label in labels],
        autorange="reversed",
    )
    return styled(figure, height=50 + len(labels) * (10 + 14 * len(shares)))


def shown_labels(shares: Shares) -> tuple[str, ...]:
    """Return every label that a source has, in the usual order, further ones after them."""
    known = dict.fromkeys(label for of_label in shares.values() for label in of_label)
    usual = [label for label in VOTE_LABELS if label in known]
    return (*usual, *(label for label in known if label not in VOTE_LABELS))


def heads_caption(shares: Shares) -> str:
    """Return the message of the bars of a model's heads: what each one answers first."""
    leaders = {name: max(of_label, key=of_label.__getitem__) for name, of_label in shares.items()}
    if len(set(leaders.values())) == 1:
        word = word_of(next(iter(leaders.values())))
        if len(leaders) == 1:
            return f"{word.capitalize()} comes first."
        return f"{'Both' if len(leaders) == 2 else 'All'} put {word} first."
    answers = (
        f"{name}: {word_of(label)} ({percent(shares[name][label])})."
        for name, label in leaders.items()
    )
    return f"They differ in what comes first. {' '.join(answers)}"


def change_caption(before: Expression, after: Expression, *, change: str) -> str:
    """Return how a change of the face moves the reading.

    Args:
        before: The reading of the face as it is.
        after: The reading of the changed face.
        change: What was done to it, in words.

    >>> labels = ("happy", "sad")
    >>> readings = [Expression.from_probs(labels, (p, 1 - p)) for p in (0.9, 0.4)]
    >>> change_caption(*readings, change="a blur of 2 px")
    'Now: sad 60%. As it is: happy 90%. The change: a blur of 2 px. Happy falls by 50 points.'
    """
    word = word_of(before.label).capitalize()
    moved = round(100 * (after.share(before.label) - before.share(before.label)))
    effect = f"{'rises' if moved > 0 else 'falls'} by {abs(moved)} points" if moved else "stays"
    return (
        f"Now: {after.in_words()}. As it is: {before.in_words()}. The change: {change}. "
        f"{word} {effect}."
    )
