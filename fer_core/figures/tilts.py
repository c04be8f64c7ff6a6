"""Tilt: recall, false faces and macro-F1 on faces that are turned."""

from collections.abc import Mapping, Sequence
from typing import Final

import plotly.graph_objects as go

from fer_core.evaluate.detection import DetectionEvaluation
from fer_core.evaluate.tilt import TurnedEvaluation, TurnedScores
from fer_core.faces.registry import detector_title
from fer_core.figures.style import MUTED, SERIES, percent, styled

MIN_FACES: Final = 50  # a score of fewer faces is mostly chance and is not drawn
_DASHES: Final = ("solid", "dash", "dot")
_MARKS: Final = ("circle", "square", "diamond")
_Points = Sequence[tuple[float, float, str]]
"""Degrees, value, and the value in words."""


def recall_by_tilt(finding: DetectionEvaluation) -> go.Figure:
    """Return the recall of each detector at each tilt."""
    lines = {
        detector_title(scores.detector): [
            (tilt.degrees, tilt.recall, f"{percent(tilt.recall)} of {tilt.n_faces} faces found")
            for tilt in scores.tilts
        ]
        for scores in finding.detectors
    }
    figure = _line_figure(lines)
    figure.update_yaxes(title="Faces found", tickformat=".0%", range=[0, 1.02])
    return figure


def false_faces_by_tilt(finding: DetectionEvaluation) -> go.Figure:
    """Return the false faces per photo of each detector at each tilt."""
    lines = {
        detector_title(scores.detector): [
            (
                tilt.degrees,
                tilt.false_per_photo,
                f"false faces: {tilt.n_false} in {tilt.n_photos} photos",
            )
            for tilt in scores.tilts
        ]
        for scores in finding.detectors
    }
    figure = _line_figure(lines)
    figure.update_yaxes(title="False faces per photo", rangemode="tozero")
    return figure


def macro_f1_by_tilt(turned: TurnedEvaluation) -> go.Figure:
    """Return the macro-F1 of a model on the faces that each detector found at each tilt."""
    lines: dict[str, _Points] = {
        detector_title(name): [
            (row.degrees, row.macro_f1, f"macro-F1 {row.macro_f1:.3f} on {row.n_found} faces")
            for row in rows
            if row.n_found >= MIN_FACES
        ]
        for name, rows in by_detector(turned).items()
    }
    figure = _line_figure({name: points for name, points in lines.items() if points})
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


def recall_caption(finding: DetectionEvaluation) -> str:
    """Return the message of `recall_by_tilt` in words."""
    upright = finding.detectors[0].tilts[0]
    recalls = "; ".join(
        f"{detector_title(scores.detector)} finds {percent(scores.tilts[0].recall)} upright and "
        f"{percent(min(tilt.recall for tilt in scores.tilts))} at its worst tilt"
        for scores in finding.detectors
    )
    times = "; ".join(
        f"{detector_title(scores.detector)} takes {scores.ms_per_frame:.0f} ms per photo"
        for scores in finding.detectors
    )
    return f"Of {upright.n_faces} faces in {upright.n_photos} photos, {recalls}. {times}."


def false_faces_caption(finding: DetectionEvaluation) -> str:
    """Return the message of `false_faces_by_tilt` in words."""
    return " ".join(
        f"{detector_title(scores.detector)} detects at most "
        f"{max(tilt.false_per_photo for tilt in scores.tilts):.2f} false faces per photo. In "
        f"{sum(row.n_photos for row in scores.face_free.values())} photos without a face, such as "
        f"stripes and checkerboards, it detects "
        f"{sum(row.n_false for row in scores.face_free.values())}."
        for scores in finding.detectors
    )


def macro_f1_caption(turned: TurnedEvaluation) -> str:
    """Return the message of `macro_f1_by_tilt` in words."""
    rows = next(iter(by_detector(turned).values()))
    worst = min(rows[1:] or rows, key=lambda row: row.macro_f1)
    return (
        f"We set {turned.n_faces} faces of {turned.split}, balanced by expression, into larger "
        f"frames and tilted them. {detector_title(rows[0].detector)} finds at least "
        f"{percent(min(row.share_found for row in rows))} of them at every tilt. On the faces "
        f"found, macro-F1 is {rows[0].macro_f1:.3f} upright and {worst.macro_f1:.3f} at the worst "
        f"tilt ({worst.degrees:.0f} degrees)."
    )


def _line_figure(lines: Mapping[str, _Points]) -> go.Figure:
    """Return lines that differ in colour, dash and marker, with a legend above."""
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
            hovertext=[f"{name}, {degrees:.0f} degrees: {words}" for degrees, _, words in points],
            hoverinfo="text",
            showlegend=True,
        )
    tilts = sorted({degrees for points in lines.values() for degrees, _, _ in points})
    figure.update_xaxes(title="Tilt, degrees", tickvals=tilts)
    return styled(figure, height=320)
