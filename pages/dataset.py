"""Data set: how many faces of each expression there are, what they look like, what is left out."""

import streamlit as st

from fer_core.figures import balance_caption, class_balance
from pages.ui.charts import show_chart
from pages.ui.dataset.samples import show_samples
from pages.ui.dataset.source import choose_dataset
from pages.ui.heading import show_heading
from pages.ui.tables import balance_table
from pages.ui.text import plain

HOW_TO_GET = """
**To see the faces**, get FER2013 from Kaggle: open the
[challenge's data page](https://www.kaggle.com/competitions/challenges-in-representation-learning-facial-expression-recognition-challenge/data),
accept its rules and download `icml_face_data.csv` or the whole zip. Drop it above, or put it into
the folder `data/` beside `app.py` as `icml_face_data.csv` or `fer2013.zip`.
"""

show_heading(
    "Dataset",
    "The faces that the models learned from: FER2013, small grey pictures from the web, each named "
    "by people as one of seven expressions.",
)
inspection = choose_dataset()
if inspection is None or inspection.dataset is None:
    st.info(HOW_TO_GET)
if inspection is None:
    st.stop()
if inspection.dataset is None:
    st.caption(f"The numbers below were kept when the model {plain(inspection.name)} was trained.")
else:
    st.caption(f"{len(inspection.dataset):,} faces, read from {plain(inspection.name)}.")

st.subheader("Faces of each expression")
show_chart(
    class_balance(inspection.counts),
    title="Faces of each expression",
    caption=balance_caption(inspection.counts),
    table=balance_table(inspection.counts),
)

if inspection.dataset is not None:
    st.subheader("Sample faces")
    st.write(
        "Chosen at random. Would you name them so? On three faces in ten, one person would not."
    )
    show_samples(inspection.dataset)

st.subheader("What training leaves out and keeps")
st.markdown("\n".join(f"- {plain(sentence)}" for sentence in inspection.cleaning))
