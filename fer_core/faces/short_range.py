"""The short-range BlazeFace: a second opinion on a place where a face may be.

It was trained on other photos than the full-range network (`fer_core.faces.blazeface`), for faces
that fill more of its input, and takes a quarter of the time. Where no mesh fits, in profiles and
half-hidden faces, it tells faces from other things better than one more close-up does.

Source: Bazarevsky et al. 2019, arXiv 1907.05047. Anchors are those of MediaPipe's published graph
`face_detection_short_range`: two per cell of a 16x16 grid, six per cell of an 8x8 grid, all offsets
in pixels of the input.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from scipy.special import expit

from fer_core.faces.blazeface import N_KEYPOINTS
from fer_core.geometry import anchor_centres, transform_points
from fer_core.litert import LiteRtNetwork
from fer_core.regions import Region, cut_region, network_input
from fer_core.weights import VendorFile

INPUT_SIZE: Final = 128  # pixels
WEIGHTS: Final = VendorFile(
    "mediapipe/face_detection_short_range.tflite",
    sha256="bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
)
# Side in pixels of the smallest face that is looked at as closely as larger ones. Around a smaller
# one the look is wider, so that it enlarges the photo no further: enlarged, such faces are blurred.
_SMALLEST_SHARP: Final = 64.0
_GRIDS: Final = ((16, 2), (8, 6))  # cells per side, anchors per cell
_ANCHORS: Final = anchor_centres(INPUT_SIZE, _GRIDS)


@dataclass(frozen=True, slots=True, eq=False)
class ShortRangeLook:
    """What the network sees in one square of the frame.

    Attributes:
        score: Confidence in `[0, 1]` that a face of this size is there.
        keypoints: The subject's right eye, left eye, nose tip, mouth centre, right and left ear,
            `(6, 2)` pixels of the frame; they may lie beyond its edge. NaN where the score is 0.
    """

    score: float
    keypoints: np.ndarray


class ShortRangeBlazeFace:
    """The short-range detection network. Threads may share it."""

    def __init__(self) -> None:
        """Load the weights.

        Raises:
            ModelError: They are missing or were changed.
        """
        self._network = _shared_network()

    def score(
        self, frame_bgr: np.ndarray, face: Region, *, scale: float, is_mirrored: bool = False
    ) -> float:
        """Return the confidence in `[0, 1]` that a square of the frame is a face of its size.

        Args:
            frame_bgr: uint8 `(height, width, 3)`.
            face: The square around the face, rotated with it.
            scale: Side of the network's input in sides of the face, above 1.
            is_mirrored: Whether to look at the mirrored crop.
        """
        crop = _crop(frame_bgr, face.scaled(scale))
        boxes, logits = self._run(cv2.flip(crop, 1) if is_mirrored else crop)
        here = _here(boxes, expected=INPUT_SIZE / scale)
        return float(expit(logits[here]).max(initial=0.0))

    def look(self, frame_bgr: np.ndarray, face: Region, *, scale: float) -> ShortRangeLook:
        """Return the score of `score`, unmirrored, with the keypoints of the face that has it."""
        region = face.scaled(scale)
        boxes, logits = self._run(_crop(frame_bgr, region))
        here = _here(boxes, expected=INPUT_SIZE / scale)
        if not len(here):
            return ShortRangeLook(0.0, np.full((N_KEYPOINTS, 2), np.nan))
        best = here[np.argmax(logits[here])]
        points = boxes[best, 4:].reshape(N_KEYPOINTS, 2) + _ANCHORS[best]
        to_frame = cv2.invertAffineTransform(region.to_crop(INPUT_SIZE))
        return ShortRangeLook(float(expit(logits[best])), transform_points(to_frame, points))

    def _run(self, crop_bgr: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the boxes `(896, 16)` and log odds `(896,)` of all anchors."""
        boxes, logits = self._network.run(network_input(crop_bgr, low=-1.0))
        return boxes[0], logits[0, :, 0].astype(np.float64)


def _crop(frame_bgr: np.ndarray, region: Region) -> np.ndarray:
    return cut_region(frame_bgr, region, size=INPUT_SIZE, border=cv2.BORDER_CONSTANT)


def _here(boxes: np.ndarray, *, expected: float) -> np.ndarray:
    """Return the indices of the boxes of about the expected size at the centre of the input."""
    away = np.hypot(*(boxes[:, :2] + _ANCHORS - INPUT_SIZE / 2).T)
    sides = np.maximum(boxes[:, 2:4].mean(axis=1), 1.0)
    return np.flatnonzero((away < 0.4 * expected) & (np.abs(np.log2(sides / expected)) < 1.0))


def sharp_scale(face: Region, scale: float) -> float:
    """Return the scale of a look at a face, in its sides: wider than given if the face is small.

    >>> sharp_scale(Region(0.0, 0.0, 100.0), 2.5), sharp_scale(Region(0.0, 0.0, 32.0), 2.5)
    (2.5, 5.0)
    """
    return scale * max(1.0, _SMALLEST_SHARP / face.side)


@lru_cache(maxsize=1)  # read-only and lock-free, so all sessions share one copy
def _shared_network() -> LiteRtNetwork:
    return LiteRtNetwork(WEIGHTS.read_verified(), source=WEIGHTS.relative_path)
