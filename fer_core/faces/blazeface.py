"""One pass of BlazeFace, full-range sparse: a crop of 192 pixels in, candidate faces out.

The network was trained on faces tilted by up to about 30 degrees and takes a crop as a whole. The
callers rotate the frame and cut it into tiles (`fer_core.faces.search`).

Source: Bazarevsky et al. 2019, arXiv 1907.05047. Anchors and box code are those of MediaPipe's
published graph `face_detection_full_range`: one anchor per cell of a 48x48 grid, all offsets in
pixels of the input.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from scipy.special import expit, logit

from fer_core.geometry import transform_points, wrap_deg
from fer_core.litert import LiteRtNetwork
from fer_core.regions import Region, cut_region, network_input
from fer_core.weights import VendorFile

INPUT_SIZE: Final = 192  # pixels
N_KEYPOINTS: Final = 6  # subject's right eye, left eye, nose tip, mouth centre, right, left ear
WEIGHTS: Final = VendorFile(
    "mediapipe/face_detection_full_range_sparse.tflite",
    sha256="2c3728e6da56f21e21a320433396fb06d40d9088f2247c05e5635a688d45dfe1",
)
_GRID: Final = 48
_CELL: Final = INPUT_SIZE / _GRID
_ROWS, _COLUMNS = np.mgrid[0:_GRID, 0:_GRID]
_ANCHORS = (np.stack([_COLUMNS, _ROWS], axis=2).reshape(-1, 2) + 0.5) * _CELL  # (2304, 2) pixels


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Places that may be faces: a square and six keypoints for each.

    Attributes:
        centres: `(n, 2)` pixels, centre of the face between brows and chin.
        sides: `(n,)` pixels, side of the square around it.
        keypoints: `(n, 6, 2)` pixels: subject's right eye, left eye, nose tip, mouth centre,
            right ear, left ear.
        scores: `(n,)` in `[0, 1]`.
    """

    centres: np.ndarray
    sides: np.ndarray
    keypoints: np.ndarray
    scores: np.ndarray

    def __len__(self) -> int:
        return len(self.scores)

    @property
    def rolls_deg(self) -> np.ndarray:
        """Clockwise tilt `(n,)` of the line from the right to the left eye."""
        across, down = (self.keypoints[:, 1] - self.keypoints[:, 0]).T
        return wrap_deg(np.rad2deg(np.arctan2(down, across)))

    @property
    def xyxy(self) -> np.ndarray:
        """The squares as upright boxes `(n, 4)`."""
        half = self.sides[:, None] / 2
        return np.concatenate([self.centres - half, self.centres + half], axis=1)

    def region(self, index: int) -> Region:
        """Return the square of one candidate, rotated like its eyes."""
        x, y = self.centres[index]
        return Region(float(x), float(y), float(self.sides[index]), float(self.rolls_deg[index]))

    def take(self, indices: np.ndarray) -> "Candidates":
        """Return the candidates at `indices`, in that order."""
        return Candidates(
            self.centres[indices],
            self.sides[indices],
            self.keypoints[indices],
            self.scores[indices],
        )

    def best_at(self, face: Region) -> "Candidates":
        """Return the best candidate of about the size of a square at its centre, or none."""
        away = np.hypot(*(self.centres - (face.x, face.y)).T)
        is_here = (away < 0.4 * face.side) & (np.abs(np.log2(self.sides / face.side)) < 1.0)
        here = np.flatnonzero(is_here)
        return self.take(here[np.argsort(-self.scores[here])[:1]])

    def moved(self, matrix: np.ndarray) -> "Candidates":
        """Return the candidates after a similarity transform `(2, 3)`."""
        zoom = float(np.hypot(*matrix[:, 0]))
        return Candidates(
            transform_points(matrix, self.centres),
            self.sides * zoom,
            transform_points(matrix, self.keypoints),
            self.scores,
        )


def joined(parts: list[Candidates]) -> Candidates:
    """Return the candidates of several passes as one; an empty list gives no candidates."""
    none = Candidates(np.zeros((0, 2)), np.zeros(0), np.zeros((0, N_KEYPOINTS, 2)), np.zeros(0))
    every = [none, *parts]
    return Candidates(
        np.concatenate([part.centres for part in every]),
        np.concatenate([part.sides for part in every]),
        np.concatenate([part.keypoints for part in every]),
        np.concatenate([part.scores for part in every]),
    )


class BlazeFace:
    """The detection network. Threads may share it."""

    def __init__(self) -> None:
        """Load the weights.

        Raises:
            ModelError: They are missing or were changed.
        """
        self._network = _shared_network()

    def propose(self, frame_bgr: np.ndarray, region: Region, *, min_score: float) -> Candidates:
        """Return the face candidates in one square of the frame, in pixels of the frame.

        Neighbouring anchors respond to the same face, so candidates overlap.

        Args:
            frame_bgr: uint8 `(height, width, 3)`.
            region: The rotated square to search; pixels beyond the frame are black.
            min_score: Lowest score to return, in `(0, 1)`.
        """
        crop = cut_region(frame_bgr, region, size=INPUT_SIZE, border=cv2.BORDER_CONSTANT)
        boxes, logits = self._network.run(network_input(crop, low=-1.0))
        found = decode(boxes[0], logits[0, :, 0], min_score=min_score)
        return found.moved(cv2.invertAffineTransform(region.to_crop(INPUT_SIZE)))


def decode(boxes: np.ndarray, logits: np.ndarray, *, min_score: float) -> Candidates:
    """Return the candidates in the raw output of the network, in pixels of its input.

    Args:
        boxes: `(2304, 16)`: offset of the centre, width, height, offsets of six keypoints; in
            pixels from the centre of each cell.
        logits: `(2304,)`.
        min_score: Lowest score to return, in `(0, 1)`.
    """
    chosen = np.flatnonzero(logits >= logit(min_score))
    anchors = _ANCHORS[chosen]
    raw = boxes[chosen].astype(np.float64)
    return Candidates(
        centres=raw[:, 0:2] + anchors,
        sides=np.maximum(raw[:, 2:4].mean(axis=1), 1.0),  # width and height are nearly equal
        keypoints=raw[:, 4:].reshape(-1, N_KEYPOINTS, 2) + anchors[:, None, :],
        scores=expit(logits[chosen].astype(np.float64)),
    )


@lru_cache(maxsize=1)  # read-only and lock-free, so all sessions share one copy
def _shared_network() -> LiteRtNetwork:
    return LiteRtNetwork(WEIGHTS.read_verified(), source=WEIGHTS.relative_path)
