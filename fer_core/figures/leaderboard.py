"""Leaderboard: accuracy and macro-F1 of all models, each with its interval."""

from collections.abc import Sequence
from typing import Final

import plotly.graph_objects as go

from fer_core.evaluate.lineup import Entry
from fer_core.figures.style import MUTED, SERIES, percent, styled
from fer_core.metrics.intervals import Interval

_SHIFT: Final = 0.14  # share of a row's height between a score and the row's centre
_MARGIN: Final = 0.03  # share of the axis beside the outermost interval


def leaderboard(models: Sequence[Entry], *, human: float | None) -> go.Figure:
    """Return one row per model with two points and their intervals, and a line for one person.

    Args:
        models: From top to bottom.
        human: One person's accuracy against the same labels; None for no line.
    """
    names = [model.card.model_id for model in models]
    figure = go.Figure()
    ends = [] if human is None else [human]
    for index, (title, field, shift) in enumerate(
        (("Accuracy", "accuracy", -_SHIFT), ("Macro-F1", "macro_f1", _SHIFT))
    ):
        values = [getattr(model.evaluation, field) for model in models]
        intervals = [
            model.evaluation.intervals.get(field, Interval(value, value))
            for model, value in zip(models, values, strict=True)
        ]
        ends += [end for interval in intervals for end in (interval.low, interval.high)]
        figure.add_scatter(
            name=title,
            x=values,
            y=[row + shift for row in range(len(models))],
            mode="markers",
            marker={
                "color": SERIES[index],
                "symbol": ("circle", "square")[index],
                "size": 11,
            },
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [i.high - v for i, v in zip(intervals, values, strict=True)],
                "arrayminus": [v - i.low for i, v in zip(intervals, values, strict=True)],
                "color": SERIES[index],
                "thickness": 2,
                "width": 5,
            },
            hovertext=[
                f"{name}: {title} {_words(value, interval)}"
                for name, value, interval in zip(names, values, intervals, strict=True)
            ],
            hoverinfo="text",
        )
    if human is not None:
        figure.add_vline(
            x=human,
            line={"color": MUTED, "width": 2, "dash": "dot"},
            annotation_text="one person's accuracy",
            annotation_position="bottom right",
        )
    figure.update_xaxes(tickformat=".0%", range=[min(ends) - _MARGIN, max(ends) + _MARGIN])
    figure.update_yaxes(
        tickvals=list(range(len(names))), ticktext=names, range=[len(names) - 0.5, -0.5]
    )
    return styled(figure, height=110 + 56 * len(names))


def _words(value: float, interval: Interval) -> str:
    """Return a score in words, with its interval if it has one."""
    ends = " and ".join(percent(end, digits=1) for end in interval)
    return percent(value, digits=1) + (f", between {ends}" if interval.low < interval.high else "")


def leaderboard_caption(models: Sequence[Entry]) -> str:
    """Return the message of `leaderboard` in words: which model leads, and whether by chance."""
    best, *others = models
    f1 = best.evaluation.macro_f1
    lead = (
        f"{best.card.model_id} leads with a macro-F1 of {f1:.3f} and an accuracy of "
        f"{percent(best.evaluation.accuracy, digits=1)}."
    )
    interval = best.evaluation.intervals.get("macro_f1")
    near = [
        model.card.model_id
        for model in others
        if interval and model.evaluation.macro_f1 >= interval.low
    ]
    if near:
        lead += f" The difference to {' and '.join(near)} is within chance."
    return f"{lead} The line through a point is its 95% interval."
