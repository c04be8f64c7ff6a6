"""The classic detector: OpenCV's cascade of Haar-like features.

It finds upright frontal faces, tilted by at most about 15 degrees, and reports no roll. It may take
stripes and checkerboards for faces.

Source: Viola and Jones 2001; Lienhart and Maydt 2002.
"""

import threading
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from scipy.special import expit

from fer_core.errors import ModelError
from fer_core.faces.detections import Detections, check_frame_bgr
from fer_core.weights import VENDOR_FOLDER, VendorFile

CASCADE_FILE: Final = VendorFile(
    "opencv-haar/haarcascade_frontalface_default.xml",
    sha256="0f7d4527844eb514d4a4948e822da90fbb16a34a0bbbbc6adc6498747a5aafb0",
)
# Logistic regression of "is a face" on the sum of the cascade's last stage, with the settings for
# photos, on the photos of a WIDER FACE sample whose faces all have at least 40 pixels.
_EVEN_WEIGHT: Final = 2.6  # even odds
_WEIGHT_SLOPE: Final = 1.4


@dataclass(frozen=True, slots=True)
class HaarConfig:
    """How thoroughly the cascade searches.

    Attributes:
        working_side: Larger frames are shrunk to at most this many pixels on the longer side.
        scale_factor: Ratio of successive search sizes, above 1. A smaller one finds more faces
            and takes longer.
        min_neighbors: Overlapping hits that count as a face, at least 1. More hits mean fewer
            false faces.
        min_face: Smallest face in pixels of the shrunk frame, at least the cascade's 24.
    """

    working_side: int
    scale_factor: float
    min_neighbors: int
    min_face: int

    def __post_init__(self) -> None:
        if not (
            self.working_side >= self.min_face >= 24
            and self.scale_factor > 1
            and self.min_neighbors >= 1
        ):
            raise ValueError(f"Settings out of range: {self}.")


# About 16 ms for 640x480 on one core. Finds faces of a sixth of the frame's height and more.
VIDEO: Final = HaarConfig(working_side=320, scale_factor=1.2, min_neighbors=3, min_face=30)
# About 80 ms on one core. These are the usual settings of published comparisons.
PHOTO: Final = HaarConfig(working_side=640, scale_factor=1.1, min_neighbors=5, min_face=30)


class HaarDetector:
    """Finds upright faces with OpenCV's frontal cascade.

    A `cv2.CascadeClassifier` serves one thread at a time, so `detect` holds a lock. Create one
    detector per video; otherwise their threads wait for each other.
    """

    name = "haar"

    def __init__(self, config: HaarConfig = VIDEO) -> None:
        """Load the cascade.

        Raises:
            ModelError: The vendored cascade is missing or was changed.
        """
        self._cascade = load_cascade(CASCADE_FILE)
        self._config = config
        self._lock = threading.Lock()

    def detect(self, frame_bgr: np.ndarray) -> Detections:
        """Return the upright faces of a frame; `roll_deg` is 0.

        Raises:
            ValueError: The frame is not uint8 `(height, width, 3)`.
        """
        check_frame_bgr(frame_bgr)
        gray, shrink = shrunk_gray(frame_bgr, self._config.working_side)
        with self._lock:
            xywh, scores = frontal_faces(self._cascade, gray, self._config)
        corners = xywh / shrink
        xyxy = np.concatenate([corners[:, :2], corners[:, :2] + corners[:, 2:]], axis=1)
        return Detections(xyxy, scores, np.zeros(len(xyxy)))


def load_cascade(file: VendorFile) -> cv2.CascadeClassifier:
    """Return one of OpenCV's cascades. It serves one thread at a time.

    Raises:
        ModelError: The vendored cascade is missing or was changed.
    """
    file.read_verified()
    cascade = cv2.CascadeClassifier(str(VENDOR_FOLDER / file.relative_path))
    if cascade.empty():
        raise ModelError("OpenCV cannot read its face cascade. Install OpenCV 4: make setup")
    return cascade


def frontal_faces(
    cascade: cv2.CascadeClassifier, gray: np.ndarray, config: HaarConfig
) -> tuple[np.ndarray, np.ndarray]:
    """Return left, top, width and height `(n, 4)` of the faces in a grey frame, and their scores.

    Args:
        cascade: The cascade of `CASCADE_FILE`.
        gray: uint8 `(height, width)`, already at the working size.
        config: How thoroughly to search.
    """
    xywh, _, weights = cascade.detectMultiScale3(
        gray,
        scaleFactor=config.scale_factor,
        minNeighbors=config.min_neighbors,
        minSize=(config.min_face, config.min_face),
        outputRejectLevels=True,
    )
    found = np.asarray(xywh, dtype=np.float32).reshape(-1, 4)
    return found, face_probability(np.ravel(weights))


def face_probability(weights: np.ndarray) -> np.ndarray:
    """Return scores `(n,)` in `[0, 1]` for sums `(n,)` of the cascade's last stage.

    >>> face_probability(np.array([2.6, 8.0])).round(2)
    array([0.5 , 0.98])
    """
    return np.asarray(expit((weights - _EVEN_WEIGHT) / _WEIGHT_SLOPE))


def shrunk_gray(frame_bgr: np.ndarray, working_side: int) -> tuple[np.ndarray, float]:
    """Return the frame in grey, shrunk to `working_side`, and the scale factor."""
    shrink = min(1.0, working_side / max(frame_bgr.shape[:2]))
    gray = cv2.cvtColor(frame_bgr, cv2.COLOR_BGR2GRAY)
    if (
        shrink < 1.0 <= min(gray.shape) * shrink
    ):  # a thinner photo cannot be shrunk, and has no face
        gray = cv2.resize(gray, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    return gray, shrink
