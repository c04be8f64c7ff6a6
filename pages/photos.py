"""Photos: every face of the dropped pictures, boxed, numbered and read."""

import streamlit as st

from fer_core.errors import FerError
from fer_core.export import to_csv, to_json
from pages.ui.controls import choose_detector
from pages.ui.heading import show_heading
from pages.ui.photos.card import show_photo
from pages.ui.photos.inputs import chosen_photos
from pages.ui.photos.readings import analyze_with_progress
from pages.ui.resources import photo_pipeline
from pages.ui.text import counted

show_heading("Photos", "What the faces in your photos show, as most people would name it.")
photos = chosen_photos()
detector = choose_detector()
if not photos:
    st.info("No photo yet. Drop some above, take one, or try the example portrait.")
    st.stop()
try:
    readings = analyze_with_progress(photos, photo_pipeline(detector), detector=detector)
except FerError as error:
    st.error(str(error))
    st.stop()

if not readings:
    st.info("Stopped before the first photo was read.")
    st.stop()
records = [reading.to_dict() for reading in readings.values()]
n_failed = sum(record["error"] is not None for record in records)
n_faces = sum(len(record["faces"]) for record in records)
not_read = f", {n_failed} not read" if n_failed else ""
n_left = len(photos) - len(readings)
of_all = f"{len(records)} of {counted(len(photos), 'photo')}"
n_photos = of_all if n_left else counted(len(photos), "photo")
st.subheader(f"{n_photos}, {counted(n_faces, 'face')}{not_read}")
as_json, as_csv = st.columns(2)
as_json.download_button(
    "Download JSON", to_json(records), "cue-readings.json", "application/json", width="stretch"
)
as_csv.download_button(
    "Download CSV", to_csv(records), "cue-readings.csv", "text/csv", width="stretch"
)
for key, reading in readings.items():
    show_photo(reading, key=key)
