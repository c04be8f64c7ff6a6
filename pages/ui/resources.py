"""What all sessions share: loaded once a server, read-only afterwards."""

import streamlit as st

from fer_core.expression.card import ModelCard
from fer_core.expression.recognizer import ExpressionRecognizer, load_recognizer
from fer_core.faces.occlusion import load_occlusion_network
from fer_core.faces.registry import create_detector
from fer_core.pipeline import FacePipeline, VideoPipeline

_VIDEO_PIPELINE = "video_pipeline"


@st.cache_resource(show_spinner="Loading the model…")
def shared_recognizer() -> ExpressionRecognizer:
    """Return the default model; threads may share it.

    Raises:
        ModelError: No usable default model is there.
    """
    return load_recognizer()


@st.cache_resource(
    show_spinner="Loading the model…",
    max_entries=4,
    hash_funcs={ModelCard: lambda card: (card.model_id, card.digests.get(card.runtime_file))},
)
def any_recognizer(card: ModelCard) -> ExpressionRecognizer:
    """Return the model of a card, to compare it with others; threads may share it.

    Raises:
        ModelError: The model cannot be used.
    """
    return load_recognizer(card.model_id)


@st.cache_resource(show_spinner="Loading the face finder…", max_entries=4)
def photo_pipeline(detector: str) -> FacePipeline:
    """Return the thorough pipeline for photos, warmed up."""
    pipeline = FacePipeline(
        create_detector(detector, mode="photo"), shared_recognizer(), load_occlusion_network()
    )
    pipeline.warm_up()
    return pipeline


def video_pipeline(detector: str) -> VideoPipeline:
    """Return this visitor's fast pipeline, warmed up before a frame could wait for it."""
    name, pipeline = st.session_state.get(_VIDEO_PIPELINE, (None, None))
    if name != detector:
        reader = FacePipeline(
            create_detector(detector, mode="video"), shared_recognizer(), load_occlusion_network()
        )
        reader.warm_up()
        pipeline = VideoPipeline(reader)
        st.session_state[_VIDEO_PIPELINE] = (detector, pipeline)
    return pipeline
