"""A few real faces of each expression, shown while the page is open and written nowhere."""

from typing import Final

import streamlit as st

from fer_core.data.dataset import FaceDataset
from fer_core.data.inspection import sample_faces
from fer_core.labels import EMOJI, WORDS

_SEED: Final = "sample_seed"
_N_PER_LABEL: Final = 8
_WIDTH_PX: Final = 72


@st.fragment
def show_samples(dataset: FaceDataset) -> None:
    """Show sample faces of each expression, and a button for others."""
    seed = st.session_state.setdefault(_SEED, 0)
    for label, faces in sample_faces(dataset, n_per_label=_N_PER_LABEL, seed=seed).items():
        st.markdown(f"{EMOJI[label]} **{WORDS[label]}**")
        with st.container(horizontal=True, gap="xsmall"):  # wraps on a phone
            for face in faces:
                st.image(face, width=_WIDTH_PX, alt=f"A face labelled {WORDS[label]}")
    st.button("Show others", on_click=_next_seed)


def _next_seed() -> None:
    st.session_state[_SEED] += 1
