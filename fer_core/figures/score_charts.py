"""Scores per expression: the confusion matrix, and precision, recall and F1."""

from collections.abc import Mapping
from typing import Any, Final

import plotly.graph_objects as go

from fer_core.figures.bars import add_bars
from fer_core.figures.matrix import share_matrix
from fer_core.figures.style import BLUE, MUTED, percent, series_marker, styled
from fer_core.labels import WORDS
from fer_core.metrics.scores import Scores

_MEANING: Final = {
    "precision": "When the model says {word}, the label is {word} on {share} of the faces",
    "recall": "The model finds {share} of the {support:,} faces labelled {word}",
    "f1": "F1 of {word}: {share}, high only if precision and recall both are",
}
_NAMES: Final = {"precision": "Precision", "recall": "Recall", "f1": "F1"}


def confusion_matrix(scores: Scores, labels: tuple[str, ...], *, as_shares: bool) -> go.Figure:
    """Return the matrix with one row per label and one column per answer of the model.

    Args:
        scores: Scores of one model on one split.
        labels: In the order of `scores.confusion`.
        as_shares: Show the share of each row instead of the number of faces.
    """
    words = [WORDS[label] for label in labels]
    shares = row_shares(scores)
    texts = [
        [percent(share) if as_shares else f"{count:,}" for share, count in zip(*row, strict=True)]
        for row in zip(shares, scores.confusion, strict=True)
    ]
    figure = share_matrix(
        words,
        words,
        shares,  # the colour in both modes: rare rows stay readable
        texts=texts,
        hovers=_confusion_hovers(scores, words),
        darkest=1.0,
        height=460,
    )
    for index in range(len(words)):  # right answers have an outline, beside the colour
        figure.add_shape(
            type="rect",
            x0=index - 0.48,
            x1=index + 0.48,
            y0=index - 0.48,
            y1=index + 0.48,
            line={"color": BLUE, "width": 2},
        )
    figure.update_xaxes(title="The model says")
    figure.update_yaxes(title="The label says")
    return figure


def _confusion_hovers(scores: Scores, words: list[str]) -> list[list[str]]:
    return [
        [
            f"The model calls {count:,} of {sum(counts):,} faces<br>labelled {true} {predicted}: "
            f"{percent(share, digits=1)}"
            for predicted, count, share in zip(words, counts, row, strict=True)
        ]
        for true, counts, row in zip(words, scores.confusion, row_shares(scores), strict=True)
    ]


def row_shares(scores: Scores) -> list[list[float]]:
    """Return the confusion matrix as shares of each row; a row without faces is all 0."""
    return [[count / max(1, sum(counts)) for count in counts] for counts in scores.confusion]


def confusion_caption(scores: Scores, labels: tuple[str, ...]) -> str:
    """Return the message of `confusion_matrix` in words."""
    mistakes = [
        (share, WORDS[labels[true]], WORDS[labels[predicted]])
        for true, row in enumerate(row_shares(scores))
        for predicted, share in enumerate(row)
        if true != predicted
    ]
    share, true, predicted = max(mistakes, key=lambda mistake: mistake[0], default=(0.0, "", ""))
    rows = "Each row is one label; the outlined cell holds the right answers."
    if share == 0:
        return f"{rows} All answers are right."
    return (
        f"{rows} The most frequent confusion: the model calls {percent(share)} of the {true} faces "
        f"{predicted}."
    )


def confused_faces_caption(scores: Scores, labels: tuple[str, ...], label: str) -> str:
    """Return what the model calls the faces of one label, most frequent first, in words."""
    index = labels.index(label)
    shares = row_shares(scores)[index]
    order = sorted(range(len(labels)), key=lambda other: (other != index, -shares[other]))
    calls = [f"{percent(shares[other])} {WORDS[labels[other]]}" for other in order if shares[other]]
    n_faces = sum(scores.confusion[index])
    if not n_faces:
        return f"no face was labelled {WORDS[label]}."
    n_said = sum(row[index] for row in scores.confusion)
    n_wrong = n_said - scores.confusion[index][index]
    return (
        f"of {n_faces:,} faces labelled {WORDS[label]}, it calls {', '.join(calls)}. Of the "
        f"{n_said:,} faces that it calls {WORDS[label]}, {n_wrong:,} have another label."
    )


def class_scores(
    scores: Scores, labels: tuple[str, ...], *, human: Mapping[str, float]
) -> go.Figure:
    """Return grouped bars of precision, recall and F1, and of one person's F1.

    Args:
        scores: Scores of one model on one split.
        labels: From top to bottom.
        human: One person's F1 by label; a label without one has no such bar.
    """
    figure = go.Figure()
    for index, field in enumerate(_NAMES):
        shares = {label: getattr(scores.per_class[label], field) for label in labels}
        hovers = [
            _MEANING[field].format(
                word=WORDS[label], share=percent(share), support=scores.per_class[label].support
            )
            for label, share in shares.items()
        ]
        _add_series(figure, _NAMES[field], shares, hovers=hovers, marker=series_marker(index))
    human_f1 = {label: human[label] for label in labels if label in human}
    hovers = [
        f"F1 of one person's {WORDS[label]}, against the same labels: {percent(f1)}"
        for label, f1 in human_f1.items()
    ]
    _add_series(figure, "One person's F1", human_f1, hovers=hovers, marker={"color": MUTED})
    figure.update_layout(barmode="group", bargap=0.22)
    figure.update_xaxes(tickformat=".0%", range=[0, 1.08])  # room for the longest bar's number
    figure.update_yaxes(autorange="reversed")
    return styled(figure, height=100 + 80 * len(labels))


def class_scores_caption(scores: Scores, labels: tuple[str, ...]) -> str:
    """Return the message of `class_scores` in words."""
    by_f1 = sorted(labels, key=lambda label: scores.per_class[label].f1)
    return (
        f"The model is best on {WORDS[by_f1[-1]]} and worst on {WORDS[by_f1[0]]}. Precision: the "
        "share of its answers that are right. Recall: the share of those faces that it finds. F1 "
        "combines both; one person's F1 is grey."
    )


def _add_series(
    figure: go.Figure,
    name: str,
    shares: Mapping[str, float],
    *,
    hovers: list[str],
    marker: dict[str, Any],
) -> None:
    add_bars(
        figure,
        [WORDS[label] for label in shares],
        list(shares.values()),
        texts=[percent(share) for share in shares.values()],
        hovers=hovers,
        marker=marker,
        name=name,
    )
