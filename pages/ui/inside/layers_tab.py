"""Activation maps layer by layer, from edges to parts, and the filters of the first layer."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

import numpy as np
import streamlit as st

from fer_core.explain.gallery import channel_sheet, filter_sheet
from fer_core.explain.results import Activations, LayerMaps
from fer_core.expression.card import ModelCard
from pages.ui.inside import work
from pages.ui.inside.faces import ChosenFace
from pages.ui.inside.networks import Networks, side_by_side
from pages.ui.text import escape_markdown, pluralize

_STAGES: Final = (
    "Full size: edges and spots",
    "Half size: corners, curves and textures",
    "Quarter size: parts of a face, such as an eye or a mouth corner",
    "An eighth: several parts together",
)
_FARTHEST: Final = "Smaller still: the face as a whole"


def show_layers(face: ChosenFace, networks: Networks) -> None:
    """Show what each layer of each model computes for the face."""
    st.write(
        "Each small picture is a map: yellow where the network finds the channel's pattern, dark "
        "blue where it does not. The first layers find edges. Each later layer puts together what "
        "the one before it found."
    )
    for network, crop in side_by_side(face, networks):
        _show_model(network.card, crop)


def show_layer(layer: LayerMaps) -> None:
    """Show name, shape and sentence of a layer, and its most active maps."""
    height, width, n_channels = layer.maps.shape
    sheet = channel_sheet(layer)
    st.markdown(
        f"**{escape_markdown(layer.name)}** · {escape_markdown(layer.kind)} · {height} × {width} · "
        f"{pluralize(n_channels, 'channel')}"
    )
    st.caption(layer.sentence)
    n_shown = len(sheet.channels)
    which = f"the {n_shown} most active of {n_channels}" if n_shown < n_channels else "all"
    st.image(sheet.image_rgb, width="stretch", alt=f"Maps of the layer {layer.name}: {which}")
    numbers = ", ".join(map(str, sheet.channels))
    st.caption(f"Channels, {which}, row by row: {numbers}.")


def _show_model(card: ModelCard, crop: np.ndarray) -> None:
    found = work.activations(card, crop)
    if found is None:
        return
    _show_filters(found)
    for stage, group in groupby(found.layers, key=lambda layer: layer.stage):
        layers = list(group)
        st.subheader(_STAGES[stage] if stage < len(_STAGES) else _FARTHEST)
        is_first = layers[0] is found.layers[0]
        shown = [layers[0], layers[-1]] if is_first and len(layers) > 1 else layers[-1:]
        for layer in shown:
            show_layer(layer)
        _show_more(layers[len(shown) - 1 : -1], key=f"more-{card.model_id}-{stage}")


def _show_more(layers: Sequence[LayerMaps], *, key: str) -> None:
    """Show the layers between, drawn only when the visitor opens them."""
    if not layers:
        return
    more = st.expander(
        f"{pluralize(len(layers), 'layer')} before it, at this size", key=key, on_change="rerun"
    )
    if more.open:
        with more:
            for layer in layers:
                show_layer(layer)


def _show_filters(found: Activations) -> None:
    height, width, n_filters = found.filters.shape
    st.subheader("The first layer's filters")
    st.caption(
        f"{n_filters} patterns of {height} × {width} weights. White adds, black takes away, grey "
        "does nothing. White beside black finds an edge between them."
    )
    st.image(
        filter_sheet(found.filters),
        width="stretch",
        alt=f"The {n_filters} filters of the first layer",
    )
