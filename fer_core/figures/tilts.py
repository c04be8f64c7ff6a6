"""How well faces are found, and read, the further they are turned."""

from collections.abc import Mapping, Sequence
from typing import Final

import plotly.graph_objects as go

from fer_core.evaluate.detection import FaceFinding
from fer_core.evaluate.tilt import TurnedEvaluation, TurnedScores
from fer_core.figures.style import MUTED, SERIES, percent, styled

MIN_READ: Final = 50  # faces; fewer would make a score of chance, and it is not drawn
_NAMES: Final = {"blazeface": "BlazeFace", "haar": "Haar"}
_DASHES: Final = ("solid", "dash", "dot")
_MARKS: Final = ("circle", "square", "diamond")
_Points = Sequence[tuple[float, float, str]]
"""Degrees, value, and what is told of it."""


def detector_name(name: str) -> str:
    """Return a detector's name as people write it.

    >>> detector_name("haar")
    'Haar'
    """
    return _NAMES.get(name, name)


def recall_by_tilt(finding: FaceFinding) -> go.Figure:
    """Return one line a detector: the share of the faces that it finds at each tilt."""
    lines = {
        detector_name(scores.detector): [
            (tilt.degrees, tilt.recall, f"{percent(tilt.recall)} of {tilt.n_faces} faces found")
            for tilt in scores.tilts
        ]
        for scores in finding.detectors
    }
    figure = _lines(lines)
    figure.update_yaxes(title="Faces found", tickformat=".0%", range=[0, 1.02])
    return figure


def false_faces_by_tilt(finding: FaceFinding) -> go.Figure:
    """Return one line a detector: how many false faces a photo has at each tilt."""
    lines = {
        detector_name(scores.detector): [
            (
                tilt.degrees,
                tilt.false_per_photo,
                f"false faces: {tilt.n_false} in {tilt.n_photos} photos",
            )
            for tilt in scores.tilts
        ]
        for scores in finding.detectors
    }
    figure = _lines(lines)
    figure.update_yaxes(title="False faces a photo", rangemode="tozero")
    return figure


def reading_by_tilt(turned: TurnedEvaluation) -> go.Figure:
    """Return one line a detector: macro-F1 of the faces that it found at each tilt."""
    lines: dict[str, _Points] = {
        detector_name(name): [
            (row.degrees, row.macro_f1, f"macro-F1 {row.macro_f1:.3f} of {row.n_found} faces")
            for row in rows
            if row.n_found >= MIN_READ
        ]
        for name, rows in by_detector(turned).items()
    }
    figure = _lines({name: points for name, points in lines.items() if points})
    figure.add_hline(
        y=turned.own_crop_macro_f1,
        line={"color": MUTED, "width": 1.5, "dash": "dot"},
        annotation={"text": "the data set's own crops", "xanchor": "right"},
    )
    figure.update_yaxes(title="Macro-F1", range=[0, 1.02])
    return figure


def by_detector(turned: TurnedEvaluation) -> dict[str, list[TurnedScores]]:
    """Return the scores of each detector, in order of tilt."""
    names = dict.fromkeys(row.detector for row in turned.tilts)
    return {name: [row for row in turned.tilts if row.detector == name] for name in names}


def finding_caption(finding: FaceFinding) -> str:
    """Return what to read in `recall_by_tilt`, a sentence a detector."""
    return " ".join(
        f"{detector_name(scores.detector)} finds {percent(scores.tilts[0].recall)} of the "
        f"{scores.tilts[0].n_faces} faces in {scores.tilts[0].n_photos} photographs as they are, "
        f"and at least {percent(min(tilt.recall for tilt in scores.tilts))} however they are "
        f"turned; a photograph takes it {scores.ms_per_frame:.0f} ms."
        for scores in finding.detectors
    )


def false_faces_caption(finding: FaceFinding) -> str:
    """Return what to read in `false_faces_by_tilt`, a sentence a detector."""
    return " ".join(
        f"{detector_name(scores.detector)} takes something else for a face in at most "
        f"{max(tilt.false_per_photo for tilt in scores.tilts):.2f} places a photo; in "
        f"{sum(row.n_photos for row in scores.face_free.values())} pictures without any face, "
        f"stripes and checkerboards among them, it sees "
        f"{sum(row.n_false for row in scores.face_free.values())}."
        for scores in finding.detectors
    )


def reading_caption(turned: TurnedEvaluation) -> str:
    """Return what to read in `reading_by_tilt`, in one or two sentences."""
    rows = next(iter(by_detector(turned).values()))
    worst = min(rows[1:] or rows, key=lambda row: row.macro_f1)
    return (
        f"{turned.n_faces} faces of {turned.split}, as many of each expression where there are, "
        f"were set into a larger picture and turned. {detector_name(rows[0].detector)} finds at "
        f"least {percent(min(row.share_found for row in rows))} of them at every tilt; of those, "
        f"the model's macro-F1 is {rows[0].macro_f1:.3f} upright and at least {worst.macro_f1:.3f} "
        f"turned, at {worst.degrees:.0f} degrees."
    )


def _lines(lines: Mapping[str, _Points]) -> go.Figure:
    """Return lines that differ in colour, dash and mark, with their names above."""
    figure = go.Figure()
    for index, (name, points) in enumerate(lines.items()):
        color, dash, mark = (looks[index % 3] for looks in (SERIES, _DASHES, _MARKS))
        figure.add_scatter(
            name=name,
            x=[degrees for degrees, _, _ in points],
            y=[value for _, value, _ in points],
            mode="lines+markers",
            line={"color": color, "width": 2.5, "dash": dash},
            marker={"color": color, "size": 9, "symbol": mark},
            hovertext=[f"{name}, {degrees:.0f} degrees: {told}" for degrees, _, told in points],
            hoverinfo="text",
            showlegend=True,
        )
    tilts = sorted({degrees for points in lines.values() for degrees, _, _ in points})
    figure.update_xaxes(title="Faces turned by, degrees", tickvals=tilts)
    return styled(figure, height=320)
