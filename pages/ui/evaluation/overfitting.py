"""Over-fitting as a number: the gap between a model's scores on training faces and on others."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from fer_core.evaluate.lineup import Entry
from fer_core.figures import training_gaps, training_gaps_caption
from pages.ui.charts import show_chart
from pages.ui.evaluation.models import show_not_measured
from pages.ui.evaluation.tables import training_gap_table

_NOTE: Final = (
    "Training faces: those that cleaning keeps. Other faces: the split of the leaderboard. Both "
    "are measured against the labels of the data set, as one head of the model says them."
)


def show_overfitting(models: Sequence[Entry]) -> None:
    """Show the gap of every model that was measured on its training faces."""
    st.header("Over-fitting")
    show_not_measured(models, "training", "scores on its training faces")
    measured = [model for model in models if model.evaluation.training]
    if not measured:
        return
    show_chart(
        training_gaps(measured),
        title="Over-fitting",
        caption=training_gaps_caption(measured),
        table=training_gap_table(measured),
    )
    st.caption(_NOTE)
