"""What more pixels per face give: scores of one network at several sizes."""

import plotly.graph_objects as go

from fer_core.evaluate.sizes import SizeComparison, SizeScores
from fer_core.figures.style import SERIES, styled

_HEIGHT = 340
_SHIFT = 0.06  # between the two sets, so that their intervals do not cover each other


def scores_by_size(comparison: SizeComparison) -> go.Figure:
    """Return macro-F1 by size with its 95% interval, on FER2013's split and on the photos."""
    figure = go.Figure()
    for index, (title, scores) in enumerate(_sets(comparison).items()):
        figure.add_scatter(
            name=title,
            x=[place + (index - 0.5) * _SHIFT for place, _ in enumerate(scores)],
            y=[each.macro_f1 for each in scores.values()],
            mode="lines+markers",
            line={"color": SERIES[index], "dash": ("solid", "dash")[index], "width": 2.5},
            marker={"color": SERIES[index], "symbol": ("circle", "square")[index], "size": 11},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [_reach(each, end=1) for each in scores.values()],
                "arrayminus": [_reach(each, end=0) for each in scores.values()],
                "color": SERIES[index],
                "width": 5,
            },
            hovertext=[
                f"{size} pixels, {title}: macro-F1 {each.macro_f1:.3f}"
                for size, each in scores.items()
            ],
            hoverinfo="text",
        )
    sizes = [row.size for row in comparison.rows]
    figure.update_xaxes(
        title="Pixels per side",
        tickvals=list(range(len(sizes))),
        ticktext=[str(size) for size in sizes],
        range=[-0.5, len(sizes) - 0.5],
    )
    figure.update_yaxes(title="Macro-F1", rangemode="tozero")
    return styled(figure, height=_HEIGHT)


def scores_by_size_caption(comparison: SizeComparison) -> str:
    """Return the message of `scores_by_size` in words: what the largest size adds, or does not."""
    first, last = comparison.rows[0], comparison.rows[-1]
    sizes = " and at ".join(str(row.size) for row in comparison.rows)
    sentences = [
        f"The network {comparison.recipe} was trained on FER2013 at {sizes} pixels per side. The "
        "faces of FER2013 have 48, and enlarging adds no detail."
    ]
    for title, scores in _sets(comparison).items():
        small, large = scores.get(first.size), scores.get(last.size)
        if small and large:
            sentences.append(
                f"On {title}, macro-F1 goes from {small.macro_f1:.3f} to {large.macro_f1:.3f}, "
                f"{_judgement(small, large)}."
            )
    return " ".join(sentences)


def _judgement(small: SizeScores, large: SizeScores) -> str:
    """Return whether chance may explain the difference: one score lies in the other's interval."""
    for one, other in ((small, large), (large, small)):
        low, high = one.intervals.get("macro_f1", (one.macro_f1, one.macro_f1))
        if low <= other.macro_f1 <= high:
            return "which is within chance"
    return "more than chance explains"


def _sets(comparison: SizeComparison) -> dict[str, dict[int, SizeScores]]:
    """Return the scores by size, for each set of faces that has some."""
    return {
        comparison.split: {row.size: row.labels for row in comparison.rows},
        comparison.data: {row.size: row.photos for row in comparison.rows if row.photos},
    }


def _reach(scores: SizeScores, *, end: int) -> float:
    interval = scores.intervals.get("macro_f1")
    return 0.0 if interval is None else abs(interval[end] - scores.macro_f1)
