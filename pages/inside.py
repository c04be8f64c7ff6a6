"""Inside the model: what a network computes for one face, layer by layer."""

import streamlit as st

from pages.ui.inside.changes_tab import show_changes
from pages.ui.inside.channels_tab import show_channels
from pages.ui.inside.dropout_tab import show_dropout
from pages.ui.inside.export_tab import show_export
from pages.ui.inside.faces import choose_face
from pages.ui.inside.heat_tab import show_heat
from pages.ui.inside.layers_tab import show_layers
from pages.ui.inside.networks import choose_networks
from pages.ui.inside.place import fresh_place
from pages.ui.inside.probes_tab import show_probes
from pages.ui.inside.reading import ALL_THE_SAME, is_looked_into, show_reading
from pages.ui.shell import show_heading

OF_A_FACE = {
    "Layers": show_layers,
    "Heat maps": show_heat,
    "Changes": show_changes,
    "Export": show_export,
}
OF_THE_MODELS = {"Channels": show_channels, "Probes": show_probes, "Dropout": show_dropout}

show_heading(
    "Inside the model",
    "What the network sees in a face, what its layers find there, and what its answer rests on.",
)
face = choose_face()
networks = choose_networks()
if not networks:
    st.stop()
missing = "Choose a face above first."
if face is not None and not is_looked_into(face):
    face, missing = None, f"To see this face here, switch on “{ALL_THE_SAME}” above."
if face is not None:
    show_reading(face, networks)
subject = (face and face.digest, [network.card.model_id for network in networks])
names = ["Layers", "Heat maps", "Changes", *OF_THE_MODELS, "Export"]
for name, tab in zip(names, st.tabs(names, key="part", bind="query-params"), strict=True):
    if not tab.open:
        continue
    with tab, fresh_place(name, subject):
        if name in OF_THE_MODELS:
            OF_THE_MODELS[name](face, networks)
        elif face is None:
            st.info(missing)
        else:
            OF_A_FACE[name](face, networks)
