"""The pose network: a rotated square of the frame in, the 33 landmarks of the body in it out.

Source: Bazarevsky et al. 2020, arXiv 2006.10204. The decoding is that of MediaPipe's published
graph `pose_landmark`. The network also returns a heat map per landmark, and two points that say
where to look for the same body again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from scipy.special import expit

from fer_core.body.pose_region import region_of_points
from fer_core.body.skeleton import MIRRORED, N_POINTS
from fer_core.geometry import FARTHEST, rotation, transform_points
from fer_core.litert import LiteRtNetwork
from fer_core.regions import Region, cut_region, network_input
from fer_core.weights import VendorFile

INPUT_SIZE: Final = 256  # pixels
WEIGHTS: Final = VendorFile(
    "mediapipe/pose_landmark_full.tflite",
    sha256="e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
)
_N_OUTPUT: Final = 39  # 33 landmarks, two points of the region, four that are not used
_HIPS, _CIRCLE = 33, 34  # centre of the hips, and a point on the circle around the body
_HEATMAP_SIZE: Final = 64  # cells per side
_REFINE_REACH: Final = 3  # cells around a landmark whose heat is averaged
_MIN_HEAT: Final = 0.5  # a landmark with less heat around it stays where it is


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """The body that fits a square of the frame best.

    Attributes:
        landmarks: `(33, 4)` float32: x and y in pixels of the frame, z in the same unit, away from
            the camera, 0 at the hips; visibility in `[0, 1]`. Points may lie beyond the frame.
        world_m: `(33, 3)` float32 metres: x to the right, y down, z away from the camera, from the
            centre of the hips.
        presence: Confidence that the square holds a body, in `[0, 1]`.
        next_region: Where to look for this body again; None if it has no place.
    """

    landmarks: np.ndarray
    world_m: np.ndarray
    presence: float
    next_region: Region | None


class PoseNetwork:
    """The landmark network. Threads may share it."""

    def __init__(self) -> None:
        """Load the weights.

        Raises:
            ModelError: They are missing or were changed.
        """
        self._network = _shared_network()

    def fit(self, frame_bgr: np.ndarray, region: Region, *, is_mirrored: bool = False) -> Pose:
        """Return the body that fits a square of the frame best, person or not.

        Args:
            frame_bgr: uint8 `(height, width, 3)`.
            region: The square, rotated with the body; pixels beyond the frame are black.
            is_mirrored: Whether to look at the mirrored crop, a second opinion. The result is
                mirrored back.
        """
        crop = cut_region(frame_bgr, region, size=INPUT_SIZE, border=cv2.BORDER_CONSTANT)
        if is_mirrored:
            crop = cv2.flip(crop, 1)
        flat, presence, _, heat, world = self._network.run(network_input(crop, low=0.0))
        points = flat.reshape(_N_OUTPUT, 5).astype(np.float64)
        points[:, :2] = refine(points[:, :2], heat[0])
        world_m = world.reshape(_N_OUTPUT, 3)[:N_POINTS]
        if is_mirrored:
            points, world_m = mirrored(points, across=INPUT_SIZE), mirrored(world_m, across=0.0)
        return _pose(points, turned_world(world_m, region.roll_deg), float(presence.item()), region)


def _pose(points: np.ndarray, world_m: np.ndarray, presence: float, region: Region) -> Pose:
    """Return the pose in pixels of the frame; `points` `(39, 5)` are pixels of the input."""
    to_frame = cv2.invertAffineTransform(region.to_crop(INPUT_SIZE))
    places = transform_points(to_frame, points[:, :2])
    deep, visibility = points[:, 2] * region.side / INPUT_SIZE, expit(points[:, 3])
    landmarks = np.column_stack([places, deep, visibility])[:N_POINTS].astype(np.float32)
    is_finite = bool(np.isfinite(world_m).all() and (np.abs(landmarks) < FARTHEST).all())
    next_region = region_of_points(places[_HIPS], places[_CIRCLE])
    return Pose(landmarks, world_m, presence if is_finite else 0.0, next_region)


def mirrored(points: np.ndarray, *, across: float) -> np.ndarray:
    """Return points as they lie in the mirror, left and right landmarks exchanged.

    Args:
        points: `(n, 1 or more)`, at least 33: x first. Further points are not exchanged.
        across: Width of the picture that is mirrored, in the unit of x.
    """
    order = [*MIRRORED, *range(N_POINTS, len(points))]
    swapped = points[order]
    swapped[:, 0] = across - swapped[:, 0]
    return np.asarray(swapped)


def median_pose(fits: Sequence[Pose]) -> Pose:
    """Return the median of several fits of one body, at least one, with their mean presence."""
    return Pose(
        np.median([fit.landmarks for fit in fits], axis=0),
        np.median([fit.world_m for fit in fits], axis=0),
        float(np.mean([fit.presence for fit in fits])),
        fits[-1].next_region,
    )


def refine(points: np.ndarray, heat: np.ndarray) -> np.ndarray:
    """Return points moved to the centre of the heat around them.

    Args:
        points: `(n, 2)` pixels of the input.
        heat: `(64, 64, n)` log odds that each point lies in a cell.

    Source: MediaPipe's `RefineLandmarksFromHeatmapCalculator`.
    """
    refined = points.copy()
    cell = INPUT_SIZE / _HEATMAP_SIZE
    for index, (x, y) in enumerate(points / cell):
        if not (0 <= x < _HEATMAP_SIZE and 0 <= y < _HEATMAP_SIZE):
            continue
        left, top = max(int(x) - _REFINE_REACH, 0), max(int(y) - _REFINE_REACH, 0)
        patch = heat[top : int(y) + _REFINE_REACH + 1, left : int(x) + _REFINE_REACH + 1, index]
        weights = expit(patch.astype(np.float64))
        if weights.max() < _MIN_HEAT:
            continue
        rows, columns = np.indices(weights.shape)
        centre = np.array([(weights * columns).sum(), (weights * rows).sum()]) / weights.sum()
        refined[index] = (centre + np.array([left, top])) * cell
    return refined


def turned_world(world_m: np.ndarray, roll_deg: float) -> np.ndarray:
    """Return points `(n, 3)` of an upright body as they lie in the frame, float32 metres.

    >>> turned_world(np.array([[0.0, -1.0, 0.5]]), 90.0).round(3).tolist()
    [[1.0, -0.0, 0.5]]
    """
    turned = np.array(world_m, dtype=np.float32)
    turned[:, :2] = world_m[:, :2] @ rotation(roll_deg).T
    return turned


@lru_cache(maxsize=1)  # read-only and lock-free, so all sessions share one copy
def _shared_network() -> LiteRtNetwork:
    return LiteRtNetwork(WEIGHTS.read_verified(), source=WEIGHTS.relative_path)
