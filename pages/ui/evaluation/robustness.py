"""How one model or two read faces in harder pictures."""

from collections.abc import Sequence

import streamlit as st

from fer_core.evaluate.corruptions import corruption_title
from fer_core.evaluate.lineup import Entry
from fer_core.figures import (
    corruption_overview,
    robustness_caption,
    robustness_curves,
)
from pages.ui.charts import show_chart
from pages.ui.evaluation.measuring import show_not_measured
from pages.ui.evaluation.tables import robustness_table
from pages.ui.text import plain


def show_robustness(models: Sequence[Entry]) -> None:
    """Show the score under one kind of hardship, which the visitor chooses."""
    show_not_measured(models, "robustness", "robustness curves")
    measured = {model.card.model_id: model.evaluation.robustness or {} for model in models}
    measured = {name: curves for name, curves in measured.items() if curves}
    kinds = list(dict.fromkeys(kind for curves in measured.values() for kind in curves))
    if not kinds:
        return
    for name, curves in measured.items():
        whom = name if len(measured) > 1 else "it"
        st.write(plain(corruption_overview(whom, curves)))
    kind = st.pills(
        "Show",
        kinds,
        default=kinds[0],
        required=True,
        format_func=corruption_title,
        key="hardship",
        persist_state="page",
    )
    shown = {name: curves[kind] for name, curves in measured.items() if kind in curves}
    show_chart(
        robustness_curves(shown, kind),
        title=f"Accuracy by {corruption_title(kind).lower()}",
        caption=robustness_caption(shown, kind),
        table=robustness_table(shown, kind),
    )
