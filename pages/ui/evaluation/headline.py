"""The few numbers that sum a model up, each beside what one person reaches."""

from typing import Final

import streamlit as st

from fer_core.evaluate.report import Evaluation
from fer_core.figures.style import percent
from fer_core.metrics.human import HUMAN_AGREEMENT
from fer_core.metrics.intervals import Interval
from pages.ui.text import plain

_TILE_PX: Final = 150
_N_NOTES: Final = 3


def show_headline(evaluation: Evaluation) -> None:
    """Show accuracy, macro-F1, agreement with people, calibration and time, with their bars."""
    scores, other, people = evaluation, evaluation.deduplicated, evaluation.human
    human = HUMAN_AGREEMENT if people is None else people.agreement
    person = evaluation.person
    fer_plus = evaluation.fer_plus
    tiles = [
        (
            "Accuracy",
            percent(scores.accuracy, digits=1),
            _between(scores.intervals.get("accuracy"), scale=100, digits=1),
            person and f"One person: {percent(person.accuracy)}",
            other and f"No repeats: {percent(other.accuracy, digits=1)}",
        ),
        (
            "Macro-F1",
            f"{scores.macro_f1:.3f}",
            _between(scores.intervals.get("macro_f1"), digits=3),
            person and f"One person: {person.macro_f1:.2f}",
            other and f"No repeats: {other.macro_f1:.3f}",
        ),
        (
            "Calibration error",
            percent(scores.ece, digits=1),
            _between(scores.intervals.get("ece"), scale=100, digits=1),
            "0 is best",
            other and f"No repeats: {percent(other.ece, digits=1)}",
        ),
        ("Time a face", f"{evaluation.ms_per_face:.1f}\u00a0ms", "For the model alone"),
    ]
    if fer_plus is not None and fer_plus.accuracy is not None:
        agreement = (
            "Says what most say",
            percent(fer_plus.accuracy, digits=1),
            _between(fer_plus.interval, scale=100, digits=1),
            f"One person: {percent(human)}",
            f"{fer_plus.n:,} faces",
        )
        tiles.insert(2, agreement)
    row = st.container(horizontal=True)  # wraps: five tiles in a row, two on a phone
    for name, value, *notes in tiles:
        with row.container(border=True, width=_TILE_PX):
            st.metric(name, value)
            lines = [note for note in notes if note]
            lines += ["&nbsp;"] * (_N_NOTES - len(lines))  # as high as the others
            st.caption("  \n".join(lines))
    st.caption(_explanation(evaluation))


def _between(interval: Interval | None, *, scale: float = 1, digits: int) -> str | None:
    """Return the interval in words, or None where it was not measured."""
    return interval and " to ".join(f"{scale * end:.{digits}f}" for end in interval)


def _explanation(evaluation: Evaluation) -> str:
    """Return what the tiles' notes mean, and the scores that are kept apart from them."""
    scores, other, mirrored = (
        evaluation,
        evaluation.deduplicated,
        evaluation.flip_averaged,
    )
    person = evaluation.person
    sentences = [f"On the {scores.n:,} faces of {plain(evaluation.split)}."]
    if scores.intervals:
        sentences.append(
            "The range under a score is where other faces of the same kind would put it, 95 times "
            "in 100."
        )
    else:
        points = f"{100 * evaluation.accuracy_margin:.1f}"
        sentences.append(f"Another {scores.n:,} faces could move accuracy by ±{points} points.")
    if person is not None:
        sentences.append(
            "One person who was asked gives a face the data set's own label in "
            f"{percent(person.accuracy)} of answers: those labels are disputed, and a model learns "
            "their habits. What most of ten people say is the better judge."
        )
    if other is not None:
        sentences.append(
            f"No repeats: on the {other.n:,} that do not occur in the training data too."
        )
    if mirrored is not None:
        sentences.append(
            "With the mirrored face averaged in, at twice the time: accuracy "
            f"{percent(mirrored.accuracy, digits=1)}, macro-F1 {mirrored.macro_f1:.3f}."
        )
    return " ".join(sentences)
