"""Learning curves of trainings that differ in their seed alone: one thin line per seed."""

from collections.abc import Mapping
from statistics import mean
from typing import Final

import plotly.graph_objects as go

from fer_core.evaluate.report import History
from fer_core.figures.style import SERIES, styled

Trainings = Mapping[str, Mapping[int | None, History]]
"""Learning curves by model and seed."""

_HEIGHT: Final = 340
_DASHES: Final = ("solid", "dash", "dot")  # of the models
_OVERFITTING: Final = 0.05  # a smaller rise of the loss, as a share of its minimum, is noise
_CLEAR_GAIN: Final = 0.005  # macro-F1; seeds differ by as much


def seed_losses(trainings: Trainings) -> go.Figure:
    """Return the validation loss over the epochs, a colour per model and a line per seed."""
    return _curves(trainings, "val_loss", title="Validation loss", form="{:.3f}")


def seed_scores(trainings: Trainings) -> go.Figure:
    """Return macro-F1 on the validation faces over the epochs."""
    return _curves(trainings, "val_macro_f1", title="Macro-F1", form="{:.3f}")


def seed_losses_caption(trainings: Trainings) -> str:
    """Return which model over-fits: whose validation loss rises again while training goes on."""
    return " ".join(_loss_sentence(name, of_seed) for name, of_seed in trainings.items())


def _loss_sentence(name: str, of_seed: Mapping[int | None, History]) -> str:
    lowest = mean(min(history.val_loss) for history in of_seed.values())
    last = mean(history.val_loss[-1] for history in of_seed.values())
    of_seeds = f", on average of {len(of_seed)} seeds" if len(of_seed) > 1 else ""
    if last > (1 + _OVERFITTING) * lowest:
        return (
            f"{name} overfits: its validation loss falls to {lowest:.2f} and rises to {last:.2f} "
            f"by the last epoch{of_seeds}."
        )
    return (
        f"The validation loss of {name} does not rise: it falls to {lowest:.2f} and ends at "
        f"{last:.2f}{of_seeds}."
    )


def seed_scores_caption(trainings: Trainings) -> str:
    """Return the scores at the last epoch, and whether dropout pays.

    Args:
        trainings: Two models, the one without dropout first.
    """
    (plain, first), (dropout, second) = trainings.items()
    ends = {
        name: [history.val_macro_f1[-1] for history in of_seed.values()]
        for name, of_seed in ((plain, first), (dropout, second))
    }
    gain = mean(ends[dropout]) - mean(ends[plain])
    n_seeds = min(len(first), len(second))
    of_seeds = f" on average of {n_seeds} seeds" if n_seeds > 1 else ""
    sentence = (
        f"At the last epoch{of_seeds}, {plain} reaches a macro-F1 of {mean(ends[plain]):.3f} and "
        f"{dropout} {mean(ends[dropout]):.3f}."
    )
    if n_seeds < 2:
        return f"{sentence} One seed each is too few to say whether dropout pays."
    if min(ends[dropout]) > max(ends[plain]):
        return f"{sentence} Dropout pays: its worst seed is better than the best without it."
    if min(ends[plain]) > max(ends[dropout]):
        return f"{sentence} Dropout costs: its best seed is worse than the worst without it."
    if abs(gain) < _CLEAR_GAIN:
        return f"{sentence} Dropout makes no difference that the seeds do not make too."
    return f"{sentence} The seeds overlap, so the difference may be chance."


def _curves(trainings: Trainings, field: str, *, title: str, form: str) -> go.Figure:
    figure = go.Figure()
    for index, (name, of_seed) in enumerate(trainings.items()):
        for number, (seed, history) in enumerate(of_seed.items()):
            words = name if seed is None else f"{name}, seed {seed}"
            figure.add_scatter(
                name=name,
                legendgroup=name,
                showlegend=number == 0,
                x=history.epochs,
                y=getattr(history, field),
                mode="lines",
                line={
                    "color": SERIES[index % len(SERIES)],
                    "width": 2,
                    "dash": _DASHES[index % len(_DASHES)],
                },
                hovertext=[
                    f"{words}, epoch {epoch}: {form.format(value)}"
                    for epoch, value in zip(history.epochs, getattr(history, field), strict=True)
                ],
                hoverinfo="text",
            )
    figure.update_xaxes(title="Epoch", rangemode="tozero")
    figure.update_yaxes(title=title)
    return styled(figure, height=_HEIGHT)
