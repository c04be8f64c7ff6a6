"""Labelled faces set into a larger picture and turned, where a detector has to find them again."""

from typing import Final

import cv2
import numpy as np

from fer_core.data.dataset import FaceDataset
from fer_core.errors import DataError
from fer_core.faces.detect import Detections
from fer_core.geometry import square_to_crop
from fer_core.labels import FER2013_LABELS

_WIDTH, _HEIGHT, _SIDE = 480, 360, 200  # pixels: the picture, and the face in its middle
_EDGE: Final = 0.06  # share of the face's side over which it fades into the background


def sample_of(faces: FaceDataset, *, per_label: int, seed: int = 0) -> FaceDataset:
    """Return as many faces of each label, or all there are of it; blank pictures are left out.

    Args:
        faces: One split.
        per_label: Faces of a label, at least 1.
        seed: Of the choice.

    Raises:
        DataError: There is no face.
    """
    rng = np.random.default_rng(seed)
    is_blank = faces.pixels.std(axis=(1, 2)) < 1.0
    chosen = [
        rng.permutation(np.flatnonzero((faces.label_ids == label_id) & ~is_blank))[:per_label]
        for label_id in range(len(FER2013_LABELS))
    ]
    rows = np.sort(np.concatenate(chosen))
    if not len(rows):
        raise DataError("The split holds no faces. Choose another --split or another file.")
    return faces.select(rows)


def set_into_frame(pixels: np.ndarray, degrees: float, *, seed: int) -> np.ndarray:
    """Return a grey picture `(360, 480)` with one face in its middle, turned clockwise.

    Args:
        pixels: The face, uint8 `(side, side)`.
        degrees: How far it is turned.
        seed: Of the background; the same seed gives the same one at any tilt.
    """
    rng = np.random.default_rng(seed)
    shades = 60.0 + 130.0 * rng.random((4, 5), dtype=np.float32)
    frame = cv2.resize(shades, (_WIDTH, _HEIGHT), interpolation=cv2.INTER_CUBIC)
    noise = rng.standard_normal((_HEIGHT, _WIDTH), dtype=np.float32)
    frame = np.asarray(frame + 3.0 * noise, dtype=np.float32)
    side = len(pixels)
    middle = np.array([_WIDTH / 2, _HEIGHT / 2])
    to_frame = cv2.invertAffineTransform(
        square_to_crop(middle, side=_SIDE, roll_deg=degrees, size=side)
    )
    to_frame[:, 2] += to_frame[:, :2] @ np.full(2, 0.5) - 0.5  # OpenCV: middle of the first pixel
    pixels_in = np.minimum(np.arange(side), np.arange(side)[::-1]) + 0.5
    edge = pixels_in / (_EDGE * side)
    mask = np.minimum(np.minimum.outer(edge, edge), 1.0).astype(np.float32)
    size = (_WIDTH, _HEIGHT)
    face = cv2.warpAffine(
        pixels.astype(np.float32), to_frame, size, flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    share = cv2.warpAffine(mask, to_frame, size, flags=cv2.INTER_LINEAR)
    return np.clip(frame + share * (face - frame), 0, 255).astype(np.uint8)


def nearest_to_centre(found: Detections) -> Detections:
    """Return the find nearest to the picture's middle, or none if it is a quarter of a face off."""
    away = np.hypot(*(found.squares[:, :2] - (_WIDTH / 2, _HEIGHT / 2)).T)
    here = np.flatnonzero(away < 0.25 * _SIDE)
    return found.take(here[np.argsort(away[here])[:1]])
