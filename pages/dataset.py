"""Dataset: the images, their labels, what people and models say of them, and what is wrong."""

import streamlit as st

from pages.ui.dataset.balance_tab import show_balance
from pages.ui.dataset.cleaning_tab import show_cleaning
from pages.ui.dataset.errors_tab import show_label_errors
from pages.ui.dataset.faces import choose_dataset, recorded_dataset
from pages.ui.dataset.faces_tab import show_faces
from pages.ui.dataset.map_tab import show_map
from pages.ui.dataset.people_tab import show_people
from pages.ui.dataset.question import show_opened_tab, show_question
from pages.ui.dataset.view import open_view
from pages.ui.shell import show_heading
from pages.ui.text import escape_markdown, pluralize

TABS = {
    "Balance": show_balance,
    "Cleaning": show_cleaning,
    "People": show_people,
    "Faces": show_faces,
    "Label errors": show_label_errors,
    "Map": show_map,
}
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
question = st.empty()
recorded = recorded_dataset()
if recorded is not None:  # the answer is there before a file is read
    with question:
        show_question(open_view(recorded.inspection, recorded.key))
chosen = choose_dataset()
if chosen is None or chosen.inspection.collection is None:
    st.info(HOW_TO_GET)
if chosen is None:
    st.stop()
view = open_view(chosen.inspection, chosen.key)
if view.is_own:
    question.empty()  # its numbers are FER2013's
elif recorded is None or chosen.key != recorded.key:
    with question:
        show_question(view)
name = escape_markdown(chosen.inspection.name)
if view.collection is None:
    st.caption(f"The numbers below were saved when the model {name} was trained.")
else:
    st.caption(f"{pluralize(len(view.collection), 'image')} from {name}")
# "tab", not "part" as on the pages that this one links to: Streamlit would take "part" out of
# their address, as the choice of a page that is left
tabs = st.tabs(list(TABS), key="tab", bind="query-params")
for tab, show in zip(tabs, TABS.values(), strict=True):
    if tab.open:
        with tab:
            show(view)
show_opened_tab()
