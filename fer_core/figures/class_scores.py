"""How well a model reads each expression."""

from typing import Final

import plotly.graph_objects as go

from fer_core.evaluate.ceiling import HUMAN_AGREEMENT_BY_LABEL
from fer_core.evaluate.scores import Scores
from fer_core.figures.style import PATTERNS, SERIES, percent, styled
from fer_core.labels import WORDS

_MEANING: Final = {
    "precision": "When the model says {word}, it is right on {share} of the faces",
    "recall": "Of the {support:,} faces that people called {word}, the model finds {share}",
    "f1": "F1 of {word}: {share}, high only when precision and recall both are",
}
SCORE_NAMES: Final = {"precision": "Precision", "recall": "Recall", "f1": "F1"}


def class_scores(scores: Scores, labels: tuple[str, ...]) -> go.Figure:
    """Return grouped bars of precision, recall and F1, with one person's agreement as a mark.

    Args:
        scores: Of one model on one split.
        labels: Top to bottom.
    """
    words = [WORDS[label] for label in labels]
    figure = go.Figure()
    for index, (field, name) in enumerate(SCORE_NAMES.items()):
        values = [getattr(scores.per_class[label], field) for label in labels]
        figure.add_bar(
            name=name,
            orientation="h",
            y=words,
            x=values,
            text=[percent(value) for value in values],
            textposition="inside",
            insidetextanchor="start",
            textangle=0,
            marker={
                "color": SERIES[index],
                "pattern": {"shape": PATTERNS[index], "size": 5},
            },
            hovertext=[
                _MEANING[field].format(
                    word=word, share=percent(value), support=scores.per_class[label].support
                )
                for label, word, value in zip(labels, words, values, strict=True)
            ],
            hoverinfo="text",
        )
    figure.update_layout(barmode="group", bargap=0.25)
    return _finished(figure, labels)


def _finished(figure: go.Figure, labels: tuple[str, ...]) -> go.Figure:
    known = [label for label in labels if label in HUMAN_AGREEMENT_BY_LABEL]
    figure.add_scatter(
        name="One person",
        mode="markers",
        y=[WORDS[label] for label in known],
        x=[HUMAN_AGREEMENT_BY_LABEL[label] for label in known],
        marker={"symbol": "diamond", "size": 11, "line": {"width": 2, "color": "white"}},
        marker_color="#24302f",
        hovertext=[
            f"When one person says {WORDS[label]}, most of nine others agree on "
            f"{percent(HUMAN_AGREEMENT_BY_LABEL[label])} of the faces"
            for label in known
        ],
        hoverinfo="text",
    )
    figure.update_xaxes(tickformat=".0%", range=[0, 1])
    figure.update_yaxes(autorange="reversed")
    return styled(figure, height=100 + 68 * len(labels))


def class_scores_caption(scores: Scores, labels: tuple[str, ...]) -> str:
    """Return what to read in `class_scores`, in one sentence."""
    by_f1 = sorted(labels, key=lambda label: scores.per_class[label].f1)
    return (
        f"The model reads {WORDS[by_f1[-1]]} best and {WORDS[by_f1[0]]} worst; precision says how "
        "often its word is right, recall how many such faces it finds, and the diamond how often "
        "one person's word is what most others say."
    )
