"""Robustness: the scores of a network on corrupted faces, one curve per corruption."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from fer_core.data.dataset import FaceDataset, stratified_order
from fer_core.evaluate.corruptions import CORRUPTIONS
from fer_core.labels import FER2013_LABELS
from fer_core.metrics.intervals import check_shares
from fer_core.metrics.scores import score
from fer_core.progress import OnProgress, ignore

MAX_FACES: Final = 1_800
"""Faces of a larger split that are classified, each label in its proportion.

At 2 ms per face they take two minutes.
"""
_SEED: Final = 0

Classify = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, slots=True)
class RobustnessPoint:
    """Scores on faces that were corrupted to one level."""

    level: float
    accuracy: float
    macro_f1: float

    def __post_init__(self) -> None:
        check_shares("robustness", [self.accuracy, self.macro_f1])
        if not math.isfinite(self.level):
            raise ValueError(f"expected finite levels, got {self.level}")


@dataclass(frozen=True, slots=True)
class RobustnessCurve:
    """Scores at rising levels of one corruption; `unit` is that of the levels."""

    unit: str
    faces: int
    points: tuple[RobustnessPoint, ...]

    def __post_init__(self) -> None:
        if not self.points or self.faces < 1:
            raise ValueError("expected at least one face and one point per curve")


def robustness(
    classify: Classify, faces: FaceDataset, *, on_progress: OnProgress = ignore
) -> dict[str, RobustnessCurve]:
    """Return the curve of each of `CORRUPTIONS`; its first point is the faces as they are.

    The network gets the corrupted crop itself: nothing turns it upright or lights it first.

    Args:
        classify: From crops `(n, 48, 48)` uint8 to the label head's probabilities `(n, 7)`.
        faces: At least one face.
        on_progress: Called with the share of the work that is done, in `[0, 1]`.
    """
    chosen = sample(faces)
    n_curves = len(CORRUPTIONS)
    clean_scores = _scores(classify, chosen, chosen.pixels)
    curves = {}
    for done, (name, corruption) in enumerate(CORRUPTIONS.items()):
        rng = np.random.default_rng([_SEED, done])
        points = [RobustnessPoint(float(corruption.levels[0]), *clean_scores)]
        for level in corruption.levels[1:]:
            corrupted = corruption.apply(chosen.pixels, level, rng)
            points.append(RobustnessPoint(float(level), *_scores(classify, chosen, corrupted)))
            on_progress((done + len(points) / len(corruption.levels)) / n_curves)
        curves[name] = RobustnessCurve(corruption.unit, len(chosen), tuple(points))
    return curves


def sample(faces: FaceDataset) -> FaceDataset:
    """Return all faces, or of more than `MAX_FACES` a part with each label in its proportion."""
    if len(faces) <= MAX_FACES:
        return faces
    kept = np.linspace(0, len(faces) - 1, MAX_FACES).round().astype(int)
    return faces.select(np.sort(stratified_order(faces.label_ids)[kept]))


def _scores(classify: Classify, faces: FaceDataset, crops: np.ndarray) -> tuple[float, float]:
    scores = score(faces.label_ids, classify(crops), labels=FER2013_LABELS)
    return scores.accuracy, scores.macro_f1
