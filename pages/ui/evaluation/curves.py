"""What lies behind the scores of one model or two: precision against recall, and how sure it is."""

from collections.abc import Sequence

import streamlit as st

from fer_core.evaluate.lineup import Entry
from fer_core.figures import (
    coverage_caption,
    coverage_curves,
    precision_recall_caption,
    precision_recall_curves,
    reliability_caption,
    reliability_curves,
)
from fer_core.labels import EMOJI, WORDS
from pages.ui.charts import show_chart
from pages.ui.evaluation.measuring import show_not_measured
from pages.ui.evaluation.tables import coverage_table, precision_recall_table, reliability_table


def show_curves(models: Sequence[Entry]) -> None:
    """Show precision-recall, reliability and coverage curves; those of two models in one chart."""
    st.subheader("Finding more, or being right more often")
    _show_precision_recall(models)
    st.subheader("Does it mean what it says?")
    _show_reliability(models)
    st.subheader("Saying less, being right more often")
    _show_coverage(models)


def _show_precision_recall(models: Sequence[Entry]) -> None:
    show_not_measured(models, "precision_recall", "precision-recall curves")
    curves = {
        model.card.model_id: model.evaluation.precision_recall
        for model in models
        if model.evaluation.precision_recall
    }
    if not curves:
        return
    first = next(iter(curves.values()))
    weakest = min(first, key=lambda label: first[label].average_precision)
    label = st.pills(
        "Expression",
        list(first),
        default=weakest,
        required=True,
        format_func=lambda label: f"{EMOJI[label]} {WORDS[label]}",
        key="precision_recall_label",
        persist_state="page",
    )
    show_chart(
        precision_recall_curves(curves, label),
        title="Precision against recall",
        caption=precision_recall_caption(curves, label),
        table=precision_recall_table(curves),
    )


def _show_reliability(models: Sequence[Entry]) -> None:
    show_not_measured(models, "reliability", "reliability curve")
    bins = {
        model.card.model_id: model.evaluation.reliability
        for model in models
        if model.evaluation.reliability
    }
    if bins:
        show_chart(
            reliability_curves(bins),
            title="Reliability",
            caption=reliability_caption(bins),
            table=reliability_table(bins),
        )


def _show_coverage(models: Sequence[Entry]) -> None:
    show_not_measured(models, "coverage", "coverage curve")
    points = {
        model.card.model_id: model.evaluation.coverage
        for model in models
        if model.evaluation.coverage
    }
    if points:
        thresholds = {model.card.model_id: model.card.min_confidence for model in models}
        show_chart(
            coverage_curves(points, min_confidences=thresholds),
            title="Coverage",
            caption=coverage_caption(points, min_confidences=thresholds),
            table=coverage_table(points),
        )
