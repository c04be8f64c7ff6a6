"""The story of dropout in three pictures: two networks trained alike, one of them with dropout."""

from typing import Final

import streamlit as st

from fer_core.errors import ModelError
from fer_core.evaluate.seeds import load_seeds
from fer_core.expression.card import ModelCard
from fer_core.figures import seed_losses, seed_losses_caption, seed_scores, seed_scores_caption
from fer_core.figures.seeds import Trainings
from pages.ui.charts import Table, show_chart
from pages.ui.inside import work
from pages.ui.inside.faces import ChosenFace
from pages.ui.inside.layers_tab import show_layer
from pages.ui.inside.networks import Networks
from pages.ui.resources import models
from pages.ui.text import escape_markdown

_PLAIN: Final = "plain"
_DROPOUT: Final = "dropout"


def show_dropout(face: ChosenFace | None, _networks: Networks) -> None:
    """Show the curves of both networks over all seeds, and one layer of both for the face."""
    st.write(
        "Dropout silences a random part of the network in every training step, so that no part "
        "can rely on another. The networks `plain` and `dropout` differ in nothing else. Does it "
        "help?"
    )
    try:
        trainings = {name: load_seeds(name, models=models()) for name in (_PLAIN, _DROPOUT)}
        cards = [models().card(name) for name in trainings]
    except ModelError as error:
        st.error(escape_markdown(str(error)))
        return
    st.header("1. Does it keep the network from overfitting?")
    show_chart(
        seed_losses(trainings),
        title="Validation loss of all seeds",
        caption=seed_losses_caption(trainings),
        table=_table(trainings, "val_loss"),
    )
    st.header("2. Does it read new faces better?")
    show_chart(
        seed_scores(trainings),
        title="Macro-F1 of all seeds",
        caption=seed_scores_caption(trainings),
        table=_table(trainings, "val_macro_f1"),
    )
    st.header("3. The same layer in both")
    if face is None:
        st.info("Choose a face above to see the same layer in both networks.")
    else:
        _show_layer_of_both(face, cards)


def _show_layer_of_both(face: ChosenFace, cards: list[ModelCard]) -> None:
    layers = []
    for card in cards:
        found = work.activations(card, face.framed.crop(card.input_size))
        if found is None:
            return
        layers.append({layer.name: layer for layer in found.layers})
    common = [name for name in layers[0] if name in layers[1]]
    if not common:
        st.info("The two networks have no layer of the same name.")
        return
    name = st.selectbox("Layer", common, index=len(common) // 2, key="dropout-layer")
    st.write(
        "Compare how many maps look alike. Maps that look alike do the same work twice, which is "
        "what dropout should prevent."
    )
    for column, card, of_model in zip(st.columns(2, gap="large"), cards, layers, strict=True):
        with column:
            st.subheader(escape_markdown(card.model_id))
            show_layer(of_model[name])


def _table(trainings: Trainings, field: str) -> Table:
    """Return a row per epoch and a column per model and seed; a dash where a training has ended."""
    epochs = sorted({e for of in trainings.values() for h in of.values() for e in h.epochs})
    table: dict[str, list[str]] = {"Epoch": [str(epoch) for epoch in epochs]}
    for name, of_seed in trainings.items():
        for seed, history in of_seed.items():
            values = dict(zip(history.epochs, getattr(history, field), strict=True))
            head = name if seed is None else f"{name}, seed {seed}"
            table[head] = [f"{values[e]:.3f}" if e in values else "–" for e in epochs]
    return table
