"""Grad-CAM and occlusion map side by side, for any expression and either head."""

from typing import Final

import numpy as np
import streamlit as st

from fer_core.explain.agreement import Agreement, agreement_of
from fer_core.explain.gallery import heat_on_face
from fer_core.explain.results import METHOD_WORDS, Attribution
from fer_core.expression.recognizer import ExpressionRecognizer
from fer_core.figures.style import percent
from fer_core.results import word_of
from pages.ui.inside import work
from pages.ui.inside.faces import ChosenFace
from pages.ui.inside.networks import Networks, side_by_side
from pages.ui.inside.reading import HEAD_WORDS
from pages.ui.text import escape_markdown, with_glyph

_LABEL: Final = "heat-label"
_METHODS: Final = {
    "occlusion": "A grey square hides one place after the other. Where the probability falls, the "
    "place speaks for the expression.",
    "grad_cam": "The maps of the last convolution, weighted by how much each one raises the "
    "expression. It is coarse: a few places across the face.",
}


def show_heat(face: ChosenFace, networks: Networks) -> None:
    """Show which places of the face speak for an expression, by two methods."""
    head, label = choose_target(face, networks)
    st.write(
        f"Which places speak for “{word_of(label)}”? Orange inside a solid line speaks for it, "
        "blue inside a dashed line against it. Each map has its own scale."
    )
    for network, crop in side_by_side(face, networks):
        if label in network.card.heads.get(head, ()):
            _show_model(network, crop, head=head, label=label)
        else:
            st.info(f"This model has no answer for “{word_of(label)}” in that head.")


def choose_target(face: ChosenFace, networks: Networks) -> tuple[str, str]:
    """Return head and expression; at first what the first model answers. All tabs share it."""
    network = networks[0]
    heads = list(network.card.heads)
    head = st.segmented_control(
        "Head",
        heads,
        default=network.card.reading_head,
        required=True,
        format_func=lambda name: HEAD_WORDS.get(name, name),
        key="heat-head",
        persist_state="page",
    )
    labels = network.card.heads[head or network.card.reading_head]
    (expression,) = network.recognize(face.framed.crop(network.card.input_size)[None])
    if st.session_state.get(_LABEL) not in labels:
        st.session_state[_LABEL] = expression.label if expression.label in labels else labels[0]
    label = st.pills(
        "Expression",
        labels,
        required=True,
        format_func=lambda each: with_glyph(each, word_of(each)),
        key=_LABEL,
        persist_state="page",
    )
    return head or heads[0], label or labels[0]


def _show_attribution(crop: np.ndarray, attribution: Attribution) -> None:
    """Show a map on the face, and how it was made."""
    title = METHOD_WORDS[attribution.method]
    st.markdown(f"**{title}**")
    st.image(
        heat_on_face(crop, attribution),
        width="stretch",
        alt=f"{title} on the face, for {word_of(attribution.label)}",
    )
    st.caption(_METHODS[attribution.method])


def _agreement_words(found: Agreement) -> str:
    """Return the rank correlation of two maps and what it means."""
    if found.rank_correlation is None:
        return found.sentence
    return f"Rank correlation of the two maps: {found.rank_correlation:.2f}. {found.sentence}"


def _show_model(network: ExpressionRecognizer, crop: np.ndarray, *, head: str, label: str) -> None:
    card = network.card
    probs = network.predict_probs(crop[None], head=head)[0]
    share = float(probs[card.heads[head].index(label)])
    st.caption(
        f"{escape_markdown(card.model_id)} gives {word_of(label)} a probability of "
        f"{percent(share, digits=1)}."
    )
    left, right = st.columns(2)
    with left:
        covered = work.occlusion(network, crop, head=head, label=label)
        if covered is not None:
            _show_attribution(crop, covered)
    with right:
        weighted = work.grad_cam(card, crop, head=head, label=label)
        if weighted is not None:
            _show_attribution(crop, weighted)
    if covered is not None and weighted is not None:
        st.write(_agreement_words(agreement_of(weighted, covered)))
