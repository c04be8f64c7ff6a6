"""Where features form: what a linear classifier reads from each stage of the models."""

from collections.abc import Collection, Mapping
from typing import Any, Final

import plotly.graph_objects as go

from fer_core.explain.probes import LayerProbes
from fer_core.figures.style import MUTED, SERIES, percent, series_line, styled

Probes = Mapping[str, LayerProbes]
"""Probes of one model or several, by model."""

_HEIGHT: Final = 420
_MAX_CHOSEN: Final = len(SERIES)
_DASHES: Final = ("solid", "dash", "dot")
_SYMBOLS: Final = ("circle", "square", "diamond", "triangle-up", "x", "cross", "star")


def probe_curves(probes: Probes, *, chosen: Collection[str]) -> go.Figure:
    """Return macro-F1 by stage, a line per model; the chosen ones stand out, above the others.

    Args:
        probes: At least one model.
        chosen: Names of at most three models.

    Raises:
        ValueError: More models are chosen.
    """
    if len(chosen) > _MAX_CHOSEN:
        raise ValueError(f"Expected at most {_MAX_CHOSEN} chosen models, got {len(chosen)}.")
    figure = go.Figure()
    looks = {
        name: _quiet_line(index) for index, name in enumerate(n for n in probes if n not in chosen)
    }
    looks |= {name: series_line(index) for index, name in enumerate(chosen) if name in probes}
    for name, look in looks.items():  # what is drawn last lies above
        of_model = probes[name]
        figure.add_scatter(
            name=name,
            x=list(range(1, len(of_model.stages) + 1)),
            y=[stage.macro_f1 for stage in of_model.stages],
            hovertext=[
                f"{name}, stage {number}, layer {stage.layer}: macro-F1 {stage.macro_f1:.3f}, "
                f"accuracy {percent(stage.accuracy, digits=1)}"
                for number, stage in enumerate(of_model.stages, start=1)
            ],
            legendrank=1 if name in chosen else 2,
            **look,
        )
    figure.update_xaxes(title="Convolutional stage", dtick=1)
    figure.update_yaxes(title="Macro-F1 of a linear probe", rangemode="tozero")
    return styled(figure, height=_HEIGHT)


def _quiet_line(index: int) -> dict[str, Any]:
    """Return the look of a line beside those that matter: grey and thin, each with its symbol."""
    return {
        "mode": "lines+markers",
        "line": {
            "color": MUTED,
            "width": 1,
            "dash": _DASHES[index // len(_SYMBOLS) % len(_DASHES)],
        },
        "marker": {"color": MUTED, "symbol": f"{_SYMBOLS[index % len(_SYMBOLS)]}-open", "size": 7},
        "hoverinfo": "text",
    }


def probes_caption(probes: Probes, *, chosen: Collection[str]) -> str:
    """Return the message of `probe_curves`: which model forms the best features, and where.

    Args:
        probes: At least one model.
        chosen: Names of the models whose lines stand out.
    """
    best = max(probes, key=lambda name: probes[name].stages[-1].macro_f1)
    sentences = []
    if len(probes) > 1:
        sentences.append(
            f"The layers of {best} form the best features: a linear classifier on its last stage "
            f"reaches a macro-F1 of {probes[best].stages[-1].macro_f1:.3f}."
        )
    sentences.append(
        "Features form where a line is steep, and a line that still rises at its end shows that "
        "the last layers do work."
    )
    for name in chosen:
        if name in probes:
            of_model = probes[name]
            sentences.append(
                f"{name} gains half of its score by stage {_half_way(of_model)} of "
                f"{len(of_model.stages)}."
            )
    return " ".join(sentences)


def _half_way(probes: LayerProbes) -> int:
    """Return the number of the first stage with half of what macro-F1 gains from first to last."""
    middle = (probes.stages[0].macro_f1 + probes.stages[-1].macro_f1) / 2
    scores = enumerate((stage.macro_f1 for stage in probes.stages), start=1)
    return next((number for number, score in scores if score >= middle), len(probes.stages))
