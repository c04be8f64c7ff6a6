"""The Evaluation page's part on faces: how well they are found, and read, when turned."""

from collections.abc import Sequence

import streamlit as st

from fer_core.errors import ModelError
from fer_core.evaluate.detection import DetectionEvaluation
from fer_core.evaluate.lineup import Entry
from fer_core.evaluate.report import load_detection, load_turned
from fer_core.evaluate.tilt import TurnedEvaluation
from fer_core.figures import (
    by_detector,
    detector_name,
    false_faces_by_tilt,
    false_faces_caption,
    macro_f1_by_tilt,
    macro_f1_caption,
    recall_by_tilt,
    recall_caption,
)
from fer_core.figures.style import percent
from pages.ui.charts import Table, show_chart
from pages.ui.resources import models as models_in_use
from pages.ui.text import plain


def show_face_finding(models: Sequence[Entry]) -> None:
    """Show the stored scores of the face detectors, and of the first model on turned faces."""
    st.subheader("Finding faces")
    try:
        finding = load_detection(models=models_in_use())
    except ModelError as error:
        st.info(plain(str(error)))
    else:
        _show_finding(finding)
    st.subheader("Reading turned faces")
    try:
        turned = load_turned(models[0].card.model_id, models=models_in_use())
    except ModelError as error:
        st.info(plain(str(error)))
    else:
        show_chart(
            macro_f1_by_tilt(turned),
            title="Macro-F1 by tilt",
            caption=macro_f1_caption(turned),
            table=_turned_table(turned),
        )
        _show_crops(turned)


def _show_finding(finding: DetectionEvaluation) -> None:
    show_chart(
        recall_by_tilt(finding),
        title="Faces found",
        caption=recall_caption(finding),
        table=_recall_table(finding),
    )
    show_chart(
        false_faces_by_tilt(finding),
        title="False faces",
        caption=false_faces_caption(finding),
        table=_false_table(finding),
    )


def _show_crops(turned: TurnedEvaluation) -> None:
    """Say how much the way a face is cut out changes what is read in it."""
    if not turned.crops:
        return
    first = turned.crops[0]
    scores = " and ".join(
        f"{detector_name(name)}'s {value:.3f}" for name, value in first.macro_f1.items()
    )
    st.caption(
        f"Each finder cuts faces out in its own way. Of the {first.n_faces} upright faces that "
        f"both find, the model says the same in either crop of {percent(first.agreement)}; "
        f"macro-F1 in {scores}."
    )


def _recall_table(finding: DetectionEvaluation) -> Table:
    """Return a row a tilt and a column a detector."""
    return {"Turned by": [_degrees(tilt.degrees) for tilt in finding.detectors[0].tilts]} | {
        f"{detector_name(scores.detector)} finds": [
            f"{percent(tilt.recall, digits=1)} ({tilt.n_found} of {tilt.n_faces})"
            for tilt in scores.tilts
        ]
        for scores in finding.detectors
    }


def _false_table(finding: DetectionEvaluation) -> Table:
    """Return a row a tilt, then one a kind of face-free picture, and a column a detector."""
    first = finding.detectors[0]
    rows = [_degrees(tilt.degrees) for tilt in first.tilts]
    rows += [f"{row.n_photos} without a face: {kind}" for kind, row in first.face_free.items()]
    return {"Pictures": rows} | {
        f"{detector_name(scores.detector)}: false faces": [
            *(f"{tilt.false_per_photo:.2f} a photo" for tilt in scores.tilts),
            *(str(scores.face_free[kind].n_false) for kind in first.face_free),
        ]
        for scores in finding.detectors
    }


def _turned_table(turned: TurnedEvaluation) -> Table:
    """Return a row a tilt, and for each detector what it finds and how that is read."""
    rows = by_detector(turned)
    table: dict[str, list[str]] = {
        "Turned by": [_degrees(row.degrees) for row in next(iter(rows.values()))]
    }
    for name, of_one in rows.items():
        table[f"{detector_name(name)} finds"] = [percent(row.share_found) for row in of_one]
        table[f"{detector_name(name)}: macro-F1"] = [f"{row.macro_f1:.3f}" for row in of_one]
    return table


def _degrees(degrees: float) -> str:
    return f"{degrees:.0f}°"
