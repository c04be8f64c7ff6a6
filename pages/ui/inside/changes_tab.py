"""What happens to the reading when the face is tilted, blurred, darkened, shrunk, covered."""

from typing import Final, NamedTuple

import numpy as np
import streamlit as st

from fer_core.explain.perturbations import (
    FRAMINGS,
    MAX_BLUR_PX,
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
    picture_and_chart,
    reading_words,
    shares_of,
    shares_table,
    show_crop,
)

_KEY: Final = "change-"


class _Slider(NamedTuple):
    label: str
    low: float
    high: float
    step: float
    usual: float  # leaves the face as it is
    form: str


@st.fragment
def show_changes(face: ChosenFace, networks: Networks) -> None:
    """Show the reading of the changed face, beside that of the face as it is."""
    st.write("Move a slider. The network reads the changed face at once.")
    size = max(network.card.input_size for network in networks)
    change = _choose_change(size)
    for column, network in zip(columns_of(networks), networks, strict=True):
        with column:
            _show_model(face, network, change, is_alone=len(networks) == 1)


def _sliders(size: int) -> dict[str, _Slider]:
    """Return the sliders by name; `size` is the side of the largest crop in pixels."""
    tightest, widest = (round(100 * share) for share in FRAMINGS)
    tilt, dark = int(MAX_TILT_DEG), round(100 * MIN_LIGHT)
    return {
        "tilt": _Slider("Tilt", -tilt, tilt, 5, 0, "%d°"),
        "framing": _Slider("Framing, below 100% is tighter", tightest, widest, 5, 100, "%d%%"),
        "mouth": _Slider("Mouth covered", 0, 100, 25, 0, "%d%%"),
        "eyes": _Slider("Eyes covered", 0, 100, 25, 0, "%d%%"),
        "side": _Slider("Pixels per side", MIN_SIDE_PX, size, 4, size, "%d px"),
        "blur": _Slider("Blur", 0.0, MAX_BLUR_PX, 0.25, 0.0, "%.2f px"),
        "light": _Slider("Light", dark, 100, 2, 100, "%d%%"),
    }


def _choose_change(size: int) -> Perturbation:
    values = {}
    columns = st.columns(3, gap="large")
    for index, (name, slider) in enumerate(_sliders(size).items()):
        key = f"{_KEY}{name}"
        st.session_state.setdefault(key, slider.usual)
        values[name] = columns[index % 3].slider(
            slider.label, slider.low, slider.high, step=slider.step, format=slider.form, key=key
        )
    st.button("Reset", on_click=_reset, args=(size,))
    return Perturbation(
        tilt_deg=values["tilt"],
        framing=values["framing"] / 100,
        covered_mouth=values["mouth"] / 100,
        covered_eyes=values["eyes"] / 100,
        side_px=values["side"] if values["side"] < size else None,
        blur_px=values["blur"],
        light=values["light"] / 100,
    )


def _reset(size: int) -> None:
    for name, slider in _sliders(size).items():
        st.session_state[f"{_KEY}{name}"] = slider.usual


def _show_model(
    face: ChosenFace, network: ExpressionRecognizer, change: Perturbation, *, is_alone: bool
) -> None:
    size = network.card.input_size
    crops = np.stack(
        [perturbed_crop(face.framed, each, size=size) for each in (Perturbation(), change)]
    )
    before, after = network.recognize(crops)
    left, right = picture_and_chart(is_alone=is_alone)
    with left:
        show_crop(crops[1], alt=f"The face {change.in_words()}")
        st.caption(f"The face {change.in_words()}.")
        st.markdown(f"### {headline(after)}")
        st.caption(reading_words(after))
    shares = {"As it is": shares_of(before), "Changed": shares_of(after)}
    with right:
        show_chart(
            share_bars(shares),
            title=f"Reading of {network.card.model_id}",
            caption=_caption(before, after, change),
            table=shares_table(shares),
        )


def _caption(before: Expression, after: Expression, change: Perturbation) -> str:
    if change == Perturbation():
        return f"The reading of the face as it is: {before.in_words()}."
    return change_caption(before, after, change=change.in_words())
