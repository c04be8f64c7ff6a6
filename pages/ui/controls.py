"""Controls that several pages share."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from fer_core.expression.card import ModelCard
from fer_core.faces.registry import DETECTOR_NAMES, detector_title
from pages.ui.text import escape_markdown

_IS_PAUSED: Final = "is_paused"
_NONE: Final = "none"
_DETECTOR_HINTS: Final = {
    "haar": "upright faces",
    "haar-tilt": "frontal faces at any tilt, slow",
    "blazeface": "faces at any tilt",
}


def choose_detector(*, is_used: bool = True) -> str:
    """Return the face detector that the visitor chose; the first one is the default.

    Args:
        is_used: Whether the page needs one now; else the field is greyed out.
    """
    return st.selectbox(
        "Face detector",
        DETECTOR_NAMES,
        format_func=_detector_words,
        key="detector",
        disabled=not is_used,
    )


def _detector_words(name: str) -> str:
    return f"{detector_title(name)} ({_DETECTOR_HINTS[name]})"


def choose_cards(cards: Sequence[ModelCard]) -> tuple[ModelCard, ...]:
    """Return the chosen model and, if the visitor compares two, the second one.

    The choice holds for all tabs of a page, and the address of the page keeps it.

    Args:
        cards: At least one model.
    """
    by_name = {card.model_id: card for card in cards}
    names = sorted(by_name, key=lambda name: not by_name[name].is_default)
    left, right = st.columns(2)
    first = left.selectbox(
        "Model",
        names,
        format_func=lambda name: f"{name} (default)" if by_name[name].is_default else name,
        key="model",
        bind="query-params",
    )
    chosen = [by_name[first]]
    others = [name for name in names if name != first]
    if others:
        second = right.selectbox(
            "Compare with", [_NONE, *others], key="compare", bind="query-params"
        )
        chosen += [by_name[second]] if second in by_name else []
    for card in chosen:
        name = f"{escape_markdown(card.model_id)}: " if len(chosen) > 1 else ""
        st.caption(f"{name}{escape_markdown(card.summary)}")
    return tuple(chosen)


def pause_button() -> bool:
    """Return whether reading is paused; the button and the key P switch it."""
    is_paused: bool = st.session_state.setdefault(_IS_PAUSED, False)
    st.button(
        "Resume" if is_paused else "Pause",
        icon="▶️" if is_paused else "⏸️",
        shortcut="P",
        on_click=lambda: st.session_state.update({_IS_PAUSED: not is_paused}),
        key="pause",
    )
    return is_paused
