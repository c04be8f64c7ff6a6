"""The curves of one model or two: precision and recall, confidence, learning, robustness."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from fer_core.errors import ModelError
from fer_core.evaluate.corruptions import corruption_title
from fer_core.evaluate.lineup import Entry
from fer_core.evaluate.report import load_history
from fer_core.figures import (
    corruption_overview,
    coverage_caption,
    coverage_curves,
    loss_caption,
    loss_curves,
    precision_recall_caption,
    precision_recall_curves,
    reliability_caption,
    reliability_curves,
    robustness_caption,
    robustness_curves,
    score_caption,
    score_curves,
)
from fer_core.labels import WORDS
from pages.ui import resources
from pages.ui.charts import show_chart
from pages.ui.evaluation.models import load_photos_of, show_not_measured
from pages.ui.evaluation.tables import (
    Coverage,
    coverage_table,
    loss_table,
    precision_recall_table,
    reliability_table,
    robustness_table,
    score_table,
    shown_table,
    thresholds_table,
)
from pages.ui.text import escape_markdown, with_glyph

_RIGHT_WORD: Final = (
    "In FER2013, a word is right if it leads the answers of ten people. Without their votes, and "
    "in other sets, it is right if it is the face's label."
)


def show_curves(models: Sequence[Entry]) -> None:
    """Show precision-recall, reliability and coverage curves; two models share each chart."""
    st.header("Precision and recall")
    _show_precision_recall(models)
    st.header("Is the model's confidence right?")
    _show_reliability(models)
    st.header("When a word is shown")
    _show_coverage(models)


def show_learning(models: Sequence[Entry]) -> None:
    """Show loss and scores over the epochs of training; two models share each chart."""
    histories = {}
    for model in models:
        try:
            name = model.card.model_id
            histories[name] = load_history(name, models=resources.models())
        except ModelError as error:
            st.error(escape_markdown(str(error)))
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


def show_robustness(models: Sequence[Entry]) -> None:
    """Show the accuracy on corrupted faces, for the corruption that the visitor chooses."""
    show_not_measured(models, "robustness", "robustness curves")
    measured = {model.card.model_id: model.evaluation.robustness or {} for model in models}
    measured = {name: curves for name, curves in measured.items() if curves}
    kinds = list(dict.fromkeys(kind for curves in measured.values() for kind in curves))
    if not kinds:
        return
    for name, curves in measured.items():
        whom = name if len(measured) > 1 else "the model"
        st.write(escape_markdown(corruption_overview(whom, curves)))
    kind = st.pills(
        "Corruption",
        kinds,
        default=kinds[0],
        required=True,
        format_func=corruption_title,
        key="corruption",
        persist_state="page",
    )
    shown = {name: curves[kind] for name, curves in measured.items() if kind in curves}
    show_chart(
        robustness_curves(shown, kind),
        title=f"Accuracy by {corruption_title(kind).lower()}",
        caption=robustness_caption(shown, kind),
        table=robustness_table(shown, kind),
    )


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
        format_func=lambda label: with_glyph(label, WORDS[label]),
        key="precision_recall_label",
        persist_state="page",
    )
    show_chart(
        precision_recall_curves(curves, label),
        title="Precision and recall",
        caption=precision_recall_caption(curves, label),
        table=precision_recall_table(curves),
    )


def _show_reliability(models: Sequence[Entry]) -> None:
    show_not_measured(models, "reliability", "reliability curves")
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
    show_not_measured(models, "coverage", "coverage curves")
    by_set = _coverage_by_set(models)
    if not by_set:
        return
    titles = list(by_set)
    title = titles[0]
    if len(titles) > 1:
        title = st.pills(
            "Faces",
            titles,
            default=title,
            required=True,
            format_func=escape_markdown,
            key="coverage_set",
            persist_state="page",
        )
    measured = by_set[title]
    points = {name: each.points for name, each in measured.items() if each.points}
    used = {name: each.used for name, each in measured.items() if each.used is not None}
    needed = {model.card.model_id: model.card.min_confidences for model in models}
    show_chart(
        coverage_curves(points, used=used),
        title="Coverage",
        caption=coverage_caption(points, used=used, min_confidences=needed),
        table=coverage_table(points),
    )
    st.caption(_RIGHT_WORD)
    st.table(shown_table(by_set), hide_index=True, alt="Words shown and right, for each set")
    st.table(thresholds_table(models), hide_index=True, alt="Threshold of each word")


def _coverage_by_set(models: Sequence[Entry]) -> dict[str, dict[str, Coverage]]:
    """Return the coverage of each model on its split and on each labelled set of photos."""
    by_set: dict[str, dict[str, Coverage]] = {}
    for model in models:
        name, evaluation = model.card.model_id, model.evaluation
        if evaluation.coverage:
            coverage = Coverage(evaluation.coverage, model.shown)
            by_set.setdefault(evaluation.split, {})[name] = coverage
    for name, stored in load_photos_of(models).items():
        for scores in stored:
            if scores.coverage:
                by_set.setdefault(scores.title, {})[name] = Coverage(scores.coverage, scores.shown)
    return by_set
