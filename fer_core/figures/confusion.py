"""Which expressions a model takes for which."""

import plotly.graph_objects as go

from fer_core.figures.style import BLUE, percent, styled
from fer_core.labels import WORDS
from fer_core.metrics.scores import Scores

# From nothing to 70% of BLUE over the page's own background: there the page's own text colour
# keeps 4.5:1 on every cell of a light and of a dark page.
_SCALE = ((0.0, "rgba(0,114,178,0)"), (1.0, "rgba(0,114,178,0.7)"))


def confusion_matrix(scores: Scores, labels: tuple[str, ...], *, as_shares: bool) -> go.Figure:
    """Return the matrix: a row for the label, a column for what the model says.

    Args:
        scores: Of one model on one split.
        labels: In the order of `scores.confusion`.
        as_shares: Show the share of each row instead of the number of faces.
    """
    words = [WORDS[label] for label in labels]
    shares = row_shares(scores)
    texts = [
        [percent(share) if as_shares else f"{count:,}" for share, count in zip(*row, strict=True)]
        for row in zip(shares, scores.confusion, strict=True)
    ]
    hovers = [
        [
            f"Of {sum(counts):,} faces labelled {true},<br>the model calls "
            f"{count:,} {said}: {percent(share, digits=1)}"
            for said, count, share in zip(words, counts, row, strict=True)
        ]
        for true, counts, row in zip(words, scores.confusion, shares, strict=True)
    ]
    figure = go.Figure(
        go.Heatmap(
            x=words,
            y=words,
            z=shares,  # the colour is the share in both: rare rows stay readable
            zmin=0,
            zmax=1,
            colorscale=_SCALE,
            showscale=False,
            xgap=2,
            ygap=2,
            hovertext=hovers,
            hoverinfo="text",
        )
    )
    figure.add_scatter(  # as points: a heatmap would choose black or white by itself
        x=words * len(words),
        y=[word for word in words for _ in words],
        text=[text for row in texts for text in row],
        mode="text",
        hoverinfo="skip",
        showlegend=False,
    )
    for index in range(len(words)):  # a frame marks what is right, beside the colour
        figure.add_shape(
            type="rect",
            x0=index - 0.48,
            x1=index + 0.48,
            y0=index - 0.48,
            y1=index + 0.48,
            line={"color": BLUE, "width": 2},
        )
    figure.update_xaxes(title="The model says", side="top", showgrid=False, zeroline=False)
    figure.update_yaxes(
        title="The label says", autorange="reversed", showgrid=False, zeroline=False
    )
    return styled(figure, height=460)


def row_shares(scores: Scores) -> list[list[float]]:
    """Return the confusion matrix as shares of each row; a row without faces is all 0."""
    return [[count / max(1, sum(counts)) for count in counts] for counts in scores.confusion]


def confusion_caption(scores: Scores, labels: tuple[str, ...]) -> str:
    """Return what to read in `confusion_matrix`, in one sentence."""
    mistakes = [
        (share, WORDS[labels[true]], WORDS[labels[said]])
        for true, row in enumerate(row_shares(scores))
        for said, share in enumerate(row)
        if true != said
    ]
    share, true, said = max(mistakes, key=lambda mistake: mistake[0], default=(0.0, "", ""))
    if share == 0:
        return "Each row is one expression; every face lies in a framed cell: all are right."
    return (
        "Each row is one expression, its framed cell is what was read right; the most frequent "
        f"mix-up is {true}, read as {said} on {percent(share)} of its faces."
    )
