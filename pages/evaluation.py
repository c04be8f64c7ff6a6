"""Evaluation: how well a model reads faces it has not seen, and how it learned to."""

import streamlit as st

from fer_core.errors import ModelError
from fer_core.evaluate.ceiling import HUMAN_AGREEMENT
from fer_core.evaluate.stored import History, StoredEvaluation, load_evaluation, load_history
from fer_core.expression.card import list_cards
from fer_core.figures import (
    class_scores,
    class_scores_caption,
    confusion_caption,
    confusion_matrix,
    loss_caption,
    loss_curves,
    score_caption,
    score_curves,
)
from fer_core.figures.style import percent
from pages.ui.charts import show_chart
from pages.ui.face_finding import show_face_finding
from pages.ui.heading import show_heading
from pages.ui.headline import show_headline
from pages.ui.tables import class_score_table, confusion_table, loss_table, score_table
from pages.ui.text import plain


def show_scores(evaluation: StoredEvaluation) -> None:
    """Show the numbers, the confusion matrix and the scores of each expression."""
    scores, labels = evaluation.scores, evaluation.labels
    show_headline(evaluation)
    st.subheader("Which expressions it mixes up")
    as_shares = st.segmented_control("Show", ["Shares", "Counts"], default="Shares") != "Counts"
    show_chart(
        confusion_matrix(scores, labels, as_shares=as_shares),
        title="Confusion matrix",
        caption=confusion_caption(scores, labels),
        table=confusion_table(scores, labels),
    )
    st.subheader("Each expression")
    show_chart(
        class_scores(scores, labels),
        title="Precision, recall and F1",
        caption=class_scores_caption(scores, labels),
        table=class_score_table(scores, labels),
    )


def show_history(history: History) -> None:
    """Show the learning curves."""
    show_chart(
        loss_curves(history),
        title="Loss",
        caption=loss_caption(history),
        table=loss_table(history),
    )
    show_chart(
        score_curves(history),
        title="Accuracy and macro-F1",
        caption=score_caption(history),
        table=score_table(history),
    )


show_heading(
    "Evaluation",
    "How well a model names faces that it did not learn from. The bar to hold it against: one "
    f"person says what most of nine others say on {percent(HUMAN_AGREEMENT)} of such faces.",
)
try:
    cards = {card.model_id: card for card in list_cards()}
    if not cards:
        st.info(
            "No model is here yet. Train one: "
            "`python -m fer_core train best --data data/fer2013.csv --out models/my-model`"
        )
        st.stop()
    chosen = st.selectbox(
        "Model",
        list(cards),
        format_func=lambda name: f"{name} (default)" if cards[name].is_default else name,
    )
    st.caption(plain(cards[chosen].summary))
    show_scores(load_evaluation(chosen))
except ModelError as error:
    st.error(plain(str(error)))
    st.stop()
st.subheader("How it learned")
try:
    show_history(load_history(chosen))
except ModelError as error:
    st.error(plain(str(error)))
show_face_finding(chosen)
