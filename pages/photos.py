"""Photos: every face of the visitor's photos with box, number and reading."""

import streamlit as st

from fer_core.errors import FerError
from fer_core.export import to_csv, to_json
from pages.ui.controls import choose_detector
from pages.ui.photos.card import show_photo
from pages.ui.photos.readings import (
    analyze_with_progress,
    choose_body,
    choose_crops,
    choose_photos,
    summary,
)
from pages.ui.resources import photo_pipeline
from pages.ui.shell import show_heading

show_heading("Photos", "How most people would name the expressions in your photos.")
photos = choose_photos()
is_crop = choose_crops()
is_body = choose_body(is_used=not is_crop)
detector = choose_detector(is_used=not is_crop)
if not photos:
    st.info("No photo yet. Drop some above, take one, or show the example portrait.")
    st.stop()
try:
    readings = analyze_with_progress(
        photos,
        photo_pipeline(detector, body=is_body),
        way="crop" if is_crop else f"{detector}{' body' * is_body}",
        is_crop=is_crop,
    )
except FerError as error:
    st.error(str(error))
    st.stop()
if not readings:
    st.info("Stopped before the first photo was read.")
    st.stop()

st.header(summary(list(readings.values()), n_photos=len(photos)))
records = [reading.to_dict() for reading in readings.values()]
as_json, as_csv = st.columns(2)
as_json.download_button(
    "Download JSON", to_json(records), "cue-readings.json", "application/json", width="stretch"
)
as_csv.download_button(
    "Download CSV", to_csv(records), "cue-readings.csv", "text/csv", width="stretch"
)
for key, reading in readings.items():
    show_photo(reading, key=key)
