"""Which one or two models a part of the Evaluation page shows."""

from collections.abc import Iterator, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fer_core.evaluate.lineup import Entry
from pages.ui.text import plain

_NONE = "no other model"


def choose_models(models: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the model chosen, and the one to stand beside it where one is chosen.

    The choice holds for every part of the page, and the page's address keeps it.
    """
    by_name = {model.card.model_id: model for model in models}
    names = sorted(by_name, key=lambda name: not by_name[name].card.is_default)
    left, right = st.columns(2)
    first = left.selectbox(
        "Model",
        names,
        format_func=lambda name: f"{name} (default)" if by_name[name].card.is_default else name,
        key="model",
        bind="query-params",
    )
    chosen = [by_name[first]]
    others = [name for name in names if name != first]
    if others:
        second = right.selectbox("Beside it", [_NONE, *others], key="beside", bind="query-params")
        chosen += [by_name[second]] if second in by_name else []
    for model in chosen:
        name = f"{plain(model.card.model_id)}: " if len(chosen) > 1 else ""
        st.caption(f"{name}{plain(model.card.summary)}")
    return tuple(chosen)


def beside_each_other(
    models: Sequence[Entry],
) -> Iterator[tuple[DeltaGenerator, Entry]]:
    """Yield a column for each model, headed by its name where there are two; stacked on a phone."""
    for column, model in zip(st.columns(len(models)), models, strict=True):
        if len(models) > 1:
            column.markdown(f"#### {plain(model.card.model_id)}")
        yield column, model
