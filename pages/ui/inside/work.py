"""Long work of the Inside page: with a sentence and a Cancel button meanwhile, each result once.

Any click ends a run of the page, and with it the wait. Only Cancel keeps the next run from starting
the same work again.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar

import numpy as np
import streamlit as st

from fer_core.errors import FerError, SettingsError
from fer_core.explain.agreement import agreement_of
from fer_core.explain.explanation import Explanation
from fer_core.explain.occlusion import occlusion_map
from fer_core.explain.results import Activations, Attribution
from fer_core.expression.card import KERAS_FILE, ModelCard
from fer_core.expression.recognizer import ExpressionRecognizer
from fer_core.progress import OnMessage
from fer_core.results import Expression
from pages.ui.resources import explain_worker
from pages.ui.text import escape_markdown

_HELD: Final = "inside_work"
_MAX_ACTIVATIONS: Final = 4  # two models side by side and two about dropout; 1 MB each
_MAX_ATTRIBUTIONS: Final = 32  # 9 kB each
_T = TypeVar("_T")
_Key = tuple[str | bytes, ...]


@dataclass(slots=True)
class _Held:
    """What a session has computed, and what it does not want."""

    activations: dict[_Key, Activations] = field(default_factory=dict)
    attributions: dict[_Key, Attribution] = field(default_factory=dict)
    cancelled: set[_Key] = field(default_factory=set)


def activations(card: ModelCard, crop: np.ndarray) -> Activations | None:
    """Return the maps of all layers for a face; None, with a sentence, if there are none."""
    held = _held()
    key = ("maps", card.model_id, card.digests.get(KERAS_FILE, ""), crop.tobytes())
    return _once(
        held.activations,
        key,
        lambda say: explain_worker().activations(card.model_id, crop, on_message=say),
        most=_MAX_ACTIVATIONS,
    )


def grad_cam(card: ModelCard, crop: np.ndarray, *, head: str, label: str) -> Attribution | None:
    """Return Grad-CAM of a face for one expression; None, with a sentence, if there is none."""
    key = ("grad_cam", card.model_id, card.digests.get(KERAS_FILE, ""), head, label, crop.tobytes())
    return _once(
        _held().attributions,
        key,
        lambda say: explain_worker().grad_cam(
            card.model_id, crop, head=head, label=label, on_message=say
        ),
        most=_MAX_ATTRIBUTIONS,
    )


def occlusion(
    network: ExpressionRecognizer, crop: np.ndarray, *, head: str, label: str
) -> Attribution | None:
    """Return the occlusion map of a face for one expression; None after Cancel."""
    card = network.card
    digest = card.digests.get(card.runtime_file, "")
    key = ("occlusion", card.model_id, digest, head, label, crop.tobytes())
    return _once(
        _held().attributions,
        key,
        lambda say: occlusion_map(
            network,
            crop,
            head=head,
            label=label,
            on_progress=lambda share: say(f"Covering one place after the other: {share:.0%}"),
        ),
        most=_MAX_ATTRIBUTIONS,
    )


def explanation(
    network: ExpressionRecognizer,
    crop: np.ndarray,
    *,
    head: str,
    label: str,
    reasons: tuple[str, ...],
) -> Explanation | None:
    """Return all that the report shows; None, with a sentence, if a part is missing.

    Args:
        network: The model.
        crop: The face as it sees it.
        head: The head that the attributions are about.
        label: The expression that they are about.
        reasons: Why Cue does not read the face.
    """
    card = network.card
    maps = activations(card, crop)
    weighted = maps and grad_cam(card, crop, head=head, label=label)
    covered = weighted and occlusion(network, crop, head=head, label=label)
    if maps is None or weighted is None or covered is None:
        return None
    (probs,) = network.predict_probs(crop[None], head=head)
    return Explanation(
        model_id=card.model_id,
        crop=crop,
        reading=None if reasons else network.recognize(crop[None])[0],
        head_reading=Expression.from_probs(card.heads[head], probs),
        head=head,
        label=label,
        activations=maps,
        grad_cam=weighted,
        occlusion=covered,
        agreement=agreement_of(weighted, covered),
        reasons=reasons,
    )


def _held() -> _Held:
    held: _Held = st.session_state.setdefault(_HELD, _Held())
    return held


def _once(
    known: dict[_Key, _T], key: _Key, work: Callable[[OnMessage], _T], *, most: int
) -> _T | None:
    """Return a known result, or do the work, and keep the newest `most` results."""
    if key in known:
        return known[key]
    held, name = _held(), "-".join(map(str, key[:-1]))  # without the face
    if key in held.cancelled:
        st.info("Cancelled.")
        st.button("Compute it", key=f"again-{name}", on_click=held.cancelled.discard, args=(key,))
        return None
    place = st.empty()
    with place.container():
        line = st.empty()
        st.button("Cancel", key=f"cancel-{name}", on_click=_cancel, args=(key,))
    try:
        result = work(lambda sentence: _say(line.caption, sentence))
    except FerError as error:
        place.empty()
        show = st.info if isinstance(error, SettingsError) else st.error
        show(escape_markdown(str(error)))
        return None
    place.empty()
    known[key] = result
    while len(known) > most:
        known.pop(next(iter(known)))
    return result


def _say(show: Callable[[str], object], sentence: str) -> None:
    show(f"⏳ {escape_markdown(sentence)}")


def _cancel(key: _Key) -> None:
    held = _held()
    held.cancelled = {key} | (held.cancelled if len(held.cancelled) < _MAX_ATTRIBUTIONS else set())
