"""Evaluation: how well the models classify faces that they were not trained on."""

import streamlit as st

from fer_core.evaluate.lineup import load_lineup
from fer_core.figures.style import percent
from pages.ui.evaluation.curves_tab import show_curves, show_learning, show_robustness
from pages.ui.evaluation.detection_tab import show_detection
from pages.ui.evaluation.mistakes_tab import show_mistakes
from pages.ui.evaluation.models import choose_models
from pages.ui.evaluation.overfitting import show_overfitting
from pages.ui.evaluation.photos_tab import show_groups, show_other_faces
from pages.ui.evaluation.scores_tab import show_leaderboard, show_scores
from pages.ui.evaluation.sizes import show_sizes
from pages.ui.resources import models
from pages.ui.shell import show_heading
from pages.ui.text import escape_markdown

TABS = {
    "Scores": show_scores,
    "Curves": show_curves,
    "Learning": show_learning,
    "Robustness": show_robustness,
    "Mistakes": show_mistakes,
    "Detection": show_detection,
    "Other faces": show_other_faces,
    "Groups": show_groups,
}

lineup = load_lineup(models=models())
show_heading(
    "Evaluation",
    "How well the models name the expressions of faces that they were not trained on. For "
    "comparison: one person agrees with the majority of other people on "
    f"{percent(lineup.human_agreement)} of these faces.",
)
for failure in lineup.failures:
    st.error(escape_markdown(failure))
if not lineup.entries:
    if not lineup.failures:
        st.info(
            "There is no model yet. Train one: "
            "`python -m fer_core train best --data data/fer2013.csv --out models/my-model`"
        )
    st.stop()
all_models, *tabs = st.tabs(["All models", *TABS], key="part", bind="query-params")
if all_models.open:
    with all_models:
        show_leaderboard(lineup)
        show_overfitting(lineup.comparable)
        show_sizes()
for tab, show in zip(tabs, TABS.values(), strict=True):
    if tab.open:
        with tab:
            show(choose_models(lineup.entries))
