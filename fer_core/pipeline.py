"""The one step: a frame goes in, a `FrameResult` comes out.

frame -> find faces -> upright square crops -> classify, all faces in one batch -> FrameResult
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from fer_core.expression.recognizer import ExpressionRecognizer
from fer_core.faces.detect import Detections, FaceDetector, check_frame_bgr
from fer_core.faces.views import Region, cut_region
from fer_core.image import to_gray
from fer_core.results import Box, Expression, Face, FrameResult


class FacePipeline:
    """Finds faces and reads their expressions; remembers of earlier frames what its detector does.

    Threads may share it as far as they may share its detector.
    """

    def __init__(self, detector: FaceDetector, recognizer: ExpressionRecognizer) -> None:
        """Introduce a detector and a recogniser to each other."""
        self.detector = detector
        self.recognizer = recognizer

    def analyze(self, frame_bgr: np.ndarray) -> FrameResult:
        """Return the faces of a frame, left to right, each with its expression; none is no error.

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
            crops = _upright_crops(to_gray(frame_bgr), found, size=size)
        with _timed(stage_ms, "classify"):
            expressions = self.recognizer.recognize(crops)
        height, width = frame_bgr.shape[:2]
        return FrameResult(width, height, _faces(found, expressions), stage_ms)

    def warm_up(self) -> None:
        """Run once on a grey frame and a grey crop, so that no viewer waits for the first time."""
        self.analyze(np.full((480, 640, 3), 128, dtype=np.uint8))
        size = self.recognizer.card.input_size
        self.recognizer.recognize(np.full((1, size, size), 128, dtype=np.uint8))


def _upright_crops(gray: np.ndarray, found: Detections, *, size: int) -> np.ndarray:
    """Return one crop a face: `(n, size, size)` uint8."""
    crops = np.zeros((len(found), size, size), dtype=np.uint8)
    for index, (square, roll_deg) in enumerate(zip(found.squares, found.roll_deg, strict=True)):
        crops[index] = cut_region(gray, Region(*map(float, (*square, roll_deg))), size=size)
    return crops


def _faces(found: Detections, expressions: tuple[Expression, ...]) -> tuple[Face, ...]:
    return tuple(
        Face(Box(*map(float, xyxy)), float(score), float(roll_deg), expression)
        for xyxy, score, roll_deg, expression in zip(
            found.xyxy, found.scores, found.roll_deg, expressions, strict=True
        )
    )


@contextmanager
def _timed(stage_ms: dict[str, float], stage: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    stage_ms[stage] = (time.perf_counter() - start) * 1000
