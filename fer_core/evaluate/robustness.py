"""What a network still reads as faces get worse: one curve for each way of spoiling them."""

from collections.abc import Callable
from typing import Final

import numpy as np

from fer_core.data.dataset import FaceDataset
from fer_core.evaluate.corruptions import CORRUPTIONS
from fer_core.labels import FER2013_LABELS
from fer_core.metrics.evidence import RobustnessCurve, RobustnessPoint
from fer_core.metrics.scores import score

MAX_FACES: Final = 1_800
"""Of a larger split so many, each label in its proportion: two minutes at 2 ms a face."""
_SEED: Final = 0

Read = Callable[[np.ndarray], np.ndarray]


def robustness(
    read: Read, faces: FaceDataset, *, on_progress: Callable[[float], None] = lambda _: None
) -> dict[str, RobustnessCurve]:
    """Return the curve of each of `CORRUPTIONS`; its first point is the faces as they are.

    The network gets the spoilt crop itself: nothing turns it upright or lights it first.

    Args:
        read: From crops `(n, 48, 48)` uint8 to the label head's probabilities `(n, 7)`.
        faces: At least one face.
        on_progress: Told the share of the work that is done, in `[0, 1]`.
    """
    chosen = sample(faces)
    n_curves = len(CORRUPTIONS)
    untouched = _point(read, chosen, chosen.pixels)
    curves = {}
    for done, (kind, way) in enumerate(CORRUPTIONS.items()):
        rng = np.random.default_rng([_SEED, done])
        points = [RobustnessPoint(float(way.levels[0]), *untouched)]
        for level in way.levels[1:]:
            spoilt = way.spoil(chosen.pixels, level, rng)
            points.append(RobustnessPoint(float(level), *_point(read, chosen, spoilt)))
            on_progress((done + len(points) / len(way.levels)) / n_curves)
        curves[kind] = RobustnessCurve(way.unit, len(chosen), tuple(points))
    return curves


def sample(faces: FaceDataset) -> FaceDataset:
    """Return all faces, or of more than `MAX_FACES` a part with each label in its proportion."""
    if len(faces) <= MAX_FACES:
        return faces
    rng = np.random.default_rng(_SEED)
    shuffled = rng.permutation(len(faces))
    by_label = shuffled[np.argsort(faces.label_ids[shuffled], kind="stable")]
    # evenly spaced in the list sorted by label, so each label gets its share
    kept = np.linspace(0, len(faces) - 1, MAX_FACES).round().astype(int)
    return faces.select(np.sort(by_label[kept]))


def _point(read: Read, faces: FaceDataset, crops: np.ndarray) -> tuple[float, float]:
    scores = score(faces.label_ids, read(crops), labels=FER2013_LABELS)
    return scores.accuracy, scores.macro_f1
