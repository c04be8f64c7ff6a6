"""Where features form: linear probes after each convolutional stage of all models."""

import streamlit as st

from fer_core.errors import ModelError
from fer_core.explain.probes import LayerProbes, load_probes
from fer_core.figures import probe_curves, probes_caption
from fer_core.figures.style import percent
from pages.ui.charts import Table, show_chart
from pages.ui.inside.faces import ChosenFace
from pages.ui.inside.networks import Networks
from pages.ui.resources import models
from pages.ui.text import escape_markdown


def show_probes(_face: ChosenFace | None, networks: Networks) -> None:
    """Show the curve of every model that has probes, those on show first; say which have none."""
    st.write(
        "How much does each stage of a network already know? A linear classifier, the probe, gets "
        "what the stage computes and names the expression. It cannot form features itself, so its "
        "score shows those that are there."
    )
    probes: dict[str, LayerProbes] = {}
    problems = []
    for card in models().cards():
        try:
            probes[card.model_id] = load_probes(card.model_id, models=models())
        except ModelError as error:
            problems.append(str(error))
    if probes:
        chosen = [network.card.model_id for network in networks]
        show_chart(
            probe_curves(probes, chosen=chosen),
            title="Linear probes",
            caption=probes_caption(probes, chosen=chosen),
            table=_table(probes),
        )
        st.caption(_method(probes))
    if problems:
        st.info("\n\n".join(map(escape_markdown, problems)))


def _method(probes: dict[str, LayerProbes]) -> str:
    first = next(iter(probes.values()))
    return (
        f"Each probe was fitted on {first.n_train:,} faces and measured on {first.n_test:,} "
        "others, by FER2013's labels."
    )


def _table(probes: dict[str, LayerProbes]) -> Table:
    rows = [
        (name, number, stage)
        for name, of_model in probes.items()
        for number, stage in enumerate(of_model.stages, start=1)
    ]
    return {
        "Model": [escape_markdown(name) for name, *_ in rows],
        "Stage": [number for _, number, _ in rows],
        "Layer": [escape_markdown(stage.layer) for *_, stage in rows],
        "Features": [f"{stage.n_features:,}" for *_, stage in rows],
        "Macro-F1": [f"{stage.macro_f1:.3f}" for *_, stage in rows],
        "Accuracy": [percent(stage.accuracy, digits=1) for *_, stage in rows],
    }
