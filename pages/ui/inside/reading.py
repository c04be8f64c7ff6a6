"""What the network saw and what it answered: the crop, both heads, and what Cue says."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fer_core.explain.gallery import face_picture
from fer_core.expression.recognizer import ExpressionRecognizer
from fer_core.figures import heads_caption, share_bars, shown_labels
from fer_core.figures.shares import Shares
from fer_core.figures.style import percent
from fer_core.labels import NOT_SURE_WORD, people_in_ten
from fer_core.results import Expression, word_of
from pages.ui.advice import advice_for
from pages.ui.cards import headline
from pages.ui.charts import Table, show_chart
from pages.ui.inside.faces import ChosenFace
from pages.ui.inside.networks import Networks, side_by_side
from pages.ui.text import escape_markdown

HEAD_WORDS = {"label": "Label head", "votes": "Votes head"}
READING = "Cue's reading"
ALL_THE_SAME = "Look inside all the same"
NOT_A_READING = "This is what the network computes for the picture, not what people would say."
_CROP_PX = 192


def is_looked_into(face: ChosenFace) -> bool:
    """Return whether to show a face; one that Cue does not read, on request only, with the reason.

    On every page such a face gets no word.
    """
    if not face.reasons:
        return True
    advice = advice_for(face.reasons, is_photo=True)
    st.warning(f"Cue does not read this face: {', '.join(face.reasons)}. {advice}".rstrip())
    return st.toggle(
        ALL_THE_SAME,
        help="The network computes numbers and maps for any picture. Cue says no word for it.",
        key=f"inside-unread-{face.digest}",
    )


def show_reading(face: ChosenFace, networks: Networks) -> None:
    """Show the crop that each model saw, and its answers."""
    st.header("What the network saw and answers")
    st.caption(f"The face: {escape_markdown(face.title)}.")
    for network, crop in side_by_side(face, networks):
        _show_one(network, crop, is_read=not face.reasons, is_alone=len(networks) == 1)


def show_crop(crop: np.ndarray, *, alt: str, width: int = _CROP_PX) -> None:
    """Show a crop enlarged, so that its pixels can be seen."""
    st.image(face_picture(crop, side=_CROP_PX), width=width, alt=alt)


def reading_words(expression: Expression) -> str:
    """Return what Cue says and how many people would say so."""
    label, share = expression.ranked()[0]
    if expression.is_sure:
        return f"{people_in_ten(share).capitalize()} people would say {word_of(label)}."
    second = expression.top_two[1][0]
    return f"Cue says “{NOT_SURE_WORD}”: {word_of(label)} or {word_of(second)}."


def shares_table(shares: Shares) -> Table:
    """Return a row per expression and a column per source."""
    labels = shown_labels(shares)
    return {"Expression": [word_of(label) for label in labels]} | {
        name: [percent(of[label], digits=1) if label in of else "–" for label in labels]
        for name, of in shares.items()
    }


def shares_of(expression: Expression) -> dict[str, float]:
    """Return the share of each label."""
    return dict(expression.ranked())


def _picture_and_chart(*, is_alone: bool) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Return a place for a picture with words, and one for a chart: beside it if there is room."""
    if not is_alone:
        return st.container(), st.container()
    left, right = st.columns([1, 2], gap="large")
    return left, right


def _show_one(
    network: ExpressionRecognizer, crop: np.ndarray, *, is_read: bool, is_alone: bool
) -> None:
    card = network.card
    size = card.input_size
    (expression,) = network.recognize(crop[None])
    left, right = _picture_and_chart(is_alone=is_alone)
    with left:
        show_crop(crop, alt=f"The face as {card.model_id} sees it, {size} by {size} pixels")
        st.caption(f"All that the network sees: {size} × {size} grey pixels.")
        if is_read:
            st.markdown(f"### {headline(expression)}")
            st.caption(reading_words(expression))
    shares: dict[str, dict[str, float]] = {
        HEAD_WORDS.get(head, head): {
            label: float(share) for label, share in zip(card.heads[head], probs[0], strict=True)
        }
        for head, probs in network.predict_heads(crop[None]).items()
    }
    if is_read and card.reading is not None:
        shares[READING] = shares_of(expression)
    caption = _answers_caption(shares, is_read=is_read)
    with right:
        show_chart(
            share_bars(shares),
            title=f"Answers of {card.model_id}",
            caption=caption,
            table=shares_table(shares),
        )


def _answers_caption(shares: Shares, *, is_read: bool) -> str:
    """Return what the bars of the heads, and of Cue's reading, say."""
    if not is_read:
        return f"{NOT_A_READING} {heads_caption(shares)}"
    words = heads_caption(shares)
    if len(shares) > 1:
        words += (
            " The label head answers as the labels of FER2013 do, the votes head as ten people do."
        )
    if READING in shares:
        words += " Cue's reading weighs both."
    return words
