"""What all sessions share: loaded once per server, read-only afterwards."""

import streamlit as st

from fer_core.explain.worker import ExplainWorker
from fer_core.expression.card import ModelCard
from fer_core.expression.model_folder import ModelFolder, find_models
from fer_core.expression.recognizer import ExpressionRecognizer, load_recognizer
from fer_core.pipeline import FacePipeline, VideoPipeline, load_pipeline

_VIDEO_PIPELINE = "video_pipeline"


def models() -> ModelFolder:
    """Return the models that the app offers: those in `CUE_MODELS`, else the shipped ones."""
    return find_models()


@st.cache_resource(show_spinner="Loading the model…")
def shared_recognizer() -> ExpressionRecognizer:
    """Return the default model; threads may share it.

    Raises:
        ModelError: There is no usable default model.
    """
    return load_recognizer(models=models())


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
    return load_recognizer(card.model_id, models=models())


@st.cache_resource(show_spinner=False)
def explain_worker() -> ExplainWorker:
    """Return the one worker that computes activation maps and Grad-CAM for all visitors.

    Its process starts with the first request and ends when nobody asks for some minutes.
    """
    return ExplainWorker(models())


@st.cache_resource(show_spinner="Loading the face detector…", max_entries=4)
def photo_pipeline(detector: str, *, body: bool = False) -> FacePipeline:
    """Return the thorough pipeline for photos, warmed up; with or without bodies."""
    pipeline = load_pipeline(detector=detector, model=shared_recognizer(), body=body)
    pipeline.warm_up()
    return pipeline


def video_pipeline(detector: str) -> VideoPipeline:
    """Return this visitor's fast pipeline, warmed up so that no frame has to wait."""
    name, pipeline = st.session_state.get(_VIDEO_PIPELINE, (None, None))
    if name != detector:
        pipeline = load_pipeline(detector=detector, model=shared_recognizer(), mode="video")
        pipeline.warm_up()
        st.session_state[_VIDEO_PIPELINE] = (detector, pipeline)
    return pipeline
