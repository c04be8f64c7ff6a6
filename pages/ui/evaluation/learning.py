"""How one model or two learned, epoch by epoch."""

from collections.abc import Sequence

import streamlit as st

from fer_core.errors import ModelError
from fer_core.evaluate.lineup import Entry
from fer_core.evaluate.report import load_history
from fer_core.figures import loss_caption, loss_curves, score_caption, score_curves
from pages.ui.charts import show_chart
from pages.ui.evaluation.tables import loss_table, score_table
from pages.ui.resources import models as models_in_use
from pages.ui.text import plain


def show_learning(models: Sequence[Entry]) -> None:
    """Show the learning curves; those of two models in one chart."""
    histories = {}
    for model in models:
        try:
            histories[model.card.model_id] = load_history(
                model.card.model_id, models=models_in_use()
            )
        except ModelError as error:
            st.error(plain(str(error)))
    if not histories:
        return
    show_chart(
        loss_curves(histories),
        title="Loss",
        caption=loss_caption(histories),
        table=loss_table(histories),
    )
    show_chart(
        score_curves(histories),
        title="Accuracy and macro-F1",
        caption=score_caption(histories),
        table=score_table(histories),
    )
