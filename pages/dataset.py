"""Dataset: how many faces of each expression there are, what they look like, what is left out."""

import streamlit as st

from fer_core.figures import balance_caption, class_balance
from pages.ui.charts import show_chart
from pages.ui.dataset.faces import balance_table, choose_dataset, show_samples
from pages.ui.shell import show_heading
from pages.ui.text import escape_markdown, pluralize

HOW_TO_GET = """
**To see the faces**, download FER2013 from Kaggle. Open the
[data page of the challenge](https://www.kaggle.com/competitions/challenges-in-representation-learning-facial-expression-recognition-challenge/data),
accept the rules, and download `icml_face_data.csv` or the whole zip. Then drop the file above, or
save it as `data/icml_face_data.csv` or `data/fer2013.zip` in the folder where you start Cue.
"""

show_heading(
    "Dataset",
    "The models were trained on FER2013: small grey photos of faces from the web, each labelled "
    "with one of seven expressions.",
)
inspection = choose_dataset()
if inspection is None or inspection.dataset is None:
    st.info(HOW_TO_GET)
if inspection is None:
    st.stop()
name = escape_markdown(inspection.name)
if inspection.dataset is None:
    st.caption(f"The numbers below were saved when the model {name} was trained.")
else:
    st.caption(f"{pluralize(len(inspection.dataset), 'face')} from {name}")

st.header("Faces per expression")
show_chart(
    class_balance(inspection.counts),
    title="Faces per expression",
    caption=balance_caption(inspection.counts),
    table=balance_table(inspection.counts),
)

if inspection.dataset is not None:
    st.header("Sample faces")
    st.write(
        "Do you agree with the labels? One person would choose another label for four faces in ten."
    )
    show_samples(inspection.dataset)

st.header("Data cleaning")
st.markdown("\n".join(f"- {escape_markdown(sentence)}" for sentence in inspection.cleaning))
