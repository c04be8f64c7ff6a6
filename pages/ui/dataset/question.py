"""One question that the data set answers: why is fear read worse than joy?"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

import streamlit as st

from fer_core.data.face_table import FaceFilter, FaceTable
from fer_core.evaluate.report import Evaluation
from fer_core.figures.style import percent
from fer_core.labels import WORDS
from fer_core.metrics.crowd import ClassAgreement, agreement_per_class
from pages.ui.dataset.view import DatasetView, default_evaluation
from pages.ui.links import show_address, show_link

HARD: Final = "fear"
EASY: Final = "happy"

Counts = Mapping[str, Mapping[str, int]]


def show_question(view: DatasetView) -> None:
    """Show the reasons with the numbers of this data set, and where to look."""
    agreement, row = {}, None
    table, evaluation = view.table, default_evaluation()
    if table is not None:
        collection = table.collection
        if table.votes is not None:
            agreement = agreement_per_class(table.votes, collection.label_ids, collection.labels)
        row = _example_row(table)
    reasons = [
        *_balance_reason(view.counts()),
        *_people_reason(agreement, evaluation),
        *_model_reason(evaluation),
    ]
    if not reasons:
        return
    with st.container(border=True):
        st.markdown("**Why is fear read worse than joy?**")
        st.markdown("\n".join(f"{number}. {text}" for number, text in enumerate(reasons, start=1)))
        with st.container(horizontal=True):
            show_link("dataset", "What people say", icon="👥", part="People")
            show_address("evaluation", "What the model confuses", icon="📊", part="Scores")
            if row is not None:
                show_link("inside", "What the model sees in such a face", icon="🔬", row=str(row))
        if row is None:
            st.caption("With the FER2013 file, a link leads to what the model sees in such a face.")


def _example_row(table: FaceTable) -> int | None:
    """Return the row of a face on which people see fear and the model does not.

    If there is none, it is one on which people see fear, or any with that label.
    """
    collection = table.collection
    if HARD not in collection.labels or collection.files:
        return None
    clear = FaceFilter(label=HARD, leader=HARD, order="agreement")
    for wanted in (replace(clear, is_right=False), clear, FaceFilter(label=HARD)):
        found = table.matching(wanted)
        if len(found):
            return int(collection.rows[found[-1]])
    return None


def _balance_reason(counts: Counts) -> Iterator[str]:
    split = "Training" if "Training" in counts else next(iter(counts), "")
    per_label = counts.get(split, {})
    total = sum(per_label.values())
    if per_label.get(HARD) and per_label.get(EASY) and split == "Training":
        yield (
            f"There are fewer examples: {percent(per_label[HARD] / total)} of the training faces "
            f"are labelled {WORDS[HARD]}, {percent(per_label[EASY] / total)} {WORDS[EASY]}."
        )


def _people_reason(
    agreement: Mapping[str, ClassAgreement], evaluation: Evaluation | None
) -> Iterator[str]:
    if HARD in agreement and EASY in agreement:
        yield (
            f"People disagree: of all answers about faces labelled {WORDS[HARD]}, "
            f"{percent(agreement[HARD].share)} are “{WORDS[HARD]}”. For {WORDS[EASY]} it is "
            f"{percent(agreement[EASY].share)}."
        )
        return
    person = evaluation.human.per_class if evaluation and evaluation.human else {}
    if HARD in person and EASY in person:
        yield (
            f"People disagree: if one person says {WORDS[HARD]}, most of the others say it too in "
            f"{percent(person[HARD])} of the cases. For {WORDS[EASY]} it is "
            f"{percent(person[EASY])}."
        )


def _model_reason(evaluation: Evaluation | None) -> Iterator[str]:
    if evaluation is None or not {HARD, EASY} <= set(evaluation.labels):
        return
    index = evaluation.labels.index(HARD)
    row = evaluation.confusion[index]
    other = max((i for i in range(len(row)) if i != index), key=lambda i: row[i])
    yield (
        f"So the model confuses it: it finds {percent(evaluation.per_class[HARD].recall)} of the "
        f"{WORDS[HARD]} faces and calls {percent(row[other] / max(1, sum(row)))} of them "
        f"{WORDS[evaluation.labels[other]]}. Of the {WORDS[EASY]} ones it finds "
        f"{percent(evaluation.per_class[EASY].recall)}."
    )
