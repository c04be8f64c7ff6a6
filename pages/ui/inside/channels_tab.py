"""The faces of the data set that excite one channel most."""

from typing import Final

import numpy as np
import streamlit as st

from fer_core.errors import ModelError
from fer_core.explain.exciting import ExcitingFaces, load_exciting_faces
from fer_core.explain.gallery import face_picture
from pages.ui.inside.faces import ChosenFace
from pages.ui.inside.file_faces import file_faces
from pages.ui.inside.networks import Networks, columns_of
from pages.ui.resources import models
from pages.ui.text import escape_markdown, pluralize

_FACE_PX: Final = 88  # eight fit into a row of a laptop


def show_channels(_face: ChosenFace | None, networks: Networks) -> None:
    """Show the faces that excite a chosen channel of each model."""
    st.write(
        "A channel answers more strongly to some faces than to others. Look for what its faces "
        "share: an open mouth, teeth, raised brows, glasses, a bright background."
    )
    for column, network in zip(columns_of(networks), networks, strict=True):
        with column:
            _show_model(network.card.model_id)


def _show_model(model_id: str) -> None:
    try:
        stored = load_exciting_faces(model_id, models=models())
    except ModelError as error:
        st.error(escape_markdown(str(error)))
        return
    if stored is None:
        st.info(
            f"`{model_id}` has no stored faces per channel yet. To find them, run "
            f"`python -m fer_core evaluate-layers {model_id} --data data/fer2013.csv`"
        )
        return
    faces = file_faces()
    if faces is None:
        return
    layer, channel = _choose_channel(model_id, stored)
    found = stored.faces_of(layer, channel, faces)
    with st.container(horizontal=True, gap="xsmall"):  # wraps
        for rank, pixels in enumerate(found.pixels, start=1):
            _show_face(pixels, rank=rank, row=int(found.rows[rank - 1]))
    if found.n_repeats:
        st.caption(
            f"{pluralize(found.n_repeats, 'face')} left out: of photos that the data set has more "
            "than once, only the strongest one is shown."
        )
    if found.n_missing:
        st.caption(
            f"{pluralize(found.n_missing, 'face')} left out: your file has other pixels in that "
            "row, or no such row."
        )


def _choose_channel(model_id: str, stored: ExcitingFaces) -> tuple[str, int]:
    by_layer, by_channel = st.columns(2)
    layers = list(stored.by_layer)
    layer = by_layer.selectbox(
        "Layer", layers, index=len(layers) - 1, key=f"exciting-layer-{model_id}"
    )
    n_channels = len(stored.by_layer[layer])
    channel = by_channel.number_input(
        f"Channel, 0 to {n_channels - 1}",
        min_value=0,
        max_value=n_channels - 1,
        step=1,
        key=f"exciting-channel-{model_id}-{layer}",
    )
    return layer, int(channel)


def _show_face(pixels: np.ndarray, *, rank: int, row: int) -> None:
    st.image(
        face_picture(pixels, side=_FACE_PX),
        width=_FACE_PX,
        caption=f"{rank}: row {row}",
        alt=f"Face number {rank}, row {row}",
    )
