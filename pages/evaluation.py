"""Evaluation: how well the models read faces they have not seen, and how they learned to."""

import streamlit as st

from fer_core.evaluate.lineup import load_lineup
from fer_core.figures.style import percent
from pages.ui.evaluation.curves import show_curves
from pages.ui.evaluation.detection import show_face_finding
from pages.ui.evaluation.leaderboard import show_leaderboard
from pages.ui.evaluation.learning import show_learning
from pages.ui.evaluation.mistakes import show_mistakes
from pages.ui.evaluation.model_choice import choose_models
from pages.ui.evaluation.robustness import show_robustness
from pages.ui.evaluation.scores import show_scores
from pages.ui.heading import show_heading
from pages.ui.resources import models
from pages.ui.text import plain

PARTS = {
    "Scores": show_scores,
    "Curves": show_curves,
    "Learning": show_learning,
    "Robustness": show_robustness,
    "Mistakes": show_mistakes,
    "Faces": show_face_finding,
}

lineup = load_lineup(models=models())
show_heading(
    "Evaluation",
    "How well the models name faces that they did not learn from. The bar to hold them against: "
    f"one person says what most others say on {percent(lineup.human_agreement)} of such faces.",
)
for failure in lineup.failures:
    st.error(plain(failure))
if not lineup.entries:
    if not lineup.failures:
        st.info(
            "No model is here yet. Train one: "
            "`python -m fer_core train best --data data/fer2013.csv --out models/my-model`"
        )
    st.stop()
everything, *tabs = st.tabs(["All models", *PARTS], key="part", bind="query-params")
if everything.open:
    with everything:
        show_leaderboard(lineup)
for tab, show in zip(tabs, PARTS.values(), strict=True):
    if tab.open:
        with tab:
            show(choose_models(lineup.entries))
