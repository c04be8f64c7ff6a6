"""The one step: a frame goes in, a `FrameResult` comes out.

detect faces -> upright crops -> classify the faces that can be classified, in one batch
`VideoPipeline` also tracks each face through a video, and smooths and holds what is shown.
"""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, overload

import numpy as np

from fer_core.expression.model_folder import DEFAULT_ID, find_models
from fer_core.expression.recognizer import ExpressionRecognizer, load_recognizer
from fer_core.faces.crop import upright_crops, whole_crop, whole_face
from fer_core.faces.crop_check import check_crop
from fer_core.faces.detections import (
    Detections,
    FaceDetector,
    FaceStatus,
    TrackingDetector,
    check_frame_bgr,
)
from fer_core.faces.edge_check import EdgeCheck
from fer_core.faces.occlusion import OcclusionNetwork, load_occlusion_network
from fer_core.faces.quality import CUT_OFF, QualityConfig, unread_reasons
from fer_core.faces.registry import DEFAULT_DETECTOR, DetectorName, Mode, create_detector
from fer_core.frames import to_gray
from fer_core.results import Box, Expression, Face, FrameResult
from fer_core.tracking.memory import FaceMemory, MemoryConfig, SmoothedReading
from fer_core.tracking.schedule import FramePlan, Schedule, ScheduleConfig


@dataclass(frozen=True, slots=True, eq=False)
class FoundFaces:
    """The faces of a frame, left to right, before classification.

    Attributes:
        frame_size: Height and width in pixels.
        detections: Where the `n` faces are.
        checked: Indices of the faces that were cropped and checked, `(n_checked,)`.
        crops: Their upright grey crops, uint8 `(n_checked, size, size)`.
        reasons: Why each of them cannot be classified; an empty tuple if it can.
        stage_ms: Milliseconds per stage so far; 0 where there was nothing to do.
    """

    frame_size: tuple[int, int]
    detections: Detections
    checked: np.ndarray
    crops: np.ndarray
    reasons: tuple[tuple[str, ...], ...]
    stage_ms: dict[str, float]

    @property
    def is_classifiable(self) -> np.ndarray:
        """Whether each face can be classified in this frame, `(n,)` bool."""
        is_classifiable = np.zeros(len(self.detections), dtype=bool)
        is_classifiable[self.checked] = [not reasons for reasons in self.reasons]
        return is_classifiable


class FacePipeline:
    """Finds the faces of a frame and classifies their expressions.

    Threads may share it if they may share its detector.
    """

    def __init__(
        self,
        detector: FaceDetector,
        recognizer: ExpressionRecognizer,
        occlusion: OcclusionNetwork,
        quality: QualityConfig | None = None,
    ) -> None:
        """Connect the parts.

        Args:
            detector: Finds the faces.
            recognizer: Classifies their expressions.
            occlusion: Detects occluded faces; `load_occlusion_network` returns the shipped one.
            quality: What a face needs to be classified.
        """
        self.detector = detector
        self.recognizer = recognizer
        self._tracker = detector if isinstance(detector, TrackingDetector) else None
        self._occlusion = occlusion
        self._quality = quality or QualityConfig()
        self._edge_check = EdgeCheck()

    @property
    def track_ids(self) -> tuple[int, ...]:
        """The tracks that the detector can follow into the next frame; none if it cannot."""
        return self._tracker.track_ids if self._tracker else ()

    def analyze(self, frame_bgr: np.ndarray) -> FrameResult:
        """Return the faces of a frame, left to right, each with its expression.

        A face that cannot be classified has no expression, but the reasons why.

        Args:
            frame_bgr: uint8 `(height, width, 3)`. It is neither changed nor kept.

        Raises:
            ValueError: The frame has another shape or dtype.
        """
        return self._result(self.find(frame_bgr))

    def analyze_crop(self, crop_bgr: np.ndarray) -> FrameResult:
        """Return the one face of a picture that is a cut-out face: no detector looks at it.

        The face is upright, and its box is the whole picture. Detection score 1 and tilt 0 are
        given, not measured. A face that is too small, too dark, too blurred or covered is not read,
        nor is a picture in which `check_crop` sees no whole face, or one that is turned away.

        Args:
            crop_bgr: uint8 `(height, width, 3)`, see `whole_crop` for one that is not square. It is
                neither changed nor kept.

        Raises:
            ModelError: The weights that check the picture are missing or were changed.
            ValueError: The picture has another shape or dtype.
        """
        check_frame_bgr(crop_bgr)
        height, width = crop_bgr.shape[:2]
        stage_ms = dict.fromkeys(("detect", "crop", "classify"), 0.0)
        with _timed(stage_ms, "crop"):
            look = check_crop(crop_bgr)
            face = whole_face(width, height, presence=look.presence, head_deg=look.head_deg)
            crops = whole_crop(crop_bgr, size=self.recognizer.card.input_size)
            reasons = self._reasons(face, crops, (height, width))
            if reasons == ((),) and not look.is_whole:
                reasons = ((CUT_OFF,),)
        found = FoundFaces((height, width), face, np.arange(1), crops, reasons, stage_ms)
        return self._result(found)

    def _reasons(
        self, faces: Detections, crops: np.ndarray, frame_size: tuple[int, int]
    ) -> tuple[tuple[str, ...], ...]:
        """Return why each face cannot be classified; an empty tuple if it can."""
        is_occluded = self._occlusion.is_occluded(crops)
        return unread_reasons(faces, crops, is_occluded, self._quality, frame_size=frame_size)

    def _result(self, found: FoundFaces) -> FrameResult:
        """Classify the faces of a frame that can be classified, and return the result."""
        expressions = iter(self.classify(found, found.is_classifiable))
        faces = tuple(
            Face(*_place(found.detections, index), None if why else next(expressions), why)
            for index, why in enumerate(found.reasons)
        )
        height, width = found.frame_size
        return FrameResult(width, height, faces, found.stage_ms)

    def find(self, frame_bgr: np.ndarray, plan: FramePlan | None = None) -> FoundFaces:
        """Find the faces of a frame, crop them and check whether they can be classified.

        Args:
            frame_bgr: uint8 `(height, width, 3)`.
            plan: What to do in a frame of a video; None to do everything.

        Raises:
            ValueError: The frame has another shape or dtype.
        """
        check_frame_bgr(frame_bgr)
        stage_ms = dict.fromkeys(("detect", "crop", "classify"), 0.0)
        with _timed(stage_ms, "detect"):
            detections = _left_to_right(self._detect(frame_bgr, plan))
        with _timed(stage_ms, "crop"):
            size = self.recognizer.card.input_size
            checked = _to_check(detections, plan)
            # without a copy where all are checked, which is the usual case: it would cost 0.1 ms
            faces = detections if len(checked) == len(detections) else detections.take(checked)
            gray = to_gray(frame_bgr) if len(faces) else frame_bgr
            crops = upright_crops(gray, faces, size=size)
            frame_size = (frame_bgr.shape[0], frame_bgr.shape[1])
            reasons = self._reasons(faces, crops, frame_size)
            reasons = self._edge_check.reasons(frame_bgr, faces, reasons, self._quality)
        return FoundFaces(frame_size, detections, checked, crops, reasons, stage_ms)

    def classify(self, found: FoundFaces, chosen: np.ndarray) -> tuple[Expression, ...]:
        """Return the expressions of the chosen faces, in order, from one batch.

        Args:
            found: The faces of a frame.
            chosen: `(n,)` bool; only checked faces can be chosen.
        """
        if not chosen.any():
            return ()
        with _timed(found.stage_ms, "classify"):
            return self.recognizer.recognize(found.crops[chosen[found.checked]])

    def warm_up(self) -> None:
        """Run every network once, so that the first frame of a viewer is not slow."""
        self.analyze(np.full((480, 640, 3), 128, dtype=np.uint8))
        size = self.recognizer.card.input_size
        crop = np.full((1, size, size), 128, dtype=np.uint8)
        self._occlusion.is_occluded(crop)
        self.recognizer.recognize(crop)

    def _detect(self, frame_bgr: np.ndarray, plan: FramePlan | None) -> Detections:
        if plan is None or self._tracker is None:
            return self.detector.detect(frame_bgr)
        return self._tracker.track(
            frame_bgr, is_searched=plan.is_searched, followed_ids=plan.followed_ids
        )


class VideoPipeline:
    """Analyzes the frames of one video in order. It belongs to one session and one thread."""

    def __init__(
        self,
        pipeline: FacePipeline,
        memory: MemoryConfig | None = None,
        schedule: ScheduleConfig | None = None,
    ) -> None:
        """Start with no known face.

        Args:
            pipeline: Finds and classifies the faces of each frame.
            memory: How readings are carried from frame to frame.
            schedule: How often faces are searched for, followed and classified.
        """
        self.pipeline = pipeline
        card = pipeline.recognizer.card
        self._labels = card.heads[card.reading_head]
        self._min_confidences = np.array(card.min_confidences)
        self._memory = FaceMemory(memory, neutral_id=self._labels.index("neutral"))
        self._schedule = Schedule(schedule)
        self._newest_s = -math.inf  # when the newest frame was taken

    def analyze(self, frame_bgr: np.ndarray, *, time_s: float) -> FrameResult:
        """Return the faces of the next frame, each with its number and its smoothed expression.

        Args:
            frame_bgr: uint8 `(height, width, 3)`. It is neither changed nor kept.
            time_s: When it was taken, seconds of a clock that does not run backwards.

        Raises:
            ValueError: The frame has another shape or dtype, its time is not finite, or it is older
                than the last. It is then left out; the next frame may follow.
        """
        check_frame_bgr(frame_bgr)
        if not (math.isfinite(time_s) and self._newest_s <= time_s):
            raise ValueError(
                f"Frames must come in order of time, got {time_s} after {self._newest_s} seconds."
            )
        self._newest_s = time_s
        plan = self._schedule.plan(self.pipeline.track_ids, time_s=time_s)
        found = self.pipeline.find(frame_bgr, plan)
        with _timed(found.stage_ms, "track"):
            face_ids = self._identify(found, time_s)
            chosen = self._schedule.choose_to_classify(
                self._memory.classified_s(face_ids), found.is_classifiable, time_s=time_s
            )
        expressions = self.pipeline.classify(found, chosen)
        with _timed(found.stage_ms, "track"):
            classified = np.flatnonzero(chosen)
            readings = self._memory.update(
                face_ids,
                reasons={
                    face_ids[i]: why for i, why in zip(found.checked, found.reasons, strict=True)
                },
                probs={face_ids[i]: e.probs for i, e in zip(classified, expressions, strict=True)},
                min_confidences=self._min_confidences,
                time_s=time_s,
            )
            faces = tuple(self._face(found, *numbered) for numbered in enumerate(readings))
        height, width = found.frame_size
        return FrameResult(width, height, faces, found.stage_ms)

    def warm_up(self) -> None:
        """Run every network once, so that no viewer waits for the first time.

        Raises:
            ModelError: The weights of the occlusion network are missing or were changed.
        """
        self.pipeline.warm_up()

    def begin_baseline(self, face_id: int) -> None:
        """Take the neutral baseline of a face during the next five seconds.

        Raises:
            ValueError: No such face is in view.
        """
        self._memory.begin_baseline(face_id)

    def drop_baseline(self, face_id: int) -> None:
        """Drop the baseline of a face, or stop taking it.

        Raises:
            ValueError: No such face is in view.
        """
        self._memory.drop_baseline(face_id)

    def _identify(self, found: FoundFaces, time_s: float) -> tuple[int, ...]:
        """Return the number of each face."""
        height, _ = found.frame_size  # the unit: a camera may change its resolution in between
        return self._memory.identify(
            found.detections.xyxy / height,
            track_ids=found.detections.track_ids,
            is_seen=found.detections.statuses != FaceStatus.CARRIED,
            time_s=time_s,
        )

    def _face(self, found: FoundFaces, index: int, reading: SmoothedReading) -> Face:
        """Return a face with its smoothed expression, or with the reasons why it has none."""
        expression, caption = None, reading.caption
        if not reading.reasons and reading.probs is not None and caption is not None:
            shown = None if caption.label_id is None else self._labels[caption.label_id]
            needed = float(self._min_confidences[reading.probs.argmax()])
            expression = Expression(self._labels, reading.probs, needed, shown)
        return Face(
            *_place(found.detections, index),
            expression,
            reading.reasons,
            face_id=reading.face_id,
            is_corrected=reading.is_corrected,
            baseline_left_s=reading.baseline_left_s,
        )


def _left_to_right(found: Detections) -> Detections:
    left = found.xyxy[:, 0]
    if (left[1:] >= left[:-1]).all():  # the usual case
        return found
    return found.take(np.argsort(left, kind="stable"))


def _to_check(found: Detections, plan: FramePlan | None) -> np.ndarray:
    """Return the indices of the faces to crop and check: the new ones, the known ones by plan."""
    is_checked = found.statuses == FaceStatus.NEW
    if plan is None or plan.is_classified:
        is_checked |= found.statuses == FaceStatus.TRACKED
    return np.flatnonzero(is_checked)


def _place(found: Detections, index: int) -> tuple[Box, float, float]:
    """Return box, detection score and roll of one face."""
    box = Box(*map(float, found.xyxy[index]))
    return box, float(found.scores[index]), float(found.roll_deg[index])


@contextmanager
def _timed(stage_ms: dict[str, float], stage: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    stage_ms[stage] = stage_ms.get(stage, 0.0) + (time.perf_counter() - start) * 1000


@overload
def load_pipeline(
    *,
    detector: DetectorName = DEFAULT_DETECTOR,
    model: str | ExpressionRecognizer = DEFAULT_ID,
    mode: Literal["photo"] = "photo",
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
) -> FacePipeline | VideoPipeline:
    """Return a pipeline with its detector and its model loaded.

    Args:
        detector: Name of the face detector.
        model: ID of the model; `cue models` lists them. A recognizer that is already loaded is
            shared: pipelines in several threads may use one.
        mode: "photo" gives a `FacePipeline`, which takes single photos and searches them
            thoroughly. "video" gives a `VideoPipeline`, which takes the frames of one video in
            order, follows each face, and smooths its readings.

    Raises:
        ValueError: There is no detector or mode of that name.
        TypeError: The model is neither an ID nor a recognizer.
        ModelNotFoundError: There is no such model.
        ModelError: The weights of the model or the detector are missing or were changed.

    >>> load_pipeline(detector="haar").analyze(np.zeros((480, 640, 3), np.uint8))
    FrameResult(640x480, no faces)
    """
    loaded = load_recognizer(model, models=find_models()) if isinstance(model, str) else model
    if not hasattr(loaded, "recognize"):
        raise TypeError(f"Expected the ID of a model or a recognizer, got {type(model).__name__}.")
    pipeline = FacePipeline(create_detector(detector, mode=mode), loaded, load_occlusion_network())
    return VideoPipeline(pipeline) if mode == "video" else pipeline
