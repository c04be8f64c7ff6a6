"""The scores: of all models in one leaderboard, and of one or two models in detail."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import streamlit as st

from fer_core.evaluate.lineup import Entry, Lineup
from fer_core.evaluate.report import Evaluation
from fer_core.figures import (
    class_scores,
    class_scores_caption,
    confused_faces_caption,
    confusion_caption,
    confusion_matrix,
    leaderboard,
    leaderboard_caption,
)
from fer_core.figures.style import percent
from fer_core.labels import FER2013_LABELS, WORDS
from fer_core.metrics.human import HUMAN_AGREEMENT
from fer_core.metrics.intervals import Interval
from pages.ui.charts import Table, show_chart, show_figure
from pages.ui.evaluation.models import side_by_side
from pages.ui.evaluation.tables import class_score_table, confusion_table, leaderboard_table
from pages.ui.text import escape_markdown, inside_link, pluralize

_TILE_PX: Final = 148  # five tiles in a row, two on a phone
_LEGEND: Final = (
    "In brackets: the 95% interval. MFLOPs: millions of operations per face. ms per face: on one "
    "core of the machine that measured it. Top 2: the right label is one of the first two. ECE: "
    "the expected calibration error, 0 is best. FER+: how often the model agrees with the majority "
    "of ten people. One person's accuracy: how often one person chooses the label of the data set. "
    "These labels are noisy. A model to the right of that line has learned the habits of these "
    "labels. It is not better than a person at reading faces."
)
_OTHERS: Final = (
    "Scored on other faces, so the scores cannot be compared with these: {models}. The tab Scores "
    "shows them."
)


class _Tile(NamedTuple):
    """One number and the lines below it."""

    name: str
    value: str
    lines: list[str]


def show_leaderboard(lineup: Lineup) -> None:
    """Show the scores of every model with their intervals, and what each model costs."""
    models = lineup.comparable
    caption = leaderboard_caption(models)
    st.write(escape_markdown(caption))
    show_figure(
        leaderboard(models, human=lineup.human_accuracy),
        key="chart-leaderboard",
        alt=f"Leaderboard. {caption}",
    )
    names = [entry.card.model_id for entry in models]
    links = [f"[Look inside]({inside_link(model=name)})" for name in names]
    first: Table = {"Model": names, "Inside": links}  # in view on a phone too
    st.table({**first, **leaderboard_table(models)}, hide_index=True, alt="Leaderboard")
    st.caption(_LEGEND)
    if lineup.others:
        st.write(_OTHERS.format(models=", ".join(map(_other_in_words, lineup.others))))


def _other_in_words(entry: Entry) -> str:
    name = entry.card.model_id
    faces = pluralize(entry.evaluation.n, "face")
    return f"{escape_markdown(name)} ({faces}, [look inside]({inside_link(model=name)}))"


def show_scores(models: Sequence[Entry]) -> None:
    """Show the main numbers, the confusion matrix and the scores per expression.

    An address with `faces=fear` puts first how the faces with that label are read.
    """
    label = st.query_params.get("faces")
    if label in FER2013_LABELS:
        _show_faces_of(label, models)
    for column, model in side_by_side(models):
        with column:
            _show_tiles(model.evaluation)
    st.header("Which expressions are confused")
    as_shares = st.segmented_control("Show", ["Percent", "Counts"], default="Percent") != "Counts"
    for column, model in side_by_side(models):
        with column:
            _show_confusion(model, as_shares=as_shares)
    st.header("Scores per expression")
    for column, model in side_by_side(models):
        with column:
            _show_class_scores(model)


def _show_faces_of(label: str, models: Sequence[Entry]) -> None:
    """Show what the models call the faces of one label, and what they call so by mistake."""
    with st.container(border=True):
        st.markdown(f"**How faces labelled {WORDS[label]} are read**")
        for model in models:
            if label in model.evaluation.labels:
                name = escape_markdown(model.card.model_id)
                caption = confused_faces_caption(model.evaluation, model.evaluation.labels, label)
                st.markdown(f"{name}: {caption}")
        st.caption(
            "This is the label head, which learned FER2013's labels. The matrix below has all "
            "expressions."
        )


def _show_tiles(evaluation: Evaluation) -> None:
    tiles = list(_tiles(evaluation))
    n_lines = max(len(tile.lines) for tile in tiles)
    with st.container(horizontal=True):  # wraps
        for tile in tiles:
            with st.container(border=True, width=_TILE_PX):
                st.metric(tile.name, tile.value)
                blank = ["&nbsp;"] * (n_lines - len(tile.lines))  # all tiles have one height
                st.caption("  \n".join([*tile.lines, *blank]))
    st.caption(" ".join(_explanation(evaluation)))


def _tiles(evaluation: Evaluation) -> Iterator[_Tile]:
    """Yield the main scores, each with its interval and what one person reaches."""
    unique, person = evaluation.deduplicated, evaluation.person
    fer_plus, people = evaluation.fer_plus, evaluation.human
    intervals = evaluation.intervals
    yield _Tile(
        "Accuracy",
        percent(evaluation.accuracy, digits=1),
        [
            *_range(intervals.get("accuracy"), scale=100, digits=1),
            *([f"One person: {percent(person.accuracy)}"] if person else []),
            *_without_duplicates(unique and percent(unique.accuracy, digits=1)),
        ],
    )
    yield _Tile(
        "Macro-F1",
        f"{evaluation.macro_f1:.3f}",
        [
            *_range(intervals.get("macro_f1"), digits=3),
            *([f"One person: {person.macro_f1:.2f}"] if person else []),
            *_without_duplicates(unique and f"{unique.macro_f1:.3f}"),
        ],
    )
    if fer_plus is not None and fer_plus.accuracy is not None:
        agreement = people.agreement if people else HUMAN_AGREEMENT
        yield _Tile(
            "Agrees with the majority",
            percent(fer_plus.accuracy, digits=1),
            [
                *_range(fer_plus.interval, scale=100, digits=1),
                f"One person: {percent(agreement)}",
                f"On {fer_plus.n:,} faces",
            ],
        )
    yield _Tile(
        "Calibration error",
        percent(evaluation.ece, digits=1),
        [
            *_range(intervals.get("ece"), scale=100, digits=1),
            "0 is best",
            *_without_duplicates(unique and percent(unique.ece, digits=1)),
        ],
    )
    yield _Tile("Time per face", f"{evaluation.ms_per_face:.1f}\u00a0ms", ["The model alone"])


def _range(interval: Interval | None, *, scale: float = 1, digits: int) -> list[str]:
    """Return the line with an interval, or none if it was not measured."""
    return [] if interval is None else [" to ".join(f"{scale * x:.{digits}f}" for x in interval)]


def _without_duplicates(value: str | None) -> list[str]:
    """Return the two lines with the score on unique faces, or none."""
    return [] if value is None else ["Without duplicates:", value]


def _explanation(evaluation: Evaluation) -> Iterator[str]:
    """Yield sentences that explain the tiles, and the scores that have no tile."""
    unique, averaged = evaluation.deduplicated, evaluation.flip_averaged
    person = evaluation.person
    yield f"Measured on the {evaluation.n:,} faces of {escape_markdown(evaluation.split)}."
    if evaluation.intervals:
        yield "The range below a score is its 95% interval."
    else:
        yield f"The 95% interval of the accuracy is ±{100 * evaluation.accuracy_margin:.1f} points."
    if person is not None:
        yield (
            "The labels of the data set are noisy: one person chooses the same label in "
            f"{percent(person.accuracy)} of all answers. Agreement with the majority of ten people "
            "is the better measure."
        )
    if unique is not None:
        yield (
            f"Without duplicates: on the {unique.n:,} faces that do not occur in the training "
            "data too."
        )
    if averaged is not None:
        yield (
            "If the readings of a face and of its mirror image are averaged, accuracy is "
            f"{percent(averaged.accuracy, digits=1)} and macro-F1 {averaged.macro_f1:.3f}, at "
            "twice the time."
        )


def _show_confusion(model: Entry, *, as_shares: bool) -> None:
    scores, labels = model.evaluation, model.evaluation.labels
    show_chart(
        confusion_matrix(scores, labels, as_shares=as_shares),
        title=f"Confusion matrix of {model.card.model_id}",
        caption=confusion_caption(scores, labels),
        table=confusion_table(scores, labels),
    )


def _show_class_scores(model: Entry) -> None:
    scores, labels = model.evaluation, model.evaluation.labels
    person = model.evaluation.person
    human = person.per_class if person else {}
    show_chart(
        class_scores(scores, labels, human=human),
        title=f"Precision, recall and F1 of {model.card.model_id}",
        caption=class_scores_caption(scores, labels),
        table=class_score_table(scores, labels, human=human),
    )
