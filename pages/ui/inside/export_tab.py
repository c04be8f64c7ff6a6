"""The inside view of a face as one HTML report, or any of its pictures as PNG."""

import streamlit as st

from fer_core.explain.explanation import Explanation
from fer_core.explain.report import html_report, picture_set
from fer_core.results import word_of
from pages.ui.inside import work
from pages.ui.inside.faces import ChosenFace
from pages.ui.inside.heat_tab import choose_target
from pages.ui.inside.networks import Networks, side_by_side


def show_export(face: ChosenFace, networks: Networks) -> None:
    """Offer the report and the pictures of the face for download."""
    head, label = choose_target(face, networks)
    st.write(
        "The report is one HTML file with all pictures in it: the crop, the reading, both heat "
        f"maps for “{word_of(label)}”, and every layer. It opens without a network. Nothing is "
        "saved unless you save it."
    )
    for network, crop in side_by_side(face, networks):
        if label not in network.card.heads.get(head, ()):
            st.info(f"This model has no answer for “{word_of(label)}” in that head.")
            continue
        explanation = work.explanation(network, crop, head=head, label=label, reasons=face.reasons)
        if explanation is not None:
            _show_downloads(explanation, source=face.title)


def _show_downloads(explanation: Explanation, *, source: str) -> None:
    name = explanation.model_id
    st.download_button(
        "Download the report",
        lambda: html_report(explanation, source=source),
        f"cue-inside-{name}.html",
        "text/html",
        key=f"export-report-{name}",
        on_click="ignore",
        type="primary",
    )
    pictures = {picture.title: picture for picture in picture_set(explanation)}
    title = st.selectbox("Picture", list(pictures), key=f"export-picture-{name}")
    picture = pictures[title]
    st.image(picture.png, width="content", alt=picture.caption)
    st.caption(picture.caption)
    st.download_button(
        "Download this picture",
        picture.png,
        f"cue-{name}-{picture.name}",
        "image/png",
        key=f"export-png-{name}",
        on_click="ignore",
    )
