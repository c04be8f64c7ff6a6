"""From a frame to a `FrameResult`: introduces detector, checks and networks to each other.

`FacePipeline` takes single photos, `VideoPipeline` the frames of one video.
"""

from typing import Literal, overload

from fer_core.body.pose_estimator import PoseEstimator
from fer_core.expression.model_folder import DEFAULT_ID, find_models
from fer_core.expression.recognizer import ExpressionRecognizer, load_recognizer
from fer_core.faces.occlusion import load_occlusion_network
from fer_core.faces.registry import DEFAULT_DETECTOR, DetectorName, Mode, create_detector
from fer_core.pipeline.photo import FacePipeline
from fer_core.pipeline.video import VideoPipeline

__all__ = ["FacePipeline", "VideoPipeline", "load_pipeline"]


@overload
def load_pipeline(
    *,
    detector: DetectorName = DEFAULT_DETECTOR,
    model: str | ExpressionRecognizer = DEFAULT_ID,
    mode: Literal["photo"] = "photo",
    body: bool = False,
) -> FacePipeline: ...


@overload
def load_pipeline(
    *,
    detector: DetectorName = DEFAULT_DETECTOR,
    model: str | ExpressionRecognizer = DEFAULT_ID,
    mode: Literal["video"],
) -> VideoPipeline: ...


def load_pipeline(
    *,
    detector: DetectorName = DEFAULT_DETECTOR,
    model: str | ExpressionRecognizer = DEFAULT_ID,
    mode: Mode = "photo",
    body: bool = False,
) -> FacePipeline | VideoPipeline:
    """Return a pipeline with its detector and its model loaded.

    Args:
        detector: Name of the face detector.
        model: ID of the model; `cue models` lists them. A recognizer that is already loaded is
            shared: pipelines in several threads may use one.
        mode: "photo" gives a `FacePipeline`, which takes single photos and searches them
            thoroughly. "video" gives a `VideoPipeline`, which takes the frames of one video in
            order, follows each face, and smooths its readings.
        body: Whether to find the people of a photo too, with the landmarks of their bodies.

    Raises:
        ValueError: There is no detector or mode of that name, or bodies are asked for in a video.
        TypeError: The model is neither an ID nor a recognizer.
        ModelNotFoundError: There is no such model.
        ModelError: The weights of the model or the detector are missing or were changed.

    >>> import numpy as np
    >>> load_pipeline(detector="haar").analyze(np.zeros((480, 640, 3), np.uint8))
    FrameResult(640x480, no faces)
    """
    loaded = load_recognizer(model, models=find_models()) if isinstance(model, str) else model
    if not hasattr(loaded, "recognize"):
        raise TypeError(f"Expected the ID of a model or a recognizer, got {type(model).__name__}.")
    if body and mode != "photo":
        raise ValueError(f"Bodies are found in photos only, got {mode=}.")
    pipeline = FacePipeline(
        create_detector(detector, mode=mode),
        loaded,
        load_occlusion_network(),
        poses=PoseEstimator() if body else None,
    )
    return VideoPipeline(pipeline) if mode == "video" else pipeline
