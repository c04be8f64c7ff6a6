"""The expression of one face: how people would name it."""

import plotly.graph_objects as go

from fer_core.figures.style import BLUE, MUTED, percent, styled
from fer_core.labels import EMOJI, WORDS, people_in_ten
from fer_core.results import Expression


def expression_bars(expression: Expression) -> go.Figure:
    """Return one bar per expression, the likeliest on top; the shown label is in colour.

    If no label is sure, the two leading ones are in colour, as the app shows both.
    """
    ranked = expression.ranked()
    n_shown = 1 if expression.is_sure else 2
    figure = go.Figure(
        go.Bar(
            orientation="h",
            y=[f"{EMOJI[label]} {WORDS[label]}" for label, _ in ranked],
            x=[share for _, share in ranked],
            text=[percent(share) for _, share in ranked],
            textposition="outside",
            cliponaxis=False,
            marker_color=[BLUE if rank < n_shown else MUTED for rank in range(len(ranked))],
            hovertext=[
                f"{people_in_ten(share)} people would say {WORDS[label]}".capitalize()
                for label, share in ranked
            ],
            hoverinfo="text",
        )
    )
    figure.update_layout(bargap=0.35, showlegend=False)
    figure.update_xaxes(visible=False, range=[0, 1.12])  # room for the longest bar's number
    figure.update_yaxes(autorange="reversed")
    styled(figure, height=16 + 26 * len(ranked))
    figure.update_layout(margin_t=4)  # no legend above
    return figure
