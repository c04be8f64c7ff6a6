"""Composite frames: one labelled face in the centre of a larger frame, turned by a known angle."""

from typing import Final

import cv2
import numpy as np

from fer_core.data.dataset import FaceDataset, is_blank
from fer_core.errors import DataError
from fer_core.faces.detections import Detections
from fer_core.geometry import between_pixel_centres, square_to_crop
from fer_core.labels import FER2013_LABELS

_WIDTH, _HEIGHT, _SIDE = 480, 360, 200  # pixels: the frame, and the face in its centre
_CENTRE: Final = (_WIDTH / 2, _HEIGHT / 2)
_EDGE: Final = 0.06  # share of the face's side over which it fades into the background
_MAX_OFF: Final = 0.25  # share of the face's side; a detection further off is another object


def balanced_sample(faces: FaceDataset, *, per_label: int, seed: int = 0) -> FaceDataset:
    """Return the same number of faces of each label, or all if a label has fewer; no blank ones.

    Args:
        faces: One split.
        per_label: Faces per label, at least 1.
        seed: Seed of the choice.

    Raises:
        DataError: There is no face.
    """
    rng = np.random.default_rng(seed)
    blank = is_blank(faces.pixels)
    chosen = [
        rng.permutation(np.flatnonzero((faces.label_ids == label_id) & ~blank))[:per_label]
        for label_id in range(len(FER2013_LABELS))
    ]
    rows = np.sort(np.concatenate(chosen))
    if not len(rows):
        raise DataError("The split holds no faces. Choose another --split or another file.")
    return faces.select(rows)


def composite_frame(pixels: np.ndarray, degrees: float, *, seed: int) -> np.ndarray:
    """Return a grey frame `(360, 480)` with one face in its centre, turned clockwise.

    Args:
        pixels: The face, uint8 `(side, side)`.
        degrees: Angle of the face.
        seed: Seed of the background; the same seed gives the same one at any angle.
    """
    size, side = (_WIDTH, _HEIGHT), len(pixels)
    background = _background(seed)
    to_frame = cv2.invertAffineTransform(
        square_to_crop(np.array(_CENTRE), side=_SIDE, roll_deg=degrees, size=side)
    )
    for_opencv = between_pixel_centres(to_frame)
    face = cv2.warpAffine(
        pixels.astype(np.float32),
        for_opencv,
        size,
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    opacity = cv2.warpAffine(_faded_square(side), for_opencv, size, flags=cv2.INTER_LINEAR)
    frame = background + opacity * (face - background)
    return np.asarray(np.clip(frame, 0, 255), dtype=np.uint8)


def nearest_to_centre(found: Detections) -> Detections:
    """Return the detection nearest to the frame's centre, or none if all are too far off."""
    distances = np.hypot(*(found.squares[:, :2] - _CENTRE).T)
    near = np.flatnonzero(distances < _MAX_OFF * _SIDE)
    return found.take(near[np.argsort(distances[near])[:1]])


def _background(seed: int) -> np.ndarray:
    """Return soft, uneven shades with a little noise, float32 `(360, 480)`."""
    rng = np.random.default_rng(seed)
    shades = 60.0 + 130.0 * rng.random((4, 5), dtype=np.float32)
    frame = cv2.resize(shades, (_WIDTH, _HEIGHT), interpolation=cv2.INTER_CUBIC)
    noise = rng.standard_normal((_HEIGHT, _WIDTH), dtype=np.float32)
    return np.asarray(frame + 3.0 * noise, dtype=np.float32)


def _faded_square(side: int) -> np.ndarray:
    """Return the opacity of a face, float32 `(side, side)`: 1 inside, towards 0 at its edges."""
    pixels_in = np.minimum(np.arange(side), np.arange(side)[::-1]) + 0.5
    edge = pixels_in / (_EDGE * side)
    opacity = np.minimum(np.minimum.outer(edge, edge), 1.0)
    return np.asarray(opacity, dtype=np.float32)
