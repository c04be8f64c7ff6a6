"""The one step: a frame goes in, a `FrameResult` comes out.

detect faces -> upright crops -> classify the faces that can be classified, in one batch
`VideoPipeline` also tracks each face through a video, and smooths and holds what is shown.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import numpy as np

from fer_core.expression.recognizer import ExpressionRecognizer
from fer_core.faces.crop import upright_crops
from fer_core.faces.detect import Detections, FaceDetector, check_frame_bgr
from fer_core.faces.occlusion import OcclusionNetwork
from fer_core.faces.quality import QualityConfig, unread_reasons
from fer_core.frames import to_gray
from fer_core.results import Box, Expression, Face, FrameResult
from fer_core.tracking.memory import FaceMemory, MemoryConfig, SmoothedReading

N_RENEWED: Final = 2
MAX_TURNS: Final = 5
"""Known faces that are classified again in one frame, in turn: two, or a fifth of them if that is
more. Six faces at 15 frames per second, of which the detector leaves 10 for classification, are
each classified 3 times per second; the smoothing has a time constant of half a second. Each of up
to 18 faces is classified within 9 frames: at 10 frames per second, before it counts as stale."""


@dataclass(frozen=True, slots=True, eq=False)
class FoundFaces:
    """The faces of a frame, left to right, before classification.

    Attributes:
        frame_size: Height and width in pixels.
        detections: Where the `n` faces are.
        crops: Upright grey crops of the fresh ones, in order, uint8 `(n_fresh, size, size)`.
        reasons: Why each cannot be classified; an empty tuple if it can, None if it is not fresh.
        stage_ms: Milliseconds per stage so far; 0 where there was nothing to do.
    """

    frame_size: tuple[int, int]
    detections: Detections
    crops: np.ndarray
    reasons: tuple[tuple[str, ...] | None, ...]
    stage_ms: dict[str, float]

    @property
    def is_classifiable(self) -> np.ndarray:
        """Whether each face can be classified in this frame, `(n,)` bool."""
        return np.array([reasons == () for reasons in self.reasons], dtype=bool)


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
        self._occlusion = occlusion
        self._quality = quality or QualityConfig()

    def analyze(self, frame_bgr: np.ndarray) -> FrameResult:
        """Return the faces of a frame, left to right, each with its expression.

        A face that cannot be classified has no expression, but the reasons why.

        Args:
            frame_bgr: uint8 `(height, width, 3)`. It is neither changed nor kept.

        Raises:
            ValueError: The frame has another shape or dtype.
        """
        found = self.find(frame_bgr)
        expressions = iter(self.classify(found, found.is_classifiable))
        faces = tuple(
            Face(
                *_place(found.detections, index),
                next(expressions) if is_classifiable else None,
                found.reasons[index] or (),
            )
            for index, is_classifiable in enumerate(found.is_classifiable)
        )
        height, width = found.frame_size
        return FrameResult(width, height, faces, found.stage_ms)

    def find(self, frame_bgr: np.ndarray) -> FoundFaces:
        """Find the faces of a frame; crop the fresh ones and check their quality.

        Raises:
            ValueError: The frame has another shape or dtype.
        """
        check_frame_bgr(frame_bgr)
        stage_ms = dict.fromkeys(("detect", "crop", "classify"), 0.0)
        with _timed(stage_ms, "detect"):
            found = _left_to_right(self.detector.detect(frame_bgr))
        with _timed(stage_ms, "crop"):
            size = self.recognizer.card.input_size
            all_fresh = found.is_fresh.all()  # the usual case; a copy would cost 0.1 ms
            fresh = found if all_fresh else found.take(np.flatnonzero(found.is_fresh))
            gray = to_gray(frame_bgr) if len(fresh) else frame_bgr
            crops = upright_crops(gray, fresh, size=size)
            is_occluded = self._occlusion.is_occluded(crops)
            checked = iter(unread_reasons(fresh, crops, is_occluded, self._quality))
            reasons = tuple(next(checked) if is_fresh else None for is_fresh in found.is_fresh)
        height, width = frame_bgr.shape[:2]
        return FoundFaces((height, width), found, crops, reasons, stage_ms)

    def classify(self, found: FoundFaces, chosen: np.ndarray) -> tuple[Expression, ...]:
        """Return the expressions of the chosen faces, in order, from one batch.

        Args:
            found: The faces of a frame.
            chosen: `(n,)` bool; only fresh faces can be chosen.
        """
        if not chosen.any():
            return ()
        with _timed(found.stage_ms, "classify"):
            return self.recognizer.recognize(found.crops[chosen[found.detections.is_fresh]])

    def warm_up(self) -> None:
        """Run every network once, so that the first frame of a viewer is not slow."""
        self.analyze(np.full((480, 640, 3), 128, dtype=np.uint8))
        size = self.recognizer.card.input_size
        crop = np.full((1, size, size), 128, dtype=np.uint8)
        self._occlusion.is_occluded(crop)
        self.recognizer.recognize(crop)


class VideoPipeline:
    """Analyzes the frames of one video in order. It belongs to one session and one thread."""

    def __init__(self, pipeline: FacePipeline, config: MemoryConfig | None = None) -> None:
        """Start with no known face; `pipeline` finds and classifies the faces of each frame."""
        self._pipeline = pipeline
        self._card = pipeline.recognizer.card
        self._labels = self._card.heads[self._card.reading_head]
        self._memory = FaceMemory(config, neutral_id=self._labels.index("neutral"))

    def analyze(self, frame_bgr: np.ndarray, *, time_s: float) -> FrameResult:
        """Return the faces of the next frame, each with its number and its smoothed expression.

        Args:
            frame_bgr: uint8 `(height, width, 3)`. It is neither changed nor kept.
            time_s: When it was taken, seconds of a clock that does not run backwards.

        Raises:
            ValueError: The frame has another shape or dtype, or is older than the last.
        """
        found = self._pipeline.find(frame_bgr)
        height, width = found.frame_size
        with _timed(found.stage_ms, "track"):
            # in frame heights: a camera may change its resolution during the stream
            face_ids = self._memory.follow(found.detections.xyxy / height, time_s=time_s)
            limit = max(N_RENEWED, -(-len(face_ids) // MAX_TURNS))
            chosen = self._memory.choose_to_classify(face_ids, found.is_classifiable, limit=limit)
        expressions = iter(self._pipeline.classify(found, chosen))
        with _timed(found.stage_ms, "track"):
            smoothed = self._memory.update(
                face_ids,
                [next(expressions).probs if is_chosen else None for is_chosen in chosen],
                found.reasons,
                min_confidence=self._card.min_confidence,
                time_s=time_s,
            )
            faces = tuple(self._face(found, *numbered) for numbered in enumerate(smoothed))
        return FrameResult(width, height, faces, found.stage_ms)

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

    def _face(self, found: FoundFaces, index: int, smoothed: SmoothedReading) -> Face:
        """Return a face with its smoothed expression, or with the reasons why it has none."""
        expression, caption = None, smoothed.caption
        if not smoothed.reasons and smoothed.probs is not None and caption is not None:
            shown = None if caption.label_id is None else self._labels[caption.label_id]
            expression = Expression(self._labels, smoothed.probs, self._card.min_confidence, shown)
        return Face(
            *_place(found.detections, index),
            expression,
            smoothed.reasons,
            face_id=smoothed.face_id,
            is_corrected=smoothed.is_corrected,
            baseline_left_s=smoothed.baseline_left_s,
        )


def _left_to_right(found: Detections) -> Detections:
    order = np.argsort(found.xyxy[:, 0], kind="stable")
    return found.take(order) if len(found) > 1 else found


def _place(found: Detections, index: int) -> tuple[Box, float, float]:
    """Return box, detection score and roll of one face."""
    box = Box(*map(float, found.xyxy[index]))
    return box, float(found.scores[index]), float(found.roll_deg[index])


@contextmanager
def _timed(stage_ms: dict[str, float], stage: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    stage_ms[stage] = stage_ms.get(stage, 0.0) + (time.perf_counter() - start) * 1000
