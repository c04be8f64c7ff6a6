"""What one model scored, or two beside each other: numbers, mix-ups, each expression."""

from collections.abc import Sequence

import streamlit as st

from fer_core.evaluate.lineup import Entry
from fer_core.figures import (
    class_scores,
    class_scores_caption,
    confusion_caption,
    confusion_matrix,
)
from pages.ui.charts import show_chart
from pages.ui.evaluation.headline import show_headline
from pages.ui.evaluation.model_choice import beside_each_other
from pages.ui.tables import class_score_table, confusion_table


def show_scores(models: Sequence[Entry]) -> None:
    """Show the numbers, the confusion matrix and the scores of each expression."""
    for column, model in beside_each_other(models):
        with column:
            show_headline(model.evaluation)
    st.subheader("Which expressions it mixes up")
    as_shares = st.segmented_control("Show", ["Shares", "Counts"], default="Shares") != "Counts"
    for column, model in beside_each_other(models):
        with column:
            _show_confusion(model, as_shares=as_shares)
    st.subheader("Each expression")
    for column, model in beside_each_other(models):
        with column:
            _show_classes(model)


def _show_confusion(model: Entry, *, as_shares: bool) -> None:
    scores, labels = model.evaluation, model.evaluation.labels
    show_chart(
        confusion_matrix(scores, labels, as_shares=as_shares),
        title=f"Confusion matrix of {model.card.model_id}",
        caption=confusion_caption(scores, labels),
        table=confusion_table(scores, labels),
    )


def _show_classes(model: Entry) -> None:
    scores, labels = model.evaluation, model.evaluation.labels
    person = model.evaluation.person
    human = person.per_class if person else {}
    show_chart(
        class_scores(scores, labels, human=human),
        title=f"Precision, recall and F1 of {model.card.model_id}",
        caption=class_scores_caption(scores, labels),
        table=class_score_table(scores, labels, human=human),
    )
