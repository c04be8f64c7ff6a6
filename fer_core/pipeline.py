"""The one step: a frame goes in, a `FrameResult` comes out.

find faces -> upright crops -> those fit to be read, classified in one batch -> FrameResult
In a video, each face is then followed, and its reading smoothed and held: `VideoPipeline`.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from fer_core.expression.recognizer import ExpressionRecognizer
from fer_core.faces.crop import upright_crops
from fer_core.faces.detect import Detections, FaceDetector, check_frame_bgr
from fer_core.faces.quality import QualityConfig, unread_reasons
from fer_core.geometry import as_xyxy
from fer_core.image import to_gray
from fer_core.results import Box, Expression, Face, FrameResult
from fer_core.tracking.memory import FaceMemory, MemoryConfig, SteadyReading


class FacePipeline:
    """Finds faces and reads their expressions; remembers of earlier frames what its detector does.

    Threads may share it as far as they may share its detector.
    """

    def __init__(
        self,
        detector: FaceDetector,
        recognizer: ExpressionRecognizer,
        quality: QualityConfig | None = None,
    ) -> None:
        """Introduce a detector and a recogniser; `quality` says what is fit to be read."""
        self.detector = detector
        self.recognizer = recognizer
        self._quality = quality or QualityConfig()

    def analyze(self, frame_bgr: np.ndarray) -> FrameResult:
        """Return the faces of a frame, left to right, each with its expression; none is no error.

        A face that is not fit to be read has no expression, but the reasons why.

        Args:
            frame_bgr: uint8 `(height, width, 3)`. It is neither changed nor kept.

        Raises:
            ValueError: The frame has another shape or dtype.
        """
        check_frame_bgr(frame_bgr)
        stage_ms: dict[str, float] = {}
        with _timed(stage_ms, "detect"):
            found = self.detector.detect(frame_bgr)
            found = found.take(np.argsort(found.xyxy[:, 0], kind="stable"))
        with _timed(stage_ms, "crop"):
            size = self.recognizer.card.input_size
            crops = upright_crops(to_gray(frame_bgr), found, size=size)
            reasons = unread_reasons(found, crops, self._quality)
        with _timed(stage_ms, "classify"):
            is_fit = np.array([not why for why in reasons], dtype=bool)
            read = iter(self.recognizer.recognize(crops[is_fit]))
            expressions = [next(read) if fit else None for fit in is_fit]
        height, width = frame_bgr.shape[:2]
        return FrameResult(width, height, _faces(found, expressions, reasons), stage_ms)

    def warm_up(self) -> None:
        """Run once on a grey frame and a grey crop, so that no viewer waits for the first time."""
        self.analyze(np.full((480, 640, 3), 128, dtype=np.uint8))
        size = self.recognizer.card.input_size
        self.recognizer.recognize(np.full((1, size, size), 128, dtype=np.uint8))


class VideoPipeline:
    """Reads the frames of one video, one after the other; belongs to one session and one thread."""

    def __init__(self, pipeline: FacePipeline, config: MemoryConfig | None = None) -> None:
        """Start with no face known; `pipeline` does the reading of each frame."""
        self._pipeline = pipeline
        card = pipeline.recognizer.card
        neutral_id = card.heads[card.reading_head].index("neutral")
        self._memory = FaceMemory(config, neutral_id=neutral_id)

    def analyze(self, frame_bgr: np.ndarray, *, time_s: float) -> FrameResult:
        """Return the faces of the next frame, each with its number and a calm reading.

        Args:
            frame_bgr: uint8 `(height, width, 3)`. It is neither changed nor kept.
            time_s: When it was taken, seconds of a clock that does not run backwards.

        Raises:
            ValueError: The frame has another shape or dtype, or is older than the last.
        """
        result = self._pipeline.analyze(frame_bgr)
        stage_ms = dict(result.stage_ms)
        with _timed(stage_ms, "track"):
            # in frame heights: a camera may change its picture's size in mid-stream
            boxes = as_xyxy([face.box.as_tuple() for face in result.faces]) / result.height
            readings = [
                None if (e := face.expression) is None else e.probs for face in result.faces
            ]
            steady = self._memory.update(
                boxes,
                readings,
                min_confidence=self._pipeline.recognizer.card.min_confidence,
                time_s=time_s,
            )
            faces = tuple(map(_calmed, result.faces, steady))
        return replace(result, faces=faces, stage_ms=stage_ms)

    def begin_baseline(self, face_id: int) -> None:
        """Take a face's neutral baseline from its next five seconds of readings.

        Raises:
            ValueError: No such face is in view.
        """
        self._memory.begin_baseline(face_id)

    def drop_baseline(self, face_id: int) -> None:
        """Read a face without correction again, and stop taking a baseline of it.

        Raises:
            ValueError: No such face is in view.
        """
        self._memory.drop_baseline(face_id)


def _calmed(face: Face, steady: SteadyReading) -> Face:
    """Return a face with its number and, where this frame was read, its smoothed reading."""
    read = face.expression
    face = replace(
        face,
        face_id=steady.face_id,
        is_corrected=steady.is_corrected,
        rest_left_s=steady.rest_left_s,
    )
    if read is None or steady.probs is None or steady.caption is None:
        return face
    label_id = steady.caption.label_id
    said = None if label_id is None else read.labels[label_id]
    calm = Expression(read.labels, steady.probs, read.min_confidence, said)
    return replace(face, expression=calm)


def _faces(
    found: Detections,
    expressions: Sequence[Expression | None],
    reasons: Sequence[tuple[str, ...]],
) -> tuple[Face, ...]:
    rows = zip(found.xyxy, found.scores, found.roll_deg, expressions, reasons, strict=True)
    return tuple(
        Face(Box(*map(float, xyxy)), float(score), float(roll_deg), expression, why)
        for xyxy, score, roll_deg, expression, why in rows
    )


@contextmanager
def _timed(stage_ms: dict[str, float], stage: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    stage_ms[stage] = (time.perf_counter() - start) * 1000
