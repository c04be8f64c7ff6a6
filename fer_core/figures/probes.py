"""Where features form: what a linear classifier reads from each stage of the models."""

from collections.abc import Mapping
from typing import Final

import plotly.graph_objects as go

from fer_core.explain.probes import LayerProbes
from fer_core.figures.style import SERIES, percent, series_line, styled

Probes = Mapping[str, LayerProbes]
"""Probes of one model or several, by model."""

_HEIGHT: Final = 420
_DASHES: Final = ("solid", "dash", "dot")
_SYMBOLS: Final = ("circle", "square", "diamond")


def probe_curves(probes: Probes) -> go.Figure:
    """Return macro-F1 by stage, a line per model."""
    figure = go.Figure()
    for index, (name, of_model) in enumerate(probes.items()):
        round_number = index // len(SERIES)  # after three models, dash and symbol tell them apart
        look = series_line(index, dash=_DASHES[round_number % len(_DASHES)])
        look["marker"]["symbol"] = _SYMBOLS[(index + round_number) % len(_SYMBOLS)]
        figure.add_scatter(
            name=name,
            x=list(range(1, len(of_model.stages) + 1)),
            y=[stage.macro_f1 for stage in of_model.stages],
            hovertext=[
                f"{name}, stage {number}, layer {stage.layer}: macro-F1 {stage.macro_f1:.3f}, "
                f"accuracy {percent(stage.accuracy, digits=1)}"
                for number, stage in enumerate(of_model.stages, start=1)
            ],
            **look,
        )
    figure.update_xaxes(title="Convolutional stage", dtick=1)
    figure.update_yaxes(title="Macro-F1 of a linear probe", rangemode="tozero")
    return styled(figure, height=_HEIGHT)


def probes_caption(probes: Probes) -> str:
    """Return the message of `probe_curves`: where features form, and which model forms them best.

    Args:
        probes: At least one model.
    """
    sentences = []
    for name, of_model in probes.items():
        first, last = of_model.stages[0].macro_f1, of_model.stages[-1].macro_f1
        sentences.append(
            f"{name}: from {first:.2f} to {last:.2f}, half of it by stage {_half_way(of_model)} "
            f"of {len(of_model.stages)}."
        )
    best = max(probes, key=lambda name: probes[name].stages[-1].macro_f1)
    lead = (
        f"The layers of {best} form the best features: a linear classifier on its last stage "
        f"reaches a macro-F1 of {probes[best].stages[-1].macro_f1:.3f}. "
        if len(probes) > 1
        else ""
    )
    return (
        f"{lead}A line that still rises at its end shows that the last layers do work. "
        f"{' '.join(sentences)}"
    )


def _half_way(probes: LayerProbes) -> int:
    """Return the number of the first stage with half of what macro-F1 gains from first to last."""
    middle = (probes.stages[0].macro_f1 + probes.stages[-1].macro_f1) / 2
    scores = enumerate((stage.macro_f1 for stage in probes.stages), start=1)
    return next((number for number, score in scores if score >= middle), len(probes.stages))
