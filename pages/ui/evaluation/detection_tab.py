"""How well the detectors find faces, and how well a model classifies tilted faces."""

from collections.abc import Sequence

import streamlit as st

from fer_core.errors import ModelError
from fer_core.evaluate.detection import DetectionEvaluation
from fer_core.evaluate.lineup import Entry
from fer_core.evaluate.report import load_detection, load_turned
from fer_core.evaluate.tilt import TurnedEvaluation
from fer_core.faces.registry import detector_title
from fer_core.figures import (
    by_detector,
    false_faces_by_tilt,
    false_faces_caption,
    macro_f1_by_tilt,
    macro_f1_caption,
    recall_by_tilt,
    recall_caption,
)
from fer_core.figures.style import percent
from pages.ui import resources
from pages.ui.charts import Table, show_chart
from pages.ui.text import escape_markdown


def show_detection(models: Sequence[Entry]) -> None:
    """Show the stored scores of the face detectors, and of the first model on tilted faces."""
    st.header("Detecting faces")
    try:
        detection = load_detection(models=resources.models())
    except ModelError as error:
        st.info(escape_markdown(str(error)))
    else:
        _show_detectors(detection)
    st.header("Classifying tilted faces")
    try:
        turned = load_turned(models[0].card.model_id, models=resources.models())
    except ModelError as error:
        st.info(escape_markdown(str(error)))
    else:
        show_chart(
            macro_f1_by_tilt(turned),
            title="Macro-F1 by tilt",
            caption=macro_f1_caption(turned),
            table=_turned_table(turned),
        )
        _show_crops(turned)


def _show_detectors(detection: DetectionEvaluation) -> None:
    show_chart(
        recall_by_tilt(detection),
        title="Faces found",
        caption=recall_caption(detection),
        table=_recall_table(detection),
    )
    show_chart(
        false_faces_by_tilt(detection),
        title="False faces",
        caption=false_faces_caption(detection),
        table=_false_table(detection),
    )


def _show_crops(turned: TurnedEvaluation) -> None:
    """Say how much the crop of a face changes its reading."""
    if not turned.crops:
        return
    first = turned.crops[0]
    scores = " and ".join(
        f"{value:.3f} with crops of {detector_title(name)}"
        for name, value in first.macro_f1.items()
    )
    st.caption(
        f"Each detector crops faces differently. Both find the same {first.n_faces} of the upright "
        f"faces, and on {percent(first.agreement)} of these the model gives the same label for "
        f"both crops. Macro-F1 is {scores}."
    )


def _recall_table(detection: DetectionEvaluation) -> Table:
    """Return a row per tilt and a column per detector."""
    return {"Tilt": [_degrees(tilt.degrees) for tilt in detection.detectors[0].tilts]} | {
        f"{detector_title(scores.detector)}: found": [
            f"{percent(tilt.recall, digits=1)} ({tilt.n_found} of {tilt.n_faces})"
            for tilt in scores.tilts
        ]
        for scores in detection.detectors
    }


def _false_table(detection: DetectionEvaluation) -> Table:
    """Return a row per tilt, a row per kind of photo without a face, and a column per detector."""
    first = detection.detectors[0]
    rows = [_degrees(tilt.degrees) for tilt in first.tilts]
    rows += [f"{row.n_photos} without a face: {kind}" for kind, row in first.face_free.items()]
    return {"Photos": rows} | {
        f"{detector_title(scores.detector)}: false faces": [
            *(f"{tilt.false_per_photo:.2f} per photo" for tilt in scores.tilts),
            *(str(scores.face_free[kind].n_false) for kind in first.face_free),
        ]
        for scores in detection.detectors
    }


def _turned_table(turned: TurnedEvaluation) -> Table:
    """Return a row per tilt, and for each detector the share found and the macro-F1."""
    by_name = by_detector(turned)
    table: dict[str, list[str]] = {
        "Tilt": [_degrees(row.degrees) for row in next(iter(by_name.values()))]
    }
    for name, rows in by_name.items():
        table[f"{detector_title(name)}: found"] = [percent(row.share_found) for row in rows]
        table[f"{detector_title(name)}: macro-F1"] = [f"{row.macro_f1:.3f}" for row in rows]
    return table


def _degrees(degrees: float) -> str:
    return f"{degrees:.0f}°"
