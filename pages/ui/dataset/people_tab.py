"""The tab People: how far people agree on each expression, and which words share a face."""

import streamlit as st

from fer_core.evaluate.report import Evaluation
from fer_core.figures import (
    crowd_agreement,
    crowd_agreement_caption,
    person_bars,
    person_caption,
    shared_words,
    shared_words_caption,
)
from fer_core.figures.crowd import NOT_SAID
from fer_core.figures.style import percent, share_text
from fer_core.labels import VOTE_LABELS, WORDS
from fer_core.metrics import crowd
from fer_core.metrics.crowd import ClassAgreement
from pages.ui.charts import Table, show_chart
from pages.ui.dataset.view import DatasetView, default_evaluation
from pages.ui.links import show_link
from pages.ui.text import escape_markdown


def show_people(view: DatasetView) -> None:
    """Show what ten people said of the faces; without their votes, what is stored of it."""
    table = view.table
    if view.is_own:
        st.info(view.no_votes or "")
        return
    if table is None or table.votes is None:
        _show_stored(default_evaluation())
        if view.no_votes:
            st.info(view.no_votes)
        elif table is None:
            st.info(
                "How people's answers spread over the words can be seen with the FER2013 file and "
                "FER+'s votes."
            )
        _show_link()
        return
    agreement = crowd.agreement_per_class(
        table.votes, table.collection.label_ids, table.collection.labels
    )
    st.header("How far people agree with the labels")
    show_chart(
        crowd_agreement(agreement),
        title="Agreement of people per label",
        caption=crowd_agreement_caption(agreement),
        table=_agreement_table(agreement),
    )
    shares = crowd.shared_words(table.votes)
    st.header("Which words share a face")
    show_chart(
        shared_words(shares),
        title="Answers by the leading word",
        caption=shared_words_caption(shares),
        table=_shared_table(shares.tolist()),
    )
    _show_link()


def _show_link() -> None:
    st.write("Compare it with the model: does it confuse the same words?")
    show_link("evaluation", "Confusion matrix of the models", icon="📊", part="Scores")


def _show_stored(evaluation: Evaluation | None) -> None:
    """Show the agreement that was measured with the default model, if it was."""
    people = evaluation.human if evaluation else None
    if evaluation is None or people is None or not people.per_class:
        return
    st.header("How far people agree with each other")
    st.caption(
        f"Measured on {people.n:,} faces of {escape_markdown(evaluation.split)}, each named by ten "
        "people (FER+)."
    )
    show_chart(
        person_bars(people.per_class),
        title="One person beside the others",
        caption=person_caption(people.per_class),
        table={
            "Answer": [WORDS[label] for label in people.per_class],
            "Leads the votes of the others": [
                percent(share) for share in people.per_class.values()
            ],
        },
    )


def _agreement_table(agreement: dict[str, ClassAgreement]) -> Table:
    return {
        "Label": [WORDS[label] for label in agreement],
        "Faces": [f"{each.n:,}" for each in agreement.values()],
        "Answers that equal the label": [percent(each.share) for each in agreement.values()],
        "Faces on which the label leads": [percent(each.leads) for each in agreement.values()],
        "One person agrees with the others": [
            "" if each.person is None else percent(each.person) for each in agreement.values()
        ],
    }


def _shared_table(shares: list[list[float]]) -> Table:
    led = [index for index, row in enumerate(shares) if any(row)]
    columns = {
        WORDS[label]: [share_text(shares[index][column]) for index in led]
        for column, label in enumerate(VOTE_LABELS)
    }
    silent = [share_text(max(0.0, 1 - sum(shares[index]))) for index in led]
    return {
        "Most votes go to": [WORDS[VOTE_LABELS[index]] for index in led],
        **columns,
        NOT_SAID: silent,
    }
