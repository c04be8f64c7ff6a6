"""Learning curves of one model, or of two in one figure."""

from collections.abc import Mapping
from typing import Final

import plotly.graph_objects as go

from fer_core.evaluate.report import History
from fer_core.figures.style import model_name, percent, series_line, styled

Histories = Mapping[str, History]
"""Learning curves of one model or two, by model."""

_HEIGHT: Final = 360
_STEPS: Final = (1, 2, 5, 10, 20, 50, 100)  # epochs between two ticks
_DASHES: Final = ("solid", "dot")  # a model's two lines, if the colour stands for the model
_OVERFITTING: Final = 0.05  # a smaller rise of the loss, as a share of its minimum, is noise


def loss_curves(histories: Histories) -> go.Figure:
    """Return the loss on training and on validation faces over the epochs."""
    figure = _curves(
        {
            name: {"validation": history.val_loss, "training": history.loss}
            for name, history in histories.items()
        },
        histories,
        formats=dict.fromkeys(("training", "validation"), "{:.3f}"),
    )
    figure.update_yaxes(title="Loss")
    return figure


def score_curves(histories: Histories) -> go.Figure:
    """Return accuracy and macro-F1 on validation faces over the epochs."""
    figure = _curves(
        {
            name: {"accuracy": history.val_accuracy, "macro-F1": history.val_macro_f1}
            for name, history in histories.items()
        },
        histories,
        formats={"accuracy": "{:.1%}", "macro-F1": "{:.3f}"},
    )
    figure.update_yaxes(title="Score", rangemode="tozero")
    return figure


def loss_caption(histories: Histories) -> str:
    """Return the message of `loss_curves` in words: where each model stopped improving."""
    return " ".join(
        (
            "Lower is better.",
            *(
                _loss_sentence(model_name(n, histories), history)
                for n, history in histories.items()
            ),
            "The training loss is higher if it includes people's votes or if the training faces "
            "are augmented.",
        )
    )


def _loss_sentence(name: str, history: History) -> str:
    """Return one model's sentence. It overfits if its loss rises while the training loss falls."""
    best = min(range(len(history.epochs)), key=history.val_loss.__getitem__)
    lowest, last = history.val_loss[best], history.val_loss[-1]
    where = f"after epoch {history.epochs[best]} of {history.epochs[-1]}"
    if last > (1 + _OVERFITTING) * lowest and history.loss[-1] < history.loss[best]:
        return (
            f"{name} overfits: its validation loss was lowest {where} ({lowest:.2f}) and rose to "
            f"{last:.2f}, while its training loss still fell."
        )
    return (
        f"{name} hardly overfits: its validation loss was lowest {where} ({lowest:.2f}) and ended "
        f"at {last:.2f}."
    )


def score_caption(histories: Histories) -> str:
    """Return the message of `score_curves` in words: each model's best epoch."""
    return " ".join(
        (
            "Higher is better.",
            *(
                _score_sentence(model_name(n, histories), history)
                for n, history in histories.items()
            ),
        )
    )


def _score_sentence(name: str, history: History) -> str:
    best = max(range(len(history.epochs)), key=history.val_macro_f1.__getitem__)
    return (
        f"{name} reached its highest macro-F1, {history.val_macro_f1[best]:.3f}, after epoch "
        f"{history.epochs[best]} of {history.epochs[-1]}, with an accuracy of "
        f"{percent(history.val_accuracy[best], digits=1)}."
    )


def _curves(
    curves: Mapping[str, Mapping[str, tuple[float, ...]]],
    histories: Histories,
    *,
    formats: Mapping[str, str],
) -> go.Figure:
    """Return the lines. With one model each line has its colour, with two each model has."""
    figure = go.Figure()
    has_several = len(curves) > 1
    for model_index, (name, lines) in enumerate(curves.items()):
        epochs = histories[name].epochs
        for line_index, (what, curve) in enumerate(lines.items()):
            look = (
                series_line(model_index, dash=_DASHES[line_index])
                if has_several
                else series_line(line_index)
            )
            figure.add_scatter(
                name=f"{name}, {what}" if has_several else what,
                x=epochs,
                y=curve,
                hovertext=[
                    f"{name}, epoch {epoch}: {what} {formats[what].format(value)}"
                    for epoch, value in zip(epochs, curve, strict=True)
                ],
                **look,
            )
    longest = max((history.epochs[-1] for history in histories.values()), default=1)
    step = next((step for step in _STEPS if longest <= 8 * step), _STEPS[-1])
    figure.update_xaxes(title="Epoch", tick0=0, dtick=step)
    return styled(figure, height=_HEIGHT)
