"""One pass of BlazeFace, full-range sparse: a 192-pixel picture in, candidate faces out.

The network was trained on faces that are tilted by up to about 30 degrees and takes a picture as
a whole; turning the picture and cutting it in tiles is the caller's work (`fer_core.faces.search`).

Source: Bazarevsky et al. 2019, arXiv 1907.05047; anchors and box code as in MediaPipe's published
graph `face_detection_full_range`: one anchor in each cell of a 48x48 grid, all offsets in pixels
of the input.
"""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from fer_core.faces.crop import Region, cut_region, network_input
from fer_core.geometry import transform_points, wrap_deg
from fer_core.litert import LiteRtNetwork
from fer_core.weights import VendorFile

INPUT_SIZE = 192
N_KEYPOINTS = 6  # subject's right eye, left eye, nose tip, middle of the mouth, right, left ear
WEIGHTS = VendorFile(
    "mediapipe/face_detection_full_range_sparse.tflite",
    sha256="2c3728e6da56f21e21a320433396fb06d40d9088f2247c05e5635a688d45dfe1",
)
_SWAPPED_SIDES = [1, 0, 2, 3, 5, 4]
_GRID = 48
_CELL = INPUT_SIZE / _GRID
_ROWS, _COLUMNS = np.mgrid[0:_GRID, 0:_GRID]
_ANCHORS = (np.stack([_COLUMNS, _ROWS], axis=2).reshape(-1, 2) + 0.5) * _CELL  # (2304, 2) pixels


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Places that may be faces, as the network sees them: a square and six key points each.

    Attributes:
        centres: `(n, 2)` pixels, middle of the face between brows and chin.
        sides: `(n,)` pixels, side of the square around it.
        keypoints: `(n, 6, 2)` pixels: subject's right eye, left eye, nose tip, middle of the
            mouth, right ear, left ear.
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
        """The squares as boxes `(n, 4)`, not turned."""
        half = self.sides[:, None] / 2
        return np.concatenate([self.centres - half, self.centres + half], axis=1)

    def region(self, index: int) -> Region:
        """Return one candidate's square, turned as its eyes are."""
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

    def moved(self, matrix: np.ndarray) -> "Candidates":
        """Return the candidates in another picture, which a similarity `(2, 3)` leads to."""
        zoom = float(np.hypot(*matrix[:, 0]))
        return Candidates(
            transform_points(matrix, self.centres),
            self.sides * zoom,
            transform_points(matrix, self.keypoints),
            self.scores,
        )


def joined(parts: list[Candidates]) -> Candidates:
    """Return the candidates of several passes in one list; no passes give none."""
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

    def look(
        self, frame_bgr: np.ndarray, region: Region, *, min_score: float, is_mirrored: bool = False
    ) -> Candidates:
        """Return what looks like a face in one square of the frame, in pixels of the frame.

        Args:
            frame_bgr: uint8 `(height, width, 3)`.
            region: The turned square to look at; what lies beyond the frame is black.
            min_score: Lowest score to return, in `(0, 1)`. Neighbours overlap.
            is_mirrored: Look at the mirrored picture; the answer is mirrored back.
        """
        picture = cut_region(frame_bgr, region, size=INPUT_SIZE, border=cv2.BORDER_CONSTANT)
        if is_mirrored:
            picture = cv2.flip(picture, 1)
        boxes, logits = self._network.run(network_input(picture, low=-1.0))
        found = decode(boxes[0], logits[0, :, 0], min_score=min_score)
        if is_mirrored:
            found = mirrored(found)
        return found.moved(cv2.invertAffineTransform(region.to_crop(INPUT_SIZE)))


def decode(boxes: np.ndarray, logits: np.ndarray, *, min_score: float) -> Candidates:
    """Return the candidates in the network's raw output, in pixels of its input.

    Args:
        boxes: `(2304, 16)`: offset of the centre, width, height, offsets of six key points,
            in pixels from the middle of each cell.
        logits: `(2304,)`.
        min_score: Lowest score to return, in `(0, 1)`.
    """
    chosen = np.flatnonzero(logits >= np.log(min_score / (1.0 - min_score)))
    anchors = _ANCHORS[chosen]
    raw = boxes[chosen].astype(np.float64)
    return Candidates(
        centres=raw[:, 0:2] + anchors,
        sides=np.maximum(raw[:, 2:4].mean(axis=1), 1.0),  # width and height are nearly the same
        keypoints=raw[:, 4:].reshape(-1, N_KEYPOINTS, 2) + anchors[:, None, :],
        scores=1.0 / (1.0 + np.exp(-np.minimum(logits[chosen].astype(np.float64), 80.0))),
    )


def mirrored(found: Candidates) -> Candidates:
    """Return candidates of the mirrored input picture, mirrored back: left is right again."""
    flip = np.array([[-1.0, 0.0, INPUT_SIZE], [0.0, 1.0, 0.0]])
    return Candidates(
        transform_points(flip, found.centres),
        found.sides,
        transform_points(flip, found.keypoints)[:, _SWAPPED_SIDES],
        found.scores,
    )


@lru_cache(maxsize=1)  # read-only and free of locks: twenty visitors need no twenty copies
def _shared_network() -> LiteRtNetwork:
    return LiteRtNetwork(WEIGHTS.read_verified(), source=WEIGHTS.relative_path)
