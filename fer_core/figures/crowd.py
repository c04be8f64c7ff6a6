"""What people say of the faces: how far they agree, and which words share a face."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import plotly.graph_objects as go

from fer_core.data.face_table import NO_LEADER
from fer_core.figures.bars import add_bars
from fer_core.figures.classes import plain_word
from fer_core.figures.matrix import share_matrix
from fer_core.figures.style import percent, series_marker, share_text, styled
from fer_core.labels import VOTE_LABELS, WORDS
from fer_core.metrics.crowd import ClassAgreement

NOT_SAID: Final = "could not say"

_SERIES: Final = {
    "share": "Answers that equal the label",
    "leads": "Faces on which the label leads",
    "person": "One person agrees with the others",
}
_MEANING: Final = {
    "share": "{share} of all answers about the {n:,} faces labelled {word} are that word",
    "leads": "On {share} of the {n:,} faces labelled {word}, that word has the most votes",
    "person": "If one person says {word}, the most votes of the others go to it too in {share} of "
    "the cases",
}


def crowd_agreement(agreement: Mapping[str, ClassAgreement]) -> go.Figure:
    """Return three bars per label: answers, leading words, and one person against the others."""
    figure = go.Figure()
    for index, (field, title) in enumerate(_SERIES.items()):
        shares = {label: getattr(each, field) for label, each in agreement.items()}
        known = {label: share for label, share in shares.items() if share is not None}
        add_bars(
            figure,
            [WORDS[label] for label in known],
            list(known.values()),
            texts=[percent(share) for share in known.values()],
            hovers=[
                _MEANING[field].format(
                    share=percent(share), n=agreement[label].n, word=WORDS[label]
                )
                for label, share in known.items()
            ],
            marker=series_marker(index),
            name=title,
        )
    figure.update_layout(barmode="group", bargap=0.22)
    figure.update_xaxes(tickformat=".0%", range=[0, 1.12])
    figure.update_yaxes(autorange="reversed")
    return styled(figure, height=120 + 66 * len(agreement))


def crowd_agreement_caption(agreement: Mapping[str, ClassAgreement]) -> str:
    """Return the message of `crowd_agreement` in words."""
    if not agreement:
        return "There are no faces with votes."
    by_share = sorted(agreement, key=lambda label: agreement[label].share)
    hard, easy = by_share[0], by_share[-1]
    return (
        f"The label that people give most rarely is {WORDS[hard]}: "
        f"{percent(agreement[hard].share)} of all answers about its faces. "
        f"The easiest one is {WORDS[easy]}: {percent(agreement[easy].share)}. "
        "A model cannot be surer than the people it learns from."
    )


def person_bars(shares: Mapping[str, float]) -> go.Figure:
    """Return one bar per word: how often the others' most votes go to one person's word."""
    figure = go.Figure()
    add_bars(
        figure,
        [WORDS[label] for label in shares],
        list(shares.values()),
        texts=[percent(share) for share in shares.values()],
        hovers=[
            f"If one person says {WORDS[label]}, the most votes of the others go to it too in "
            f"{percent(share)} of the cases"
            for label, share in shares.items()
        ],
        marker=series_marker(0),
    )
    figure.update_xaxes(tickformat=".0%", range=[0, 1.12])
    figure.update_yaxes(autorange="reversed")
    return styled(figure, height=90 + 32 * len(shares))


def person_caption(shares: Mapping[str, float]) -> str:
    """Return the message of `person_bars` in words."""
    by_share = sorted(shares, key=lambda label: shares[label])
    hard, easy = by_share[0], by_share[-1]
    return (
        f"If one person says {WORDS[easy]}, the most votes of the others go to it too in "
        f"{percent(shares[easy])} of the cases. For {WORDS[hard]} it is {percent(shares[hard])}."
    )


def shared_words(shares: np.ndarray) -> go.Figure:
    """Return a matrix of people's answers, by the word that leads on a face.

    Args:
        shares: `(8, 8)`, as `metrics.crowd.shared_words` returns it.
    """
    led = [index for index in range(len(VOTE_LABELS)) if shares[index].any()]
    columns = [*(WORDS[label] for label in VOTE_LABELS), NOT_SAID]
    rows = {
        WORDS[VOTE_LABELS[index]]: [*shares[index].tolist(), max(0.0, 1 - shares[index].sum())]
        for index in led
    }
    return share_matrix(
        list(rows),
        columns,
        list(rows.values()),
        texts=[[share_text(share) for share in row] for row in rows.values()],
        hovers=[
            [
                f"Where the most votes go to {word}, {percent(share, digits=1)} of the answers are "
                f"{column}"
                for column, share in zip(columns, row, strict=True)
            ]
            for word, row in rows.items()
        ],
    )


def shared_words_caption(shares: np.ndarray) -> str:
    """Return the message of `shared_words` in words."""
    others = shares.copy()
    np.fill_diagonal(others, 0)
    row, column = np.unravel_index(int(others.argmax()), others.shape)
    if not others.any():
        return "Each row is the word with the most votes. All answers agree."
    return (
        "Each row is the word with the most votes; its cells say how all ten answers spread. The "
        "words that share a face most often: where the most votes go to "
        f"{WORDS[VOTE_LABELS[row]]}, {percent(float(others[row, column]))} of the answers are "
        f"{WORDS[VOTE_LABELS[column]]}."
    )


def labels_and_leaders_caption(labels: Mapping[str, int], leaders: Mapping[str, int]) -> str:
    """Return the message of the bars of labels beside leading words.

    Args:
        labels: Faces by label.
        leaders: Faces by the word that leads people's votes, or `NO_LEADER`.
    """
    lost = {label: n - leaders.get(label, 0) for label, n in labels.items() if n}
    if not lost:
        return "There are no faces with votes."
    label = max(lost, key=lambda name: lost[name] / labels[name])
    return (
        f"{labels[label]:,} faces are labelled {plain_word(label)}, and that word has the most "
        f"votes on {leaders.get(label, 0):,} faces. No word leads on "
        f"{leaders.get(NO_LEADER, 0):,} of {sum(leaders.values()):,} faces."
    )
