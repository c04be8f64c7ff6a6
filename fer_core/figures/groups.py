"""Groups of people: how often their faces are found and read, and what is said of them."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from fer_core.evaluate.photo_scores import PhotoScores
from fer_core.evaluate.photos import PhotoEvaluation
from fer_core.figures.matrix import share_matrix
from fer_core.figures.photos import interval_bars
from fer_core.figures.style import MUTED, percent, share_text
from fer_core.labels import NOT_SURE_WORD, VOTE_LABELS, WORDS


def groups_read(groups: Mapping[str, PhotoScores], whole: PhotoScores) -> go.Figure:
    """Return two bars per group, found and read, with 95% intervals, and a line for all photos.

    Args:
        groups: Scores by group.
        whole: Scores of all photos.
    """
    bars = {
        title: {
            value: (scores.shares()[name], scores.intervals.get(name))
            for value, scores in groups.items()
        }
        for name, title in (("found", "Face found"), ("read", "Face read"))
    }
    figure = interval_bars(bars, of=dict.fromkeys(groups, "photos"))
    figure.add_vline(
        x=whole.read / whole.n,
        line={"width": 1.5, "dash": "dot", "color": MUTED},
    )
    return figure


def groups_read_caption(groups: Mapping[str, PhotoScores], whole: PhotoScores) -> str:
    """Return the message of `groups_read` in words."""
    refused = {value: 1 - scores.read / scores.n for value, scores in groups.items()}
    worst = max(refused, key=lambda value: refused[value])
    of_all = 1 - whole.read / whole.n
    times = f", {refused[worst] / of_all:.1f} times the share of all photos" if of_all else ""
    return (
        f"The dotted line: {percent(whole.read / whole.n)} of all {whole.n:,} photos are read. "
        f"The group with the most unread photos is {worst}: {percent(refused[worst])} of "
        f"{groups[worst].n:,}{times}."
    )


def groups_words(groups: Mapping[str, PhotoScores]) -> go.Figure:
    """Return a matrix: how often each word is said in each group, as share of the faces read."""
    labels = said_labels(groups)
    columns = [*(WORDS[label] for label in labels), NOT_SURE_WORD]
    rows = {
        value: [count / max(scores.read, 1) for count in word_counts(scores, labels)]
        for value, scores in groups.items()
    }
    return share_matrix(
        list(rows),
        columns,
        list(rows.values()),
        texts=[[share_text(share) for share in row] for row in rows.values()],
        hovers=[
            [
                f"{value}: {word} for {percent(share, digits=1)} of {groups[value].read:,} faces "
                "read"
                for word, share in zip(columns, row, strict=True)
            ]
            for value, row in rows.items()
        ],
    )


def said_labels(groups: Mapping[str, PhotoScores]) -> tuple[str, ...]:
    """Return the labels whose word was said in any group."""
    return tuple(label for label in VOTE_LABELS if any(label in g.words for g in groups.values()))


def word_counts(scores: PhotoScores, labels: Sequence[str]) -> list[int]:
    """Return how often each word was said, and how often the reading was not sure."""
    return [*(scores.words.get(label, 0) for label in labels), scores.read - scores.said]


def differences_caption(scores: PhotoEvaluation) -> str:
    """Return how many shares of groups differ beyond chance, or why none were compared."""
    if scores.cluster_column is not None:
        return (
            f"Groups are not compared: several photos share one {scores.cluster_column}, so they "
            "are alike for other reasons than the group."
        )
    if not scores.n_comparisons:
        return "There is nothing to compare."
    if not scores.differences:
        return "No group differs from the other groups beyond chance."
    return (
        f"{len(scores.differences)} of {scores.n_comparisons:,} shares differ from those of all "
        "other groups beyond chance. The clearest ones:"
    )


def differences_method(scores: PhotoEvaluation) -> str:
    """Return how the groups were compared."""
    return (
        "Each share of each group was compared with that of all other groups together: "
        f"{scores.n_comparisons:,} comparisons by Fisher's exact test, corrected by Holm's method. "
        "If the groups did not differ, 95 of 100 such sets would show no difference at all."
    )
