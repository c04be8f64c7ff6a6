"""The faces of a frame between detection and classification."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from fer_core.faces.detections import Detections
from fer_core.results import Box


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


def place(found: Detections, index: int) -> tuple[Box, float, float]:
    """Return box, detection score and roll of one face."""
    box = Box(*map(float, found.xyxy[index]))
    return box, float(found.scores[index]), float(found.roll_deg[index])


@contextmanager
def timed(stage_ms: dict[str, float], stage: str) -> Iterator[None]:
    """Add the milliseconds of a block to those of its stage."""
    start = time.perf_counter()
    yield
    stage_ms[stage] = stage_ms.get(stage, 0.0) + (time.perf_counter() - start) * 1000
