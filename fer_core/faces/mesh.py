"""The 468-point face mesh: says whether a square of the frame holds a face, and its pose.

Source: Kartynnik et al. 2019, arXiv 1907.06724. The input is an upright face in the centre of a
square, with a margin of a quarter of the face's size on every side.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

import cv2
import numpy as np
from scipy.special import expit

from fer_core.geometry import FARTHEST, bounding_box, rotation, transform_points, wrap_deg
from fer_core.litert import LiteRtNetwork
from fer_core.regions import Region, cut_region, network_input
from fer_core.weights import VendorFile

INPUT_SIZE: Final = 192  # pixels
N_POINTS: Final = 468
MARGIN: Final = 1.5  # side of the input square in sizes of the face
WEIGHTS: Final = VendorFile(
    "mediapipe/face_landmark.tflite",
    sha256="1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
)
# Indices of mesh points, as published with the model.
RIGHT_EYE_CORNERS: Final = (33, 133)  # the subject's right eye, on the left of the frame
LEFT_EYE_CORNERS: Final = (362, 263)
NOSE_TIP: Final = 1
RIGHT_MOUTH_CORNER: Final = 61
LEFT_MOUTH_CORNER: Final = 291
EARS: Final = (234, 454)  # the edge of the mesh next to the subject's right and left ear


@dataclass(frozen=True, eq=False)  # no slots: derived values are cached
class FaceMesh:
    """The surface of one face.

    Attributes:
        points: `(468, 3)` float32: x and y in pixels of the frame; z in the same unit, away from
            the camera.
        presence: Confidence that the square held a face, in `[0, 1]`.
        roll_deg: Clockwise tilt of the line through the eyes, in `(-180, 180]`.
    """

    points: np.ndarray
    presence: float
    roll_deg: float

    @cached_property
    def landmarks(self) -> np.ndarray:
        """Subject's right eye, left eye, nose tip, right, left mouth corner: `(5, 2)` pixels."""
        return five_points(self.points)

    @property
    def keypoints(self) -> np.ndarray:
        """The six keypoints of BlazeFace, `(6, 2)`: eyes, nose tip, mouth centre, ears."""
        landmarks = self.landmarks
        mouth = landmarks[3:].mean(axis=0, keepdims=True)
        return np.concatenate([landmarks[:3], mouth, self.points[list(EARS), :2]])

    @cached_property
    def xyxy(self) -> np.ndarray:
        """The upright box around all points, `(4,)` pixels: hairline to chin, ear to ear."""
        return bounding_box(self.points[:, :2])

    @cached_property
    def upright(self) -> np.ndarray:
        """The points `(468, 2)` after rotating the face upright about the origin of the frame."""
        return np.asarray(self.points[:, :2] @ rotation(-self.roll_deg).T)

    def bounds(self) -> Region:
        """Return the rotated square around the face; its side is the longer side of the face."""
        box = bounding_box(self.upright)
        low, high = box[:2], box[2:]
        return self.region_at((low + high) / 2, side=float((high - low).max()))

    def region_at(self, upright_centre: np.ndarray, *, side: float) -> Region:
        """Return the rotated square about a point `(2,)` of the upright face."""
        x, y = rotation(self.roll_deg) @ upright_centre
        return Region(float(x), float(y), side, self.roll_deg)


class MeshNetwork:
    """The landmark network. Threads may share it."""

    def __init__(self) -> None:
        """Load the weights.

        Raises:
            ModelError: They are missing or were changed.
        """
        self._network = _shared_network()

    def fit(self, frame_bgr: np.ndarray, face: Region) -> FaceMesh:
        """Return the mesh that fits a square of the frame best, face or not.

        Points that are not a surface have presence 0 and the tilt of the square.

        Args:
            frame_bgr: uint8 `(height, width, 3)`.
            face: The square around the face, rotated with it; this method adds the margin.
        """
        region = face.scaled(MARGIN)
        crop = cut_region(frame_bgr, region, size=INPUT_SIZE)
        surface, logit = self._network.run(network_input(crop, low=0.0))
        points = surface.reshape(N_POINTS, 3).copy()
        to_frame = cv2.invertAffineTransform(region.to_crop(INPUT_SIZE))
        with np.errstate(invalid="ignore"):  # the check below finds infinite points
            points[:, :2] = transform_points(to_frame, points[:, :2])
        points[:, 2] *= region.side / INPUT_SIZE
        if not is_surface(points[:, :2]):
            return FaceMesh(points, 0.0, float(wrap_deg(np.asarray(face.roll_deg))))
        presence = float(expit(logit.item()))
        return FaceMesh(points, presence, eye_line_roll_deg(five_points(points)))


def is_surface(points: np.ndarray) -> bool:
    """Return whether points `(n, 2)` span at least a pixel, none of them out of reach or NaN.

    >>> is_surface(np.array([[0.0, 0.0], [3.0, 4.0]])), is_surface(np.zeros((2, 2)))
    (True, False)
    """
    box = bounding_box(points)
    return bool((np.abs(box) < FARTHEST).all() and (box[2:] - box[:2]).min() >= 1.0)


def five_points(points: np.ndarray) -> np.ndarray:
    """Return eyes, nose tip and mouth corners `(5, 2)` of mesh points `(468, 2 or 3)`."""
    corners = points[[*RIGHT_EYE_CORNERS, *LEFT_EYE_CORNERS], :2]
    eyes = (corners[0::2] + corners[1::2]) / 2
    return np.concatenate([eyes, points[[NOSE_TIP, RIGHT_MOUTH_CORNER, LEFT_MOUTH_CORNER], :2]])


def eye_line_roll_deg(landmarks: np.ndarray) -> float:
    """Return the clockwise tilt in `(-180, 180]` of the line from right to left eye.

    >>> eye_line_roll_deg(np.array([[0.0, 0.0], [0.0, 5.0]]))
    90.0
    """
    across, down = landmarks[1] - landmarks[0]
    return float(wrap_deg(np.rad2deg(np.arctan2(down, across))))


@lru_cache(maxsize=1)  # read-only and lock-free, so all sessions share one copy
def _shared_network() -> LiteRtNetwork:
    return LiteRtNetwork(WEIGHTS.read_verified(), source=WEIGHTS.relative_path)
