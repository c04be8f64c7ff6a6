"""The app's entry: settings of the page, one-time preparation, navigation, and the sidebar."""

import streamlit as st

from fer_core.drawing.sprites import GLYPHS_FOLDER
from pages.ui.shell import STYLE, follow_navigation, start_at_live, start_up

st.set_page_config(
    page_title="Cue",
    page_icon=GLYPHS_FOLDER / "happy.svg",
    layout="wide",
    menu_items={
        "About": "Cue shows how most people would name an expression. It runs on your own machine."
    },
)
start_up()
st.html(STYLE)

page = st.navigation(
    [
        st.Page(start_at_live, title="Start", default=True, visibility="hidden"),
        st.Page("pages/live.py", title="Live", icon="🎥", url_path="live"),
        st.Page("pages/photos.py", title="Photos", icon="🖼️", url_path="photos"),
        st.Page("pages/dataset.py", title="Dataset", icon="🗂️", url_path="dataset"),
        st.Page("pages/evaluation.py", title="Evaluation", icon="📊", url_path="evaluation"),
        st.Page("pages/inside.py", title="Inside", icon="🔬", url_path="inside"),
    ]
)
follow_navigation(page.url_path)
with st.sidebar:
    st.caption(
        "Cue shows how most people would name an expression. It cannot see what a person feels, "
        "and it can be wrong. If it matters, ask."
    )
    st.caption(
        "Everything stays on the machine that runs Cue. Nothing is saved unless you save it."
    )
page.run()
