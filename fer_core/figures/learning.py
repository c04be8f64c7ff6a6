"""How a model learned, epoch by epoch."""

from typing import Final

import plotly.graph_objects as go

from fer_core.evaluate.stored import History
from fer_core.figures.style import BLUE, ORANGE, percent, styled

_HEIGHT: Final = 320
_STEPS: Final = (1, 2, 5, 10, 20, 50, 100)  # epochs between two numbers of the axis
_LABEL_GAP: Final = 0.09  # of the axis; two names at the lines' ends nearer than that would touch


def loss_curves(history: History) -> go.Figure:
    """Return the loss on training and on validation faces over the epochs."""
    series = {"training": history.loss, "validation": history.val_loss}
    figure = _curves(history.epochs, series, written=dict.fromkeys(series, "{:.3f}"))
    figure.update_yaxes(title="Loss")
    return figure


def score_curves(history: History) -> go.Figure:
    """Return accuracy and macro-F1 on validation faces over the epochs."""
    series = {"accuracy": history.val_accuracy, "macro-F1": history.val_macro_f1}
    figure = _curves(history.epochs, series, written={"accuracy": "{:.1%}", "macro-F1": "{:.3f}"})
    figure.update_yaxes(title="Score", rangemode="tozero")
    return figure


def loss_caption(history: History) -> str:
    """Return what to read in `loss_curves`, in one sentence."""
    best = min(range(len(history.epochs)), key=history.val_loss.__getitem__)
    return (
        f"Lower is better: on faces it did not learn from, the loss was lowest after epoch "
        f"{history.epochs[best]} of {history.epochs[-1]}. Training faces are altered on purpose, "
        "so their loss may lie higher."
    )


def score_caption(history: History) -> str:
    """Return what to read in `score_curves`, in one sentence."""
    best = max(range(len(history.epochs)), key=history.val_macro_f1.__getitem__)
    return (
        f"Higher is better: after epoch {history.epochs[best]} of {history.epochs[-1]} macro-F1 "
        f"was highest, {history.val_macro_f1[best]:.3f}, with "
        f"{percent(history.val_accuracy[best], digits=1)} of the faces right."
    )


def _curves(
    epochs: tuple[int, ...], series: dict[str, tuple[float, ...]], *, written: dict[str, str]
) -> go.Figure:
    figure = go.Figure()
    values = [value for curve in series.values() for value in curve]
    shifts = _label_shifts([curve[-1] for curve in series.values()], max(values) - min(values))
    for (name, curve), color, dash, shift in zip(
        series.items(), (BLUE, ORANGE), ("solid", "dash"), shifts, strict=True
    ):
        figure.add_scatter(
            name=name,
            x=epochs,
            y=curve,
            mode="lines" if len(epochs) > 1 else "markers",
            line={"color": color, "width": 2.5, "dash": dash},
            marker={"color": color, "size": 9},
            hovertext=[
                f"Epoch {epoch}: {name} {written[name].format(value)}"
                for epoch, value in zip(epochs, curve, strict=True)
            ],
            hoverinfo="text",
            showlegend=False,
        )
        figure.add_annotation(
            text=name,
            x=epochs[-1],
            y=curve[-1],
            xanchor="left",
            xshift=6,
            yshift=shift,
            showarrow=False,
        )
    step = next((step for step in _STEPS if len(epochs) <= 8 * step), _STEPS[-1])
    figure.update_xaxes(title="Epoch", tick0=0, dtick=step)
    styled(figure, height=_HEIGHT)
    figure.update_layout(margin_r=84)  # room for the names at the lines' ends
    return figure


def _label_shifts(ends: list[float], span: float) -> list[int]:
    """Return pixels by which the two names move apart where the lines end close together."""
    first, second = ends
    if abs(first - second) > _LABEL_GAP * span:
        return [0, 0]
    return [9, -9] if first >= second else [-9, 9]
