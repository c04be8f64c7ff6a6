"""The one step: a frame goes in, a `FrameResult` comes out.

find faces -> upright crops -> those fit to be read, classified in one batch -> FrameResult
In a video, each face is followed, and its reading smoothed and held: `VideoPipeline`.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Literal, overload

import numpy as np

from fer_core.expression.model_folder import DEFAULT_ID, find_models
from fer_core.expression.recognizer import ExpressionRecognizer, load_recognizer
from fer_core.faces.crop import upright_crops
from fer_core.faces.detect import Detections, FaceDetector, check_frame_bgr
from fer_core.faces.occlusion import shared_occlusion_network
from fer_core.faces.quality import QualityConfig, unread_reasons
from fer_core.faces.registry import DEFAULT_DETECTOR, DetectorName, Mode, create_detector
from fer_core.frames import to_gray
from fer_core.results import Box, Expression, Face, FrameResult
from fer_core.tracking.memory import FaceMemory, MemoryConfig, SmoothedReading

N_RENEWED: Final = 2
MAX_TURNS: Final = 5
"""Known faces of a video that are read again in one frame, in turn: two, or of many a fifth. Six at
15 frames a second, of which the detector leaves 10 for reading, are each read 3 times a second,
against half a second of smoothing. Of up to 18, each is read within 9 frames: at 10 a second,
before its reading is dropped as stale."""


@dataclass(frozen=True, slots=True, eq=False)
class FoundFaces:
    """A frame's faces, left to right, found and cut out but not yet read.

    Attributes:
        frame_size: Height and width in pixels.
        found: Where the `n` faces are.
        crops: Upright grey crops of the fresh ones, in order, uint8 `(n_fresh, size, size)`.
        reasons: Why each is not fit to be read; an empty tuple if it is, None where it is not
            fresh.
        stage_ms: Milliseconds by stage, so far; 0 where there was nothing to do.
    """

    frame_size: tuple[int, int]
    found: Detections
    crops: np.ndarray
    reasons: tuple[tuple[str, ...] | None, ...]
    stage_ms: dict[str, float]

    @property
    def is_fit(self) -> np.ndarray:
        """Whether each face can be read in this frame, `(n,)` bool."""
        return np.array([why == () for why in self.reasons], dtype=bool)


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
        seen = self.look(frame_bgr)
        read = iter(self.read(seen, seen.is_fit))
        faces = tuple(
            Face(*_place(seen.found, index), next(read) if fit else None, seen.reasons[index] or ())
            for index, fit in enumerate(seen.is_fit)
        )
        height, width = seen.frame_size
        return FrameResult(width, height, faces, seen.stage_ms)

    def look(self, frame_bgr: np.ndarray) -> FoundFaces:
        """Find the faces of a frame, and cut out and judge the fresh ones.

        Raises:
            ValueError: The frame has another shape or dtype.
        """
        check_frame_bgr(frame_bgr)
        stage_ms = dict.fromkeys(("detect", "crop", "classify"), 0.0)
        with _timed(stage_ms, "detect"):
            found = self.detector.detect(frame_bgr)
            found = _left_to_right(found)
        with _timed(stage_ms, "crop"):
            size = self.recognizer.card.input_size
            all_fresh = found.is_fresh.all()  # as mostly: a copy would cost 0.1 ms
            fresh = found if all_fresh else found.take(np.flatnonzero(found.is_fresh))
            gray = to_gray(frame_bgr) if len(fresh) else frame_bgr
            crops = upright_crops(gray, fresh, size=size)
            judged = iter(unread_reasons(fresh, crops, self._quality))
            reasons = tuple(next(judged) if is_fresh else None for is_fresh in found.is_fresh)
        height, width = frame_bgr.shape[:2]
        return FoundFaces((height, width), found, crops, reasons, stage_ms)

    def read(self, seen: FoundFaces, chosen: np.ndarray) -> tuple[Expression, ...]:
        """Return the expressions of the chosen faces, `(n,)` bool, all fresh, in one batch."""
        if not chosen.any():
            return ()
        with _timed(seen.stage_ms, "classify"):
            return self.recognizer.recognize(seen.crops[chosen[seen.found.is_fresh]])

    def warm_up(self) -> None:
        """Run once on a grey frame and a grey crop, so that no viewer waits for the first time.

        Raises:
            ModelError: The network that tells covered faces is missing or damaged.
        """
        self.analyze(np.full((480, 640, 3), 128, dtype=np.uint8))
        size = self.recognizer.card.input_size
        crop = np.full((1, size, size), 128, dtype=np.uint8)
        shared_occlusion_network().is_occluded(crop)
        self.recognizer.recognize(crop)


class VideoPipeline:
    """Reads the frames of one video, one after the other; belongs to one session and one thread."""

    def __init__(self, pipeline: FacePipeline, config: MemoryConfig | None = None) -> None:
        """Start with no face known; `pipeline` does the reading of each frame."""
        self.pipeline = pipeline
        self._card = pipeline.recognizer.card
        self._labels = self._card.heads[self._card.reading_head]
        self._memory = FaceMemory(config, neutral_id=self._labels.index("neutral"))

    def analyze(self, frame_bgr: np.ndarray, *, time_s: float) -> FrameResult:
        """Return the faces of the next frame, each with its number and a calm reading.

        Args:
            frame_bgr: uint8 `(height, width, 3)`. It is neither changed nor kept.
            time_s: When it was taken, seconds of a clock that does not run backwards.

        Raises:
            ValueError: The frame has another shape or dtype, or is older than the last.
        """
        seen = self.pipeline.look(frame_bgr)
        height, width = seen.frame_size
        with _timed(seen.stage_ms, "track"):
            # in frame heights: a camera may change its picture's size in mid-stream
            face_ids = self._memory.follow(seen.found.xyxy / height, time_s=time_s)
            limit = max(N_RENEWED, -(-len(face_ids) // MAX_TURNS))
            is_due = self._memory.due(face_ids, seen.is_fit, limit=limit)
        read = iter(self.pipeline.read(seen, is_due))
        with _timed(seen.stage_ms, "track"):
            steady = self._memory.update(
                face_ids,
                [next(read).probs if due else None for due in is_due],
                seen.reasons,
                min_confidence=self._card.min_confidence,
                time_s=time_s,
            )
            faces = tuple(self._calmed(seen, *numbered) for numbered in enumerate(steady))
        return FrameResult(width, height, faces, seen.stage_ms)

    def warm_up(self) -> None:
        """Run every network once, so that no viewer waits for the first time.

        Raises:
            ModelError: The weights of the occlusion network are missing or were changed.
        """
        self.pipeline.warm_up()

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

    def _calmed(self, seen: FoundFaces, index: int, steady: SmoothedReading) -> Face:
        """Return a face with its number and, unless it is shown unread, its smoothed reading."""
        reading, caption = None, steady.caption
        if not steady.reasons and steady.probs is not None and caption is not None:
            said = None if caption.label_id is None else self._labels[caption.label_id]
            reading = Expression(self._labels, steady.probs, self._card.min_confidence, said)
        return Face(
            *_place(seen.found, index),
            reading,
            steady.reasons,
            face_id=steady.face_id,
            is_corrected=steady.is_corrected,
            baseline_left_s=steady.baseline_left_s,
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
        ModelNotFoundError: There is no such model.
        ModelError: The weights of the model or the detector are missing or were changed.

    >>> load_pipeline(detector="haar").analyze(np.zeros((480, 640, 3), np.uint8))
    FrameResult(640x480, no faces)
    """
    loaded = load_recognizer(model, models=find_models()) if isinstance(model, str) else model
    pipeline = FacePipeline(create_detector(detector, mode=mode), loaded)
    return VideoPipeline(pipeline) if mode == "video" else pipeline
