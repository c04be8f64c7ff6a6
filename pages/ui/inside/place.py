"""A place on the page whose old content goes at once when it is about something else."""

from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

_TURN: Final = "inside_turn-"


def fresh_place(name: str, subject: object) -> DeltaGenerator:
    """Return a container; what it showed about another subject is taken away first.

    Streamlit keeps old content in grey until a run ends. While the maps of a model are computed,
    those of the model before would stand under its name. A container takes over the content of the
    one before in its place, but an empty place does not: so two places take turns.

    Args:
        name: Differs from that of every other place on the page.
        subject: What the content is about.
    """
    key = f"{_TURN}{name}"
    shown, turn = st.session_state.get(key, (subject, 0))
    if shown != subject:
        turn = 1 - turn
    st.session_state[key] = (subject, turn)
    places = (st.empty(), st.empty())
    return places[turn].container()
