"""The one or two models that the Inside page looks into."""

from collections.abc import Iterator, Sequence

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fer_core.errors import ModelError
from fer_core.expression.recognizer import ExpressionRecognizer
from pages.ui.controls import choose_cards
from pages.ui.inside.faces import ChosenFace
from pages.ui.resources import any_recognizer, models
from pages.ui.text import escape_markdown

Networks = Sequence[ExpressionRecognizer]
"""The models on show, one or two."""


def choose_networks() -> Networks:
    """Return the chosen models that can be used; for each other one, one sentence is shown."""
    cards = models().cards()
    if not cards:
        st.info(
            "There is no model yet. Train one: "
            "`python -m fer_core train best --data data/fer2013.csv --out models/my-model`"
        )
        return ()
    networks = []
    for card in choose_cards(cards):
        try:
            networks.append(any_recognizer(card))
        except ModelError as error:
            st.error(escape_markdown(str(error)))
    return tuple(networks)


def side_by_side(
    face: ChosenFace, networks: Networks
) -> Iterator[tuple[ExpressionRecognizer, np.ndarray]]:
    """Yield each model with the face as it sees it, inside its column; phones stack columns."""
    for column, network in zip(columns_of(networks), networks, strict=True):
        with column:
            yield network, face.framed.crop(network.card.input_size)


def columns_of(networks: Networks) -> list[DeltaGenerator]:
    """Return a column per model, headed by its name if there are two."""
    columns = st.columns(len(networks), gap="large")
    if len(networks) > 1:
        for column, network in zip(columns, networks, strict=True):
            column.markdown(f"**{escape_markdown(network.card.model_id)}**")
    return columns
