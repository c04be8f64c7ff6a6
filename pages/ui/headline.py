"""The few numbers that sum a model up, each beside what one person reaches."""

from typing import Final

import streamlit as st

from fer_core.evaluate.ceiling import HUMAN_AGREEMENT, HUMAN_AGREEMENT_BY_LABEL
from fer_core.evaluate.stored import StoredEvaluation
from fer_core.figures.style import percent

_TILE_PX: Final = 150


def show_headline(evaluation: StoredEvaluation) -> None:
    """Show accuracy, macro-F1, calibration error, time and number of faces, with their bars."""
    scores, other = evaluation.scores, evaluation.deduplicated
    mean_agreement = sum(HUMAN_AGREEMENT_BY_LABEL.values()) / len(HUMAN_AGREEMENT_BY_LABEL)
    tiles = (
        (
            "Accuracy",
            percent(scores.accuracy, digits=1),
            f"One person: {percent(HUMAN_AGREEMENT)}",
            other and f"No repeats: {percent(other.accuracy, digits=1)}",
        ),
        (
            "Macro-F1",
            f"{scores.macro_f1:.3f}",
            f"One person: {mean_agreement:.2f}",
            other and f"No repeats: {other.macro_f1:.3f}",
        ),
        (
            "Calibration error",
            percent(scores.ece, digits=1),
            "0 is best",
            other and f"No repeats: {percent(other.ece, digits=1)}",
        ),
        ("Time a face", f"{evaluation.ms_per_face:.1f}\u00a0ms", "For the model alone", None),
        (
            "Faces",
            f"{scores.n:,}",
            evaluation.split,
            other and f"No repeats: {other.n:,}",
        ),
    )
    row = st.container(horizontal=True)  # wraps: five tiles in a row, two on a phone
    for name, value, *notes in tiles:
        with row.container(border=True, width=_TILE_PX, height="stretch"):
            st.metric(name, value)
            st.caption("  \n".join(note for note in notes if note))
    points = f"{100 * evaluation.accuracy_margin:.1f}"
    repeats = "No repeats: without the faces that also occur in the training data. " * bool(other)
    st.caption(f"{repeats}Another {scores.n:,} faces could move accuracy by ±{points} points.")
