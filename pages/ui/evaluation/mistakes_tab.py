"""The worst mistakes of one model or two: found on a click, kept in memory, never saved."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import streamlit as st

from fer_core.data.dataset import FaceDataset, row_split_ids
from fer_core.data.face_size import at_size
from fer_core.data.votes import VOTES_FILE, find_votes, read_votes
from fer_core.data.worker import inspect_in_process
from fer_core.errors import DataError, FerError
from fer_core.evaluate.lineup import Entry
from fer_core.evaluate.mistakes import Mistake, Mistakes, find_mistakes
from fer_core.expression.card import ModelCard
from fer_core.figures.style import percent
from fer_core.labels import WORDS
from pages.ui.dataset.faces import FaceSource, Key, file_key, known_source
from pages.ui.resources import any_recognizer
from pages.ui.text import escape_markdown, inside_link, pluralize, with_glyph

_HELD: Final = "mistakes_held"
_N_WORST: Final = 12  # per model
_MAX_FOUND: Final = 16  # searches that a session keeps, 30 kB each
_FACE_PX: Final = 96
_CARD_PX: Final = 148  # two in a row on a phone
_N_TAGGERS: Final = 10  # people who named each face of FER+
_NO_FILE: Final = (
    "To see the worst mistakes, put the FER2013 file into the folder `data/`, set `FER2013_CSV` "
    "to its path, or drop it on the Dataset page."
)
_NO_VOTES: Final = (
    f"To see the votes of ten people too, put the FER+ file `{VOTES_FILE}` beside the FER2013 "
    "file, or set `FERPLUS_CSV` to its path."
)


@dataclass(slots=True)
class _Held:
    """What a session keeps: the faces of one split (8 MB) and the results of recent searches."""

    faces_key: Key | None = None
    faces: FaceDataset | None = None
    split_ids: np.ndarray | None = None  # of every row of the file: votes are checked by it
    found: dict[Key, Mistakes] = field(default_factory=dict)
    notes: dict[Key, str] = field(default_factory=dict)  # why votes cannot be used, by their key


def show_mistakes(models: Sequence[Entry]) -> None:
    """Show the faces whose label each model finds least likely; a click starts the search."""
    cards, split = [model.card for model in models], models[0].evaluation.split
    source = known_source()
    if source is None:
        st.info(_NO_FILE)
        return
    held: _Held = st.session_state.setdefault(_HELD, _Held())
    votes_path = find_votes(source.path)
    votes_key = file_key(votes_path) if votes_path else ()
    keys = [_found_key(source, votes_key, card, split=split) for card in cards]
    missing = {key: card for key, card in zip(keys, cards, strict=True) if key not in held.found}
    place = st.empty()
    if missing:
        with place.container():
            if not _is_requested(split):
                return
            try:
                faces = _faces(held, source, split=split)
                votes = _votes(held, votes_path, votes_key)
                for key, card in missing.items():
                    held.found[key] = _search(card, faces, votes)
            except FerError as error:
                st.error(escape_markdown(str(error)))
                return
        place.empty()
    if votes_key not in held.notes and not votes_path:
        st.caption(_NO_VOTES)
    elif votes_key in held.notes:
        st.error(escape_markdown(held.notes[votes_key]))
    for column, key, card in zip(st.columns(len(cards)), keys, cards, strict=True):
        with column:
            _show_found(card.model_id, held.found[key])
    while len(held.found) > _MAX_FOUND:
        held.found.pop(next(iter(held.found)))


def found_caption(found: Mistakes) -> str:
    """Return how often the model disagrees with the label, and with whom people agree."""
    if not found.n_wrong:
        return f"The model agrees with the label on all {pluralize(found.n_faces, 'face')}."
    share = percent(found.n_wrong / found.n_faces)
    caption = (
        f"The model disagrees with the FER2013 label on {found.n_wrong:,} of "
        f"{pluralize(found.n_faces, 'face')} ({share}). These are the {len(found.worst)} faces "
        "whose label it finds least likely."
    )
    if found.n_with_votes:
        caption += (
            f" On {found.n_people_agree} of {found.n_with_votes} faces, the votes of ten "
            "people favour the model, so the label is probably wrong."
        )
    return caption


def votes_in_words(mistake: Mistake) -> str:
    """Return the answers of ten people, the most frequent first."""
    votes = mistake.votes or {}
    words = [f"{count} {WORDS[label]}" for label, count in votes.items()]
    n_silent = _N_TAGGERS - sum(votes.values())
    return ", ".join([*words, *([f"{n_silent} could not say"] if n_silent > 0 else [])])


def _is_requested(split: str) -> bool:
    """Show the button and what it does; during the search, also a button that stops it."""
    st.write(
        f"The model classifies the faces of {escape_markdown(split)} again, which takes a few "
        "seconds. The faces stay in memory and are not saved."
    )
    with st.container(horizontal=True):
        if not st.button("Show the worst mistakes", type="primary"):
            return False
        st.button("Stop")  # any click ends this run at its next progress update
    return True


def _found_key(source: FaceSource, votes_key: Key, card: ModelCard, *, split: str) -> Key:
    weights = card.digests.get(card.runtime_file, "")
    return (*source.key, *votes_key, split, card.model_id, weights)


def _faces(held: _Held, source: FaceSource, *, split: str) -> FaceDataset:
    """Return the faces of one split; another process reads the file unless they are at hand.

    Raises:
        DataError: The file cannot be read, or has no faces of that split.
    """
    key = (*source.key, split)
    if held.faces is None or held.faces_key != key:
        dataset = source.faces
        if dataset is None:
            text = f"Reading {escape_markdown(source.path.name)}"
            bar = st.progress(0.0, text=text)
            dataset = inspect_in_process(
                source.path, on_progress=lambda share: bar.progress(share, text=text)
            ).dataset
            bar.empty()
        faces = dataset.split(split) if dataset else None
        if dataset is None or not faces:
            raise DataError(f"{source.path.name} has no faces of {split}. Use the FER2013 file.")
        held.faces, held.faces_key, held.split_ids = faces, key, row_split_ids(dataset)
    return held.faces


def _votes(held: _Held, path: Path | None, key: Key) -> np.ndarray | None:
    """Return the votes of the whole file; None, with a note, if they cannot be used."""
    if path is None or held.split_ids is None:
        return None
    try:
        votes = read_votes(path).joined_to(held.split_ids)
    except DataError as error:
        held.notes[key] = str(error)
        return None
    held.notes.pop(key, None)
    return votes


def _search(card: ModelCard, faces: FaceDataset, votes: np.ndarray | None) -> Mistakes:
    """Return the mistakes of one model; shows a progress bar meanwhile.

    Raises:
        ModelError: The model cannot be used.
    """
    text = f"{escape_markdown(card.model_id)} classifies {len(faces):,} faces"
    bar = st.progress(0.0, text=text)
    recognizer = any_recognizer(card)
    found = find_mistakes(
        recognizer,
        at_size(faces, card.input_size),
        n_worst=_N_WORST,
        votes=votes,
        on_progress=lambda share: bar.progress(share, text=text),
    )
    bar.empty()
    return found


def _show_found(name: str, found: Mistakes) -> None:
    st.markdown(f"**{escape_markdown(name)}**")
    st.write(found_caption(found))
    with st.container(horizontal=True, gap="small"):  # wraps
        for mistake in found.worst:
            with st.container(border=True, width=_CARD_PX):
                _show_card(mistake)
                if mistake.row is not None:
                    link = inside_link(row=mistake.row, model=name)
                    st.caption(f"[Look inside]({link})")


def _show_card(mistake: Mistake) -> None:
    label, predicted = WORDS[mistake.label], WORDS[mistake.predicted]
    st.image(
        mistake.pixels,
        width=_FACE_PX,
        output_format="PNG",  # JPEG would blur such a small photo
        alt=f"A face with the label {label} that the model calls {predicted}",
    )
    st.markdown(with_glyph(mistake.predicted, f"**{predicted}** {percent(mistake.predicted_prob)}"))
    st.caption(f"Label: {label} ({percent(mistake.label_prob, digits=1)})")
    if mistake.votes is not None:
        st.caption(f"People: {votes_in_words(mistake)}")
