"""The expression of one face: how people would name it."""

from typing import Final

import plotly.graph_objects as go

from fer_core.drawing.sprites import glyph_uri
from fer_core.figures.style import BLUE, MUTED, share_text, styled
from fer_core.labels import WORDS, people_in_ten
from fer_core.results import Expression

_GLYPH: Final = 0.1  # of the axis: room for a glyph between word and bar


def expression_bars(expression: Expression) -> go.Figure:
    """Return one bar per expression, the likeliest on top; the bars of the reading are coloured.

    If the reading is not sure, the two leading candidates are coloured.
    """
    ranked = expression.ranked()
    n_colored = 1 if expression.is_sure else 2
    figure = go.Figure(
        go.Bar(
            orientation="h",
            y=[WORDS[label] for label, _ in ranked],
            x=[share for _, share in ranked],
            text=[share_text(share) for _, share in ranked],
            textposition="outside",
            cliponaxis=False,
            marker_color=[BLUE if rank < n_colored else MUTED for rank in range(len(ranked))],
            hovertext=[
                f"{people_in_ten(share)} people would say {WORDS[label]}".capitalize()
                for label, share in ranked
            ],
            hoverinfo="text",
        )
    )
    for label, _ in ranked:
        figure.add_layout_image(
            source=glyph_uri(label),
            xref="x",
            yref="y",
            x=-_GLYPH / 4,
            y=WORDS[label],
            sizex=_GLYPH,
            sizey=0.75,
            xanchor="right",
            yanchor="middle",
        )
    figure.update_layout(bargap=0.35, showlegend=False)
    figure.update_xaxes(visible=False, range=[-1.5 * _GLYPH, 1.12])  # the longest bar has a number
    figure.update_yaxes(autorange="reversed")
    styled(figure, height=16 + 26 * len(ranked))
    figure.update_layout(margin_t=4)  # no legend above
    return figure
