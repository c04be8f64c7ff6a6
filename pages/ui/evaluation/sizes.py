"""What more pixels per face give: a comparison of networks that are not shipped."""

from typing import Final

import streamlit as st

from fer_core.errors import ModelError
from fer_core.evaluate.sizes import load_sizes
from fer_core.figures import scores_by_size, scores_by_size_caption
from pages.ui import resources
from pages.ui.charts import show_chart
from pages.ui.evaluation.tables import size_table
from pages.ui.text import escape_markdown

_NOTE: Final = (
    "The photos have more than 48 pixels per face, but one student gave each its label, and people "
    "often see another expression in them. So they say little about the best score that is "
    "possible. No free set of large faces with trustworthy labels exists, so no larger model is "
    "shipped. You can train one on your own: `python -m fer_core train vgg --size 96 --data DIR`"
)


def show_sizes() -> None:
    """Show the stored comparison, or how to make one."""
    st.header("Larger faces")
    try:
        comparison = load_sizes(models=resources.models())
    except ModelError as error:
        st.info(escape_markdown(str(error)))
        return
    show_chart(
        scores_by_size(comparison),
        title="Scores by size",
        caption=scores_by_size_caption(comparison),
        table=size_table(comparison),
    )
    st.caption(_NOTE)
