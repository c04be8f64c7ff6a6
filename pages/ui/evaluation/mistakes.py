"""The faces that models got most wrong: found on a click, kept in memory, written nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import streamlit as st

from fer_core.data.dataset import FaceDataset
from fer_core.data.votes import VOTES_FILE, find_votes, read_votes, votes_at
from fer_core.data.worker import inspect_in_process
from fer_core.errors import DataError, FerError
from fer_core.evaluate.lineup import Entry
from fer_core.evaluate.mistakes import Mistakes, find_mistakes
from fer_core.expression.card import ModelCard
from pages.ui.dataset.source import FaceSource, Key, file_key, known_source
from pages.ui.evaluation.mistake_cards import show_found
from pages.ui.resources import any_recognizer
from pages.ui.text import plain

_HELD: Final = "mistakes_held"
_N_WORST: Final = 12  # of each model
_MAX_FOUND: Final = 16  # searches that a session keeps, 30 kB each
_NO_FILE: Final = (
    "To see the faces that it got most wrong, put FER2013's file into the folder `data/`, name it "
    "in `FER2013_CSV`, or drop it on the page Dataset."
)
_NO_VOTES: Final = (
    f"To see ten people's votes too, put FER+'s `{VOTES_FILE}` beside FER2013's file, or name it "
    "in `FERPLUS_CSV`."
)


@dataclass(slots=True)
class _Held:
    """What a session keeps: the faces of one split (8 MB) and what came of the last searches."""

    faces_key: Key | None = None
    faces: FaceDataset | None = None
    found: dict[Key, Mistakes] = field(default_factory=dict)
    notes: dict[Key, str] = field(default_factory=dict)  # on the votes, by their key


def show_mistakes(models: Sequence[Entry]) -> None:
    """Show the faces whose label each model found least likely; they are looked for on a click."""
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
            if not _is_asked_for(split):
                return
            try:
                faces = _faces(held, source, split=split)
                votes = _votes(held, votes_path, votes_key, faces)
                for key, card in missing.items():
                    held.found[key] = _search(card, faces, votes)
            except FerError as error:
                st.error(plain(str(error)))
                return
        place.empty()
    if votes_key not in held.notes and not votes_path:
        st.caption(_NO_VOTES)
    elif votes_key in held.notes:
        st.error(plain(held.notes[votes_key]))
    for column, key, card in zip(st.columns(len(cards)), keys, cards, strict=True):
        with column:
            show_found(card.model_id, held.found[key])
    while len(held.found) > _MAX_FOUND:
        held.found.pop(next(iter(held.found)))


def _is_asked_for(split: str) -> bool:
    """Show the button and what it does; while it works, a button that stops it."""
    st.write(
        f"The model reads the faces of {plain(split)} once more, which takes some seconds. They "
        "stay in memory; nothing is written."
    )
    with st.container(horizontal=True):
        if not st.button("Find the faces that it got most wrong", type="primary"):
            return False
        st.button("Stop")  # any click ends this run at its next sign of progress
    return True


def _found_key(source: FaceSource, votes_key: Key, card: ModelCard, *, split: str) -> Key:
    weights = card.digests.get(card.runtime_file, "")
    return (*source.key, *votes_key, split, card.model_id, weights)


def _faces(held: _Held, source: FaceSource, *, split: str) -> FaceDataset:
    """Return the faces of one split, read by another process unless they are at hand.

    Raises:
        DataError: The file cannot be read, or has no such faces.
    """
    key = (*source.key, split)
    if held.faces is None or held.faces_key != key:
        dataset = source.faces
        if dataset is None:
            text = f"Reading {plain(source.path.name)}"
            bar = st.progress(0.0, text=text)
            dataset = inspect_in_process(
                source.path, on_progress=lambda share: bar.progress(share, text=text)
            ).dataset
            bar.empty()
        faces = dataset.split(split) if dataset else None
        if not faces:
            raise DataError(f"{source.path.name} holds no faces of {split}; use FER2013's file.")
        held.faces, held.faces_key = faces, key
    return held.faces


def _votes(held: _Held, path: Path | None, key: Key, faces: FaceDataset) -> np.ndarray | None:
    """Return the votes of the whole file; None, with a note, where they are of no use."""
    if path is None:
        return None
    try:
        votes = read_votes(path)
        votes_at(votes, faces.rows)
    except DataError as error:
        held.notes[key] = str(error)
        return None
    held.notes.pop(key, None)
    return votes


def _search(card: ModelCard, faces: FaceDataset, votes: np.ndarray | None) -> Mistakes:
    """Return what one model got wrong, with a progress bar.

    Raises:
        ModelError: The model cannot be used.
    """
    text = f"{plain(card.model_id)} reads {len(faces):,} faces"
    bar = st.progress(0.0, text=text)
    recognizer = any_recognizer(card)
    found = find_mistakes(
        recognizer,
        faces,
        n_worst=_N_WORST,
        votes=votes,
        on_progress=lambda share: bar.progress(share, text=text),
    )
    bar.empty()
    return found
