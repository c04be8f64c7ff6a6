"""What happens to the reading when the face is tilted, blurred, darkened, shrunk, covered."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fer_core.explain.perturbations import (
    FRAMINGS,
    MAX_BLUR,
    MAX_TILT_DEG,
    MIN_LIGHT,
    MIN_SIDE_PX,
    Perturbation,
    perturbed_crop,
)
from fer_core.expression.recognizer import ExpressionRecognizer
from fer_core.figures import change_caption, share_bars
from fer_core.results import Expression
from pages.ui.cards import headline
from pages.ui.charts import show_chart
from pages.ui.inside.faces import ChosenFace
from pages.ui.inside.networks import Networks, columns_of
from pages.ui.inside.reading import (
    NOT_A_READING,
    reading_words,
    shares_of,
    shares_table,
    show_crop,
)

_KEY: Final = "change-"
_SIDE: Final = "change-side"
_SIDE_LABEL: Final = "Pixels per side"
_CHOSEN: Final = "change"
_CROP_PX: Final = 128
_WORDS_PX: Final = 168  # beside the picture, on a phone too
_ALL: Final = "all"
_SIDES: Final = (*range(MIN_SIDE_PX, 48, 4), 48, 64, 80, 96)  # as a camera gives a face


class _Slider(NamedTuple):
    label: str
    low: float
    high: float
    step: float
    usual: float  # leaves the face as it is
    form: str
    words: str


@st.fragment
def show_changes(face: ChosenFace, networks: Networks) -> None:
    """Show the reading of the changed face, beside that of the face as it is."""
    st.write("Choose what changes and move the slider. The network reads the changed face at once.")
    if len(networks) == 1:  # on a phone, the chart follows the slider: both fit on the screen
        left, right = st.columns([1, 2], gap="large")
        pictures, controls, charts = [left.container()], left.container(), [right]
    else:
        pictures, controls = columns_of(networks), st.container()
        charts = columns_of(networks)
    with controls:
        change = _choose_change(max(network.card.input_size for network in networks))
    for network, picture, chart in zip(networks, pictures, charts, strict=True):
        _show_model(face, network, change, picture=picture, chart=chart)


def _sliders() -> dict[str, _Slider]:
    """Return the sliders by name."""
    tightest, widest = (round(100 * share) for share in FRAMINGS)
    tilt, dark = int(MAX_TILT_DEG), round(100 * MIN_LIGHT)
    return {
        "tilt": _Slider("Tilt", -tilt, tilt, 5, 0, "%d°", "Above 0: clockwise."),
        "framing": _Slider(
            "Framing", tightest, widest, 5, 100, "%d%%", "Below 100% is tighter, above is wider."
        ),
        "mouth": _Slider("Mouth covered", 0, 100, 25, 0, "%d%%", "As by a light mask."),
        "eyes": _Slider("Eyes covered", 0, 100, 25, 0, "%d%%", "As by dark glasses."),
        "blur": _Slider(
            "Blur",
            0.0,
            100 * MAX_BLUR,
            0.5,
            0.0,
            "%.1f%%",
            "Sigma of a Gaussian, as a share of the face's width.",
        ),
        "light": _Slider("Light", dark, 100, 2, 100, "%d%%", "Less light adds the camera's noise."),
    }


def _choose_change(size: int) -> Perturbation:
    """Return the change that the sliders give; `size` is the side of the largest crop in pixels.

    One slider is shown; the others keep their values. All but one have the same ends for every
    model, so a change stays if the models change.
    """
    sliders, sides = _sliders(), [str(side) for side in _SIDES if side < size]
    for name, slider in sliders.items():
        st.session_state.setdefault(f"{_KEY}{name}", slider.usual)
    if st.session_state.get(_SIDE) not in (*sides, _ALL):  # at first, or of a larger model
        st.session_state[_SIDE] = _ALL
    chosen = st.pills(
        "What changes",
        [*sliders, _SIDE],
        default="tilt",
        required=True,
        format_func=lambda name: _SIDE_LABEL if name == _SIDE else sliders[name].label,
        key=_CHOSEN,
        persist_state="page",
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if chosen in sliders:
            _show_slider(chosen, sliders[chosen])
        else:
            _show_side_slider(sides)
        st.button("Reset", on_click=_reset, help="Reset all sliders.")
    values = {name: st.session_state[f"{_KEY}{name}"] for name in sliders}
    side = st.session_state[_SIDE]
    return Perturbation(
        tilt_deg=values["tilt"],
        framing=values["framing"] / 100,
        covered_mouth=values["mouth"] / 100,
        covered_eyes=values["eyes"] / 100,
        side_px=None if side == _ALL else int(side),
        blur=values["blur"] / 100,
        light=values["light"] / 100,
    )


def _show_slider(name: str, slider: _Slider) -> None:
    st.slider(
        slider.label,
        slider.low,
        slider.high,
        step=slider.step,
        format=slider.form,
        help=slider.words,
        key=f"{_KEY}{name}",
        persist_state="page",
    )


def _show_side_slider(sides: Sequence[str]) -> None:
    st.select_slider(
        _SIDE_LABEL,
        [*sides, _ALL],
        format_func=lambda each: each if each == _ALL else f"{each} px",
        help="As seen by a camera that is far away. All: as many as the network takes.",
        key=_SIDE,
        persist_state="page",
    )


def _reset() -> None:
    for name, slider in _sliders().items():
        st.session_state[f"{_KEY}{name}"] = slider.usual
    st.session_state[_SIDE] = _ALL


def _show_model(
    face: ChosenFace,
    network: ExpressionRecognizer,
    change: Perturbation,
    *,
    picture: DeltaGenerator,
    chart: DeltaGenerator,
) -> None:
    size = network.card.input_size
    crops = np.stack(
        [perturbed_crop(face.framed, each, size=size) for each in (Perturbation(), change)]
    )
    before, after = network.recognize(crops)
    with picture:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            show_crop(crops[1], alt=f"The face {change.in_words()}", width=_CROP_PX)
            if not face.reasons:
                st.markdown(f"### {headline(after)}\n\n{reading_words(after)}", width=_WORDS_PX)
        st.caption(f"The face {change.in_words()}.")
    shares = {"As it is": shares_of(before), "Changed": shares_of(after)}
    with chart:
        show_chart(
            share_bars(shares),
            title=f"{'Numbers' if face.reasons else 'Reading'} of {network.card.model_id}",
            caption=_caption(before, after, change, is_read=not face.reasons),
            table=shares_table(shares),
        )


def _caption(before: Expression, after: Expression, change: Perturbation, *, is_read: bool) -> str:
    if not is_read:
        return f"{NOT_A_READING} The change: {change.in_words()}."
    if change == Perturbation():
        return f"The reading of the face as it is: {before.in_words()}."
    return change_caption(before, after, change=change.in_words())
