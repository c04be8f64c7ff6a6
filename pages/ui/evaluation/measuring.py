"""What is missing from a model's stored scores, and the command that measures it."""

from collections.abc import Sequence

import streamlit as st

from fer_core.evaluate.lineup import Entry


def show_not_measured(models: Sequence[Entry], part: str, words: str) -> None:
    """Say in one sentence a model that a part is not in its `evaluation.json`, and how to get it.

    Args:
        models: Those shown.
        part: Name of the attribute of a stored evaluation; empty or None where not measured.
        words: What it is called on the page.
    """
    for model in models:
        if not getattr(model.evaluation, part):
            st.info(
                f"`{model.card.model_id}` has no {words} yet. To measure them, run "
                f"`{measuring_command(model.card.model_id)}`"
            )


def measuring_command(model_id: str) -> str:
    """Return the command that measures a model anew and keeps in its folder what it measured."""
    return (
        f"python -m fer_core evaluate {model_id} --data data/fer2013.csv "
        "--votes data/fer2013new.csv --save"
    )
