"""All models at a glance: the first thing that the Evaluation page shows."""

import streamlit as st

from fer_core.evaluate.lineup import Lineup
from fer_core.figures import leaderboard, leaderboard_caption
from pages.ui.charts import show_figure
from pages.ui.evaluation.tables import leaderboard_table
from pages.ui.text import plain

_LEGEND = (
    "In brackets: where the score of other faces of the same kind would lie, 95 times in 100. "
    "MFLOPs: millions of multiplications and additions for one face. ms a face: on one core of "
    "the machine it was measured on. Top 2: the right word is among its two first. ECE: how far "
    "its shares lie from the truth, 0 is best. FER+: it says what most of ten people say. One "
    "person's accuracy: how often one person who was asked gives the data set's own label; such "
    "labels are disputed, so a model beyond that line is not a better reader than a person."
)


def show_leaderboard(lineup: Lineup) -> None:
    """Show every model's scores with their intervals, and what each costs."""
    caption = leaderboard_caption(lineup.entries)
    st.write(plain(caption))
    show_figure(
        leaderboard(lineup.entries, human=lineup.human_accuracy),
        key="chart-leaderboard",
        alt=f"Leaderboard. {caption}",
    )
    st.table(leaderboard_table(lineup.entries), hide_index=True, alt="Leaderboard")
    st.caption(_LEGEND)
