"""Speed: milliseconds per face, and of each stage of the live step."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Final

import cv2
import numpy as np

from fer_core.drawing import annotate_in_place
from fer_core.pipeline import FacePipeline, VideoPipeline

_N_WARM_UP: Final = 5
_N_TIMED: Final = 150
_FPS: Final = 30  # the schedule counts in seconds, so the frames get the times of a camera
_OF_CLASSIFYING: Final = ("crop", "classify")


@dataclass(frozen=True, slots=True)
class StageTime:
    """Median and 95th percentile of the milliseconds of one stage."""

    p50_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Cost of one step of the live video on one core."""

    model: str
    detector: str
    width: int
    height: int
    n_faces_drawn: int
    n_faces_found: int
    stages: dict[str, StageTime]
    """Time of each stage. "step" is all from detection to tracking. "reading step" is the same for
    frames in which faces were classified; "crop" and "classify" are of such frames too."""

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)


def ms_per_face(
    classify: Callable[[np.ndarray], object], crops: np.ndarray, *, batch: int = 1
) -> float:
    """Return the median milliseconds to classify one crop.

    Args:
        classify: Takes crops `(n, size, size)` and does all the work.
        crops: uint8 grey, at least one.
        batch: Crops that are classified at once; the milliseconds are divided by their number.
    """
    batches = [crops[start : start + batch] for start in range(0, len(crops), batch)]
    classify(batches[0])  # the first call is slower
    elapsed_ms = []
    for each in batches:
        start = time.perf_counter()
        classify(each)
        elapsed_ms.append((time.perf_counter() - start) * 1000 / len(each))
    return round(float(np.median(elapsed_ms)), 3)


def run_benchmark(
    pipeline: FacePipeline, face_bgr: np.ndarray, *, width: int, height: int, n_faces: int
) -> Benchmark:
    """Return the times of `_N_TIMED` steps on one core, with OpenCV held to one thread.

    Args:
        pipeline: The detector and the model.
        face_bgr: Square image of one face, uint8 `(side, side, 3)`.
        width: Width of the frame in pixels.
        height: Height of the frame in pixels.
        n_faces: Faces that are set side by side into the frame, at least 0.
    """
    frame_bgr = frame_with_faces(face_bgr, width=width, height=height, n_faces=n_faces)
    video = VideoPipeline(pipeline)
    steps: list[dict[str, float]] = []
    threads_before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        for step in range(_N_WARM_UP + _N_TIMED):
            stage_ms, n_found = _one_step(video, frame_bgr, time_s=step / _FPS)
            if step >= _N_WARM_UP:
                steps.append(stage_ms)
    finally:
        cv2.setNumThreads(threads_before)
    classifying = [stage_ms for stage_ms in steps if stage_ms["classify"] > 0] or steps
    stages = {
        stage: _stage_time(classifying if stage in _OF_CLASSIFYING else steps, stage)
        for stage in steps[0]
    }
    stages["reading step"] = _stage_time(classifying, "step")
    model_id = pipeline.recognizer.card.model_id
    return Benchmark(model_id, pipeline.detector.name, width, height, n_faces, n_found, stages)


def frame_with_faces(face_bgr: np.ndarray, *, width: int, height: int, n_faces: int) -> np.ndarray:
    """Return a mid-grey frame `(height, width, 3)` with `n_faces` copies of a face in a grid.

    Raises:
        ValueError: A side is under 48 pixels, or `n_faces` is negative.
    """
    if min(width, height) < 48 or n_faces < 0:
        raise ValueError(f"Out of range: {width=}, {height=} (min 48), {n_faces=} (min 0).")
    frame_bgr = np.full((height, width, 3), 128, dtype=np.uint8)
    if not n_faces:
        return frame_bgr
    n_columns = int(np.ceil(np.sqrt(n_faces * width / height)))
    n_rows = -(-n_faces // n_columns)
    side = min(width // n_columns, height // n_rows, max(48, int(0.6 * height)))
    face = cv2.resize(face_bgr, (side, side), interpolation=cv2.INTER_AREA)
    for index in range(n_faces):
        row, column = divmod(index, n_columns)
        top = row * (height // n_rows) + (height // n_rows - side) // 2
        left = column * (width // n_columns) + (width // n_columns - side) // 2
        frame_bgr[top : top + side, left : left + side] = face
    return frame_bgr


def _stage_time(steps: list[dict[str, float]], stage: str) -> StageTime:
    times_ms = [stage_ms[stage] for stage_ms in steps]
    return StageTime(*(round(float(np.percentile(times_ms, q)), 3) for q in (50, 95)))


def _one_step(
    video: VideoPipeline, frame_bgr: np.ndarray, *, time_s: float
) -> tuple[dict[str, float], int]:
    start = time.perf_counter()
    result = video.analyze(frame_bgr, time_s=time_s)
    step_ms = (time.perf_counter() - start) * 1000
    drawn_bgr = frame_bgr.copy()
    start = time.perf_counter()
    annotate_in_place(drawn_bgr, result)
    draw_ms = (time.perf_counter() - start) * 1000
    return {**result.stage_ms, "step": step_ms, "draw": draw_ms}, len(result.faces)
