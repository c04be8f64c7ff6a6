"""Many small images on a page: a few pictures, not hundreds of widgets."""

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
import streamlit as st

from fer_core.drawing.face_sheet import (
    SHEET_COLUMNS,
    Caption,
    drawable,
    face_sheet,
    sheet_width_px,
)
from pages.ui.text import escape_markdown

PER_SHEET: Final = 12
_N_UNDRAWN: Final = 20


def show_sheets(thumbnails: np.ndarray, captions: Mapping[int, Caption]) -> None:
    """Show images with lines below them as a few pictures; a phone stacks them.

    Args:
        thumbnails: All images of the collection.
        captions: Lines by the index of the image.
    """
    indices = list(captions)
    with st.container(horizontal=True, gap="small"):
        for start in range(0, len(indices), PER_SHEET):
            chosen = indices[start : start + PER_SHEET]
            lines = [captions[index] for index in chosen]
            st.image(
                face_sheet(thumbnails[chosen], lines, columns=min(SHEET_COLUMNS, len(chosen))),
                width=sheet_width_px(min(SHEET_COLUMNS, len(chosen))),
                alt="Pictures: " + "; ".join(" ".join(line) for line in lines),
            )
    show_undrawn(line for lines in captions.values() for line in lines)


def show_undrawn(lines: Iterable[str]) -> None:
    """Say which words the pictures cannot spell, as the browser spells them."""
    undrawn = [line for line in dict.fromkeys(lines) if drawable(line) != line]
    if undrawn:
        listed = "; ".join(f"{drawable(line)}: {line}" for line in undrawn[:_N_UNDRAWN])
        st.caption(f"The pictures have plain letters only. {escape_markdown(listed)}")
