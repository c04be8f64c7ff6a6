"""`explain_photo`: the faces of a photo, and for each what the network computes and looks at."""

from dataclasses import dataclass

import numpy as np

from fer_core.explain.agreement import Agreement, agreement_of
from fer_core.explain.occlusion import occlusion_map
from fer_core.explain.results import Activations, Attribution
from fer_core.explain.worker import ExplainWorker
from fer_core.expression.model_folder import DEFAULT_ID, find_models
from fer_core.expression.recognizer import ExpressionRecognizer, load_recognizer
from fer_core.faces.crop import whole_crop
from fer_core.pipeline import FacePipeline, load_pipeline
from fer_core.progress import OnMessage, OnProgress, ignore, within
from fer_core.results import Expression

_OCCLUDING = "Covering one place of the face after another."


@dataclass(frozen=True, slots=True, eq=False)
class FaceCrop:
    """One face of a photo as the network sees it.

    Attributes:
        number: Number of the face in the photo, left to right, from 1.
        crop: `(size, size)` uint8 grey.
        reasons: Why the face is not fit to be read; empty if it is.
    """

    number: int
    crop: np.ndarray
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """What a model computes for one face, and which places of the face speak for one label.

    Attributes:
        model_id: The model.
        crop: `(size, size)` uint8, the face as the network sees it.
        reading: What the app shows for this face; None if it is not fit to be read.
        head_reading: What the head of the attributions answers.
        head: That head, `label` or `votes`.
        label: The label of the attributions.
        activations: Maps of the layers.
        grad_cam: Attribution by gradients.
        occlusion: Attribution by covering.
        agreement: How far both attributions agree.
        reasons: Why the face is not fit to be read. What the network computes all the same is not
            what people would say.
    """

    model_id: str
    crop: np.ndarray
    reading: Expression | None
    head_reading: Expression
    head: str
    label: str
    activations: Activations
    grad_cam: Attribution
    occlusion: Attribution
    agreement: Agreement
    reasons: tuple[str, ...] = ()


def face_crops(
    frame_bgr: np.ndarray, pipeline: FacePipeline, *, is_crop: bool = False
) -> tuple[FaceCrop, ...]:
    """Return the faces of a photo as the network sees them, left to right.

    Args:
        frame_bgr: uint8 `(height, width, 3)`.
        pipeline: Finds the faces and checks whether they are fit to be read.
        is_crop: Whether the photo is one face that is cut out already.

    Raises:
        ValueError: The frame has another shape or dtype.
    """
    if is_crop:
        (face,) = pipeline.analyze_crop(frame_bgr).faces
        (crop,) = whole_crop(frame_bgr, size=pipeline.recognizer.card.input_size)
        return (FaceCrop(1, crop, face.reasons),)
    found = pipeline.find(frame_bgr)
    return tuple(
        FaceCrop(int(index) + 1, crop, reasons)
        for index, crop, reasons in zip(found.checked, found.crops, found.reasons, strict=True)
    )


def explain_photo(
    frame_bgr: np.ndarray,
    *,
    model: str = DEFAULT_ID,
    head: str | None = None,
    label: str | None = None,
    is_crop: bool = False,
    worker: ExplainWorker | None = None,
    on_message: OnMessage = ignore,
) -> tuple[Explanation, ...]:
    """Return what a model computes for each face of a photo, left to right.

    A face that is not fit to be read has its reasons and no reading: what the network computes for
    it is not what people would say.

    It needs Cue's extra `train`, and the model's Keras file, which an installed package leaves
    out. The first face takes some seconds, because TensorFlow starts in a process beside this one.

    Args:
        frame_bgr: uint8 `(height, width, 3)`, as `fer_core.read_image` returns it.
        model: ID of the model.
        head: Head that the attributions are about, `label` or `votes`; None for the one that the
            model's reading comes from.
        label: Expression that they are about; None for the leading one of each face.
        is_crop: Whether the photo is one face that is cut out already, see `fer_core.read`.
        worker: Process to use; None for one that ends with this call. Pass one to explain several
            photos without starting TensorFlow for each.
        on_message: Called with what is being done. What it raises ends the work.

    Raises:
        ModelError: The model's files are missing or were changed, or the worker ended early.
        SettingsError: TensorFlow is not installed.
        ValueError: The frame has another shape, or the model has no such head or label.
    """
    models = find_models()
    recognizer = load_recognizer(model, models=models)
    faces = face_crops(frame_bgr, load_pipeline(model=recognizer), is_crop=is_crop)
    used = worker or ExplainWorker(models)
    try:
        return tuple(
            explain_crop(
                face.crop,
                recognizer,
                used,
                head=head,
                label=label,
                reasons=face.reasons,
                on_message=on_message,
            )
            for face in faces
        )
    finally:
        if worker is None:
            used.close()


def explain_crop(
    crop: np.ndarray,
    recognizer: ExpressionRecognizer,
    worker: ExplainWorker,
    *,
    head: str | None = None,
    label: str | None = None,
    reasons: tuple[str, ...] = (),
    on_message: OnMessage = ignore,
    on_progress: OnProgress = ignore,
) -> Explanation:
    """Return what a model computes for one face that is cut out. It needs the extra `train`.

    Args:
        crop: `(size, size)` uint8 grey, of the size that the model takes.
        recognizer: The model.
        worker: Computes the activation maps and Grad-CAM, with the models of the same folder.
        head: As in `explain_photo`.
        label: As in `explain_photo`.
        reasons: Why the face is not fit to be read; it gets no reading then.
        on_message: Called with what is being done. What it raises ends the work.
        on_progress: Called with the share of the work that is done.

    Raises:
        ModelError: The model's Keras file is missing or was changed, or the worker ended early.
        SettingsError: TensorFlow is not installed.
        ValueError: The crop has another shape, or the model has no such head or label.
    """
    card = recognizer.card
    head = card.reading_head if head is None else head
    (probs,) = recognizer.predict_probs(crop[None], head=head)
    head_reading = Expression.from_probs(card.heads[head], probs)
    reading = None if reasons else recognizer.recognize(crop[None])[0]
    if label is None:
        label = _leading_label(reading, head_reading)
    target = {"head": head, "label": label}
    heat = worker.grad_cam(card.model_id, crop, **target, on_message=on_message)
    on_progress(0.4)
    maps = worker.activations(card.model_id, crop, on_message=on_message)
    on_progress(0.6)
    on_message(_OCCLUDING)
    occlusion = occlusion_map(recognizer, crop, **target, on_progress=within(on_progress, 0.6, 1.0))
    return Explanation(
        card.model_id,
        crop.copy(),
        reading,
        head_reading,
        head,
        label,
        maps,
        heat,
        occlusion,
        agreement_of(heat, occlusion),
        reasons,
    )


def _leading_label(reading: Expression | None, head_reading: Expression) -> str:
    """Return the label of the reading, if the head has it, else what the head puts first."""
    if reading is not None and reading.label in head_reading.labels:
        return reading.label
    return head_reading.label
