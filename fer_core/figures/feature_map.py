"""A map of a network's features: faces that look alike to the network lie side by side."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import plotly.graph_objects as go

from fer_core.figures.classes import class_marker, class_word, plain_word
from fer_core.figures.matrix import share_matrix
from fer_core.figures.style import MUTED, percent, share_text, styled

_POINT_PX: Final = 5
_HEIGHT_PX: Final = 540  # a square map with its legend, neither lost on a desk nor on a phone
_N_LAYERS: Final = 6  # the last class would hide the others if its points were drawn all at once


def feature_map(
    xy: np.ndarray, label_ids: np.ndarray | None, labels: tuple[str, ...], rows: np.ndarray
) -> go.Figure:
    """Return the map, one point per face; the classes are drawn by turns, a part at a time.

    Args:
        xy: `(n, 2)` float.
        label_ids: `(n,)` int, index into `labels`: of the face's label, or of the model's answer.
            None if neither is known.
        labels: Names of the classes.
        rows: `(n,)` int.
    """
    figure = go.Figure()
    if label_ids is None:
        _add_points(figure, xy, rows, name="face", marker={"color": MUTED, "symbol": "circle"})
    else:
        named: set[int] = set()
        for places in _layers(label_ids):
            label_id = int(label_ids[places[0]])
            _add_points(
                figure,
                xy[places],
                rows[places],
                name=class_word(labels[label_id]),
                marker=class_marker(label_id),
            )
            # one entry in the legend for all parts of a class; a click on it hides them all
            figure.data[-1].update(legendgroup=str(label_id), showlegend=label_id not in named)
            named.add(label_id)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False, scaleanchor="x")  # a distance is the same in all directions
    figure.update_layout(showlegend=label_ids is not None)
    figure = styled(figure, height=_HEIGHT_PX)
    # below the map: on a phone, the buttons that zoom would lie on a legend above it
    figure.update_layout(legend={"y": 0.0, "yanchor": "top", "itemsizing": "constant"})
    figure.update_xaxes(fixedrange=False)  # buttons zoom, to tell 35,887 points apart
    figure.update_yaxes(fixedrange=False)
    return figure


def _layers(label_ids: np.ndarray) -> list[np.ndarray]:
    """Return the places of the points of each trace, in the order in which they are drawn."""
    shuffled = np.random.default_rng(0).permutation(len(label_ids))
    parts = [
        np.array_split(shuffled[label_ids[shuffled] == label_id], _N_LAYERS)
        for label_id in np.unique(label_ids)
    ]
    return [part[layer] for layer in range(_N_LAYERS) for part in parts if len(part[layer])]


def _add_points(
    figure: go.Figure, xy: np.ndarray, rows: np.ndarray, *, name: str, marker: dict[str, str]
) -> None:
    figure.add_scattergl(
        x=xy[:, 0].astype(np.float32),
        y=xy[:, 1].astype(np.float32),
        mode="markers",
        name=name,
        customdata=rows.reshape(-1, 1).astype(np.int32),
        marker={**marker, "size": _POINT_PX, "opacity": 0.75},
        selected={"marker": {"size": 4 * _POINT_PX, "opacity": 1}},
        unselected={"marker": {"opacity": 0.35}},
        hovertemplate=f"row %{{customdata[0]}}: {name}<extra></extra>",
    )


def clicked_place(label_ids: np.ndarray, *, trace: int, point: int) -> int | None:
    """Return the index of a face from its trace in the map and its place in that; None if none.

    >>> clicked_place(np.array([2, 0]), trace=1, point=0)
    0
    """
    layers = _layers(label_ids)
    if not 0 <= trace < len(layers) or not 0 <= point < len(layers[trace]):
        return None
    return int(layers[trace][point])


def neighbour_matrix(
    shares: np.ndarray, labels: Sequence[str], *, is_by_answer: bool = False
) -> go.Figure:
    """Return a matrix: which labels the nearest neighbours of each label's faces have.

    Args:
        shares: From `metrics.neighbours.neighbour_labels`.
        labels: Names of the classes.
        is_by_answer: Whether the classes are the model's answers instead of the labels.
    """
    verb = "read as" if is_by_answer else "labelled"
    words = [class_word(label) for label in labels]
    present = [index for index, row in enumerate(shares) if row.any()]
    present_words = [words[index] for index in present]
    rows = shares[np.ix_(present, present)].tolist()
    return share_matrix(
        present_words,
        present_words,
        rows,
        texts=[[share_text(share) for share in row] for row in rows],
        hovers=[
            [
                f"{percent(share, digits=1)} of the neighbours of faces {verb} {word} are "
                f"{verb} {column}"
                for column, share in zip(present_words, row, strict=True)
            ]
            for word, row in zip(present_words, rows, strict=True)
        ],
    )


def neighbour_caption(
    shares: np.ndarray, labels: Sequence[str], *, is_by_answer: bool = False
) -> str:
    """Return the message of the map in words: which classes lie apart, and which mix.

    Args:
        shares: From `metrics.neighbours.neighbour_labels`.
        labels: Names of the classes.
        is_by_answer: Whether the classes are the model's answers instead of the labels.
    """
    present = [index for index, row in enumerate(shares) if row.any()]
    if len(present) < 2:
        return "There is only one class, so nothing can lie apart."
    have, verb = (
        ("get the same answer", "read as") if is_by_answer else ("have its label", "labelled")
    )
    own = {index: float(shares[index, index]) for index in present}
    apart, mixed = max(own, key=own.__getitem__), min(own, key=own.__getitem__)
    if own[apart] == own[mixed]:
        return (
            f"All classes lie apart alike: {percent(own[apart])} of the neighbours of their faces "
            f"{'get the same answer' if is_by_answer else 'have the same label'}."
        )
    other = max(
        (index for index in present if index != mixed), key=lambda index: shares[mixed, index]
    )
    words = [plain_word(label) for label in labels]
    return (
        f"The class that lies apart most clearly is {words[apart]}: {percent(own[apart])} of the "
        f"neighbours of its faces {have}. {words[mixed].capitalize()} mixes most: "
        f"{percent(own[mixed])} {have}, and {percent(float(shares[mixed, other]))} are "
        f"{verb} {words[other]}."
    )
