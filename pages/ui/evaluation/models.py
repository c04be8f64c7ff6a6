"""The one or two models that a tab of the Evaluation page shows."""

from collections.abc import Iterator, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fer_core.errors import ModelError
from fer_core.evaluate.lineup import Entry
from fer_core.evaluate.photos import PhotoEvaluation
from fer_core.evaluate.report import load_photos
from pages.ui import resources
from pages.ui.controls import choose_cards
from pages.ui.text import escape_markdown


def choose_models(models: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the chosen model and, if the visitor compares two, the second one."""
    by_name = {model.card.model_id: model for model in models}
    cards = choose_cards([model.card for model in models])
    return tuple(by_name[card.model_id] for card in cards)


def side_by_side(models: Sequence[Entry]) -> Iterator[tuple[DeltaGenerator, Entry]]:
    """Yield a column per model, headed by its name if there are two; phones stack them."""
    for column, model in zip(st.columns(len(models)), models, strict=True):
        if len(models) > 1:
            column.markdown(f"**{escape_markdown(model.card.model_id)}**")
        yield column, model


def load_photos_of(models: Sequence[Entry]) -> dict[str, tuple[PhotoEvaluation, ...]]:
    """Return the stored scores on whole photos by model, without those that cannot be read.

    For each of these, one sentence is shown.
    """
    stored = {}
    for model in models:
        name = model.card.model_id
        try:
            stored[name] = load_photos(name, models=resources.models())
        except ModelError as error:
            st.error(escape_markdown(str(error)))
    return stored


def show_not_measured(models: Sequence[Entry], field: str, words: str) -> None:
    """Say, for each model that lacks a measurement, which command makes it.

    Args:
        models: The models shown.
        field: Field of their evaluation; empty or None if not measured.
        words: What the page calls it.
    """
    for model in models:
        name = model.card.model_id
        if not getattr(model.evaluation, field):
            st.info(
                f"`{name}` has no {words} yet. To measure them, run `python -m fer_core evaluate "
                f"{name} --data data/fer2013.csv --votes data/fer2013new.csv --save`"
            )
