"""The pose detector: one square of the frame in, the people in it by four keypoints each.

The network looks for faces, and places hips and shoulders below them; it finds one or two people
who fill the square, and no crowd.

Source: Bazarevsky et al. 2020, arXiv 2006.10204. Anchors and box code are those of MediaPipe's
published graph `pose_detection`: offsets in pixels of the input, from the centre of each cell.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from scipy.special import expit

from fer_core.body.pose_region import region_of_points
from fer_core.geometry import anchor_centres, overlap_groups, transform_points
from fer_core.litert import LiteRtNetwork
from fer_core.regions import Region, cut_region, network_input
from fer_core.weights import VendorFile

INPUT_SIZE: Final = 224  # pixels
WEIGHTS: Final = VendorFile(
    "mediapipe/pose_detection.tflite",
    sha256="9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c",
)
N_KEYPOINTS: Final = 4
_HIPS, _CIRCLE = 0, 1  # centre of the hips, and a point on the circle around the body
MIN_SCORE: Final = 0.5
MIN_IOU: Final = 0.3  # of boxes of one person
_LARGEST_LOGIT: Final = 100.0
_GRIDS: Final = ((28, 2), (14, 2), (7, 6))  # cells per side, anchors per cell
ANCHORS: Final = anchor_centres(INPUT_SIZE, _GRIDS)  # (2254, 2) pixels


@dataclass(frozen=True, slots=True, eq=False)
class PoseProposals:
    """People in one square of the frame, the surest first.

    Attributes:
        keypoints: `(n, 4, 2)` pixels: centre of the hips, a point on the circle around the body in
            the direction of the head, centre of the shoulders, a point on the circle around the
            upper body.
        scores: `(n,)` in `[0, 1]`.
    """

    keypoints: np.ndarray
    scores: np.ndarray

    def regions(self) -> list[Region]:
        """Return the square that the pose network should look at, for each person."""
        found = (region_of_points(points[_HIPS], points[_CIRCLE]) for points in self.keypoints)
        return [region for region in found if region is not None]


class PoseDetector:
    """The detection network. Threads may share it."""

    def __init__(self) -> None:
        """Load the weights.

        Raises:
            ModelError: They are missing or were changed.
        """
        self._network = _shared_network()

    def propose(self, frame_bgr: np.ndarray, region: Region) -> PoseProposals:
        """Return the people in one square of the frame, in pixels of the frame.

        Args:
            frame_bgr: uint8 `(height, width, 3)`.
            region: The rotated square to search; pixels beyond the frame are black.
        """
        crop = cut_region(frame_bgr, region, size=INPUT_SIZE, border=cv2.BORDER_CONSTANT)
        boxes, logits = self._network.run(network_input(crop, low=-1.0))
        keypoints, scores = decode(boxes[0], logits[0, :, 0])
        to_frame = cv2.invertAffineTransform(region.to_crop(INPUT_SIZE))
        return PoseProposals(transform_points(to_frame, keypoints), scores)


def decode(boxes: np.ndarray, logits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return keypoints `(n, 4, 2)` in pixels of the input, and scores `(n,)`, the best first.

    Anchors that respond to the same person are averaged, each weighted by its score.

    Args:
        boxes: `(2254, 12)`: offset of the centre, width, height, offsets of four keypoints.
        logits: `(2254,)`.
    """
    scores = expit(np.clip(logits.astype(np.float64), -_LARGEST_LOGIT, _LARGEST_LOGIT))
    chosen = np.flatnonzero(scores >= MIN_SCORE)
    raw, anchors, scores = boxes[chosen].astype(np.float64), ANCHORS[chosen], scores[chosen]
    centres, half = raw[:, 0:2] + anchors, raw[:, 2:4] / 2
    xyxy = np.concatenate([centres - half, centres + half], axis=1)
    keypoints = raw[:, 4:].reshape(-1, N_KEYPOINTS, 2) + anchors[:, None, :]
    groups = overlap_groups(xyxy, scores, min_iou=MIN_IOU)
    averages = [np.average(keypoints[group], axis=0, weights=scores[group]) for group in groups]
    best = [float(scores[group[0]]) for group in groups]
    return np.array(averages).reshape(-1, N_KEYPOINTS, 2), np.array(best)


@lru_cache(maxsize=1)  # read-only and lock-free, so all sessions share one copy
def _shared_network() -> LiteRtNetwork:
    return LiteRtNetwork(WEIGHTS.read_verified(), source=WEIGHTS.relative_path)
