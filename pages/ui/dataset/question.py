"""One question that the data set answers: why is fear read worse than joy?"""

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
import streamlit as st

from fer_core.data.face_table import FaceFilter, FaceTable
from fer_core.errors import ModelError
from fer_core.evaluate.confused_face import confused_row
from fer_core.evaluate.report import Evaluation
from fer_core.figures.style import percent
from fer_core.labels import VOTE_LABELS, WORDS
from fer_core.metrics.crowd import ClassAgreement, agreement_per_class
from pages.ui.dataset.faces import Key
from pages.ui.dataset.view import DatasetView, default_evaluation
from pages.ui.links import show_link
from pages.ui.resources import models, shared_recognizer
from pages.ui.text import escape_markdown

# Runs in the browser: below the question and the upload field, a phone would show no change.
_SCROLL: Final = """
export default function ({ data, parentElement }) {
  const tabs = document.querySelector('[data-testid="stTabs"]');
  if (!tabs || parentElement.shownVisit === data) return;
  parentElement.shownVisit = data;
  tabs.style.scrollMarginTop = "4rem";
  // what stands above may still change its height, until the visitor moves the page
  const end = Date.now() + 6000;
  let isMoved = false;
  for (const name of ["wheel", "pointerdown", "keydown"]) {
    window.addEventListener(name, () => { isMoved = true; }, { once: true });
  }
  const keep = () => {
    if (isMoved || Date.now() > end) return;
    tabs.scrollIntoView();
    setTimeout(keep, 200);
  };
  keep();
}
"""
_VISITS: Final = "people_visits"
HARD: Final = "fear"
EASY: Final = "happy"

Counts = Mapping[str, Mapping[str, int]]

_scroll_to_tabs = st.components.v2.component("scroll_to_tabs", js=_SCROLL)


def show_question(view: DatasetView) -> None:
    """Show the reasons with the numbers of this data set, and where to look."""
    agreement = {}
    table, evaluation = view.table, default_evaluation()
    if table is not None:
        collection = table.collection
        if table.votes is not None:
            agreement = agreement_per_class(table.votes, collection.label_ids, collection.labels)
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
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(  # a link to the page that is open would always look chosen
                "What people say",
                icon="👥",
                type="tertiary",
                key=f"what_people_say_{view.key[0]}",
                on_click=_open_people,
            )
            show_link("evaluation", "What the model confuses", icon="📊", part="Scores", faces=HARD)
            row = _example_row(view, evaluation)
            if row is None:
                words = "What the model looks at in a sample face"
                show_link("inside", words, icon="🔬", part="Heat maps")
            else:
                show_link("inside", "What the model sees in such a face", icon="🔬", row=str(row))


def show_opened_tab() -> None:
    """Scroll to the tabs if a click on the question opened one; call it below the tabs."""
    if visits := st.session_state.get(_VISITS):
        _scroll_to_tabs(key="scroll_to_tabs", data=visits)


def _open_people() -> None:
    st.session_state["tab"] = "People"
    st.session_state[_VISITS] = st.session_state.get(_VISITS, 0) + 1


def _example_row(view: DatasetView, evaluation: Evaluation | None) -> int | None:
    """Return the row of a face that shows the confusion; None if there is none."""
    table = view.table
    if table is None or HARD not in table.collection.labels or table.collection.files:
        return None
    try:
        card = models().card()
        weights = card.digests.get(card.runtime_file, "")
        return _confused_row(view.key, weights, table, _confused_with(evaluation))
    except ModelError:  # a face with that label is shown all the same
        found = table.matching(FaceFilter(label=HARD))
        return int(table.collection.rows[found[0]]) if len(found) else None


@st.cache_data(show_spinner=False, max_entries=8)
def _confused_row(key: Key, weights: str, _table: FaceTable, instead: str) -> int | None:  # noqa: ARG001  # the cache's key
    collection, votes, n_saying = _table.collection, _table.votes, None
    if collection.faces is None:
        return None
    if votes is not None:
        order = np.argsort(collection.rows)
        places = order[np.searchsorted(collection.rows[order], collection.faces.rows)]
        n_saying = votes[places, VOTE_LABELS.index(HARD)]
    return confused_row(
        shared_recognizer(), collection.faces, label=HARD, instead=instead, n_saying=n_saying
    )


def _confused_with(evaluation: Evaluation | None) -> str:
    """Return the label that the model gives most often where the hard one is right."""
    if evaluation is None or HARD not in evaluation.labels:
        return HARD
    index = evaluation.labels.index(HARD)
    row = evaluation.confusion[index]
    return evaluation.labels[max((i for i in range(len(row)) if i != index), key=lambda i: row[i])]


def _balance_reason(counts: Counts) -> Iterator[str]:
    split = "Training" if "Training" in counts else next(iter(counts), "")
    per_label = counts.get(split, {})
    total = sum(per_label.values())
    if split == "Training" and 0 < per_label.get(HARD, 0) < per_label.get(EASY, 0):
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
    if evaluation is None or evaluation.human is None:
        return
    person = evaluation.human.per_class
    if HARD in person and EASY in person:
        yield (
            f"People disagree: if one person says {WORDS[HARD]}, the most votes of the others go "
            f"to it too in {percent(person[HARD])} of the cases. For {WORDS[EASY]} it is "
            f"{percent(person[EASY])} (measured on {evaluation.human.n:,} faces of "
            f"{escape_markdown(evaluation.split)})."
        )


def _model_reason(evaluation: Evaluation | None) -> Iterator[str]:
    if evaluation is None or not {HARD, EASY} <= set(evaluation.labels):
        return
    row = evaluation.confusion[evaluation.labels.index(HARD)]
    other = _confused_with(evaluation)
    share = row[evaluation.labels.index(other)] / max(1, sum(row))
    yield (
        f"So the model confuses it: its label head finds "
        f"{percent(evaluation.per_class[HARD].recall)} of the {WORDS[HARD]} faces and calls "
        f"{percent(share)} of them {WORDS[other]}. Of the {WORDS[EASY]} ones it finds "
        f"{percent(evaluation.per_class[EASY].recall)}."
    )
