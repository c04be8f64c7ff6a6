"""How a face that was got wrong looks in a page: the picture, its label, the reading, the votes."""

from typing import Final

import streamlit as st

from fer_core.evaluate.mistakes import Mistake, Mistakes
from fer_core.figures.style import percent
from fer_core.labels import EMOJI, WORDS
from pages.ui.text import counted, plain

_FACE_PX: Final = 96
_CARD_PX: Final = 148  # two beside each other on a phone
_N_TAGGERS: Final = 10  # people who were asked about each face of FER+


def show_found(name: str, found: Mistakes) -> None:
    """Show the worst mistakes of one model, with the sentence that says what to read in them."""
    st.markdown(f"**{plain(name)}**")
    st.write(found_caption(found))
    with st.container(horizontal=True, gap="small"):  # wraps on a phone
        for mistake in found.worst:
            with st.container(border=True, width=_CARD_PX):
                _show_card(mistake)


def found_caption(found: Mistakes) -> str:
    """Return how many faces are read otherwise than labelled, and whom people side with."""
    if not found.n_wrong:
        return f"It reads all {counted(found.n_faces, 'face')} as they are labelled."
    share = percent(found.n_wrong / found.n_faces)
    caption = (
        f"It reads {found.n_wrong:,} of {counted(found.n_faces, 'face')} ({share}) otherwise than "
        f"FER2013 labels them; here are the {len(found.worst)} whose label it finds least likely."
    )
    if found.n_with_votes:
        caption += (
            f" On {found.n_people_agree} of these {found.n_with_votes}, most of ten people "
            "say what the model says: there it is rather the label that is wrong."
        )
    return caption


def _show_card(mistake: Mistake) -> None:
    label, said = WORDS[mistake.label], WORDS[mistake.predicted]
    st.image(
        mistake.pixels,
        width=_FACE_PX,
        output_format="PNG",  # JPEG would blur so small a picture
        alt=f"A face that FER2013 calls {label} and the model {said}",
    )
    st.markdown(f"{EMOJI[mistake.predicted]} **{said}** {percent(mistake.predicted_prob)}")
    st.caption(f"Labelled {label}, which gets {percent(mistake.label_prob, digits=1)}")
    if mistake.votes is not None:
        st.caption(f"People: {votes_in_words(mistake)}")


def votes_in_words(mistake: Mistake) -> str:
    """Return what ten people said, the most frequent word first."""
    votes = mistake.votes or {}
    words = [f"{count} {WORDS[label]}" for label, count in votes.items()]
    n_silent = _N_TAGGERS - sum(votes.values())
    return ", ".join([*words, *([f"{n_silent} could not say"] if n_silent > 0 else [])])
