"""The cascade at every tilt: it searches the turned frame, and asks for two eyes in each face.

The frontal cascade holds to a tilt of about 15 degrees, so the frame is turned in steps of 20. Each
turn adds false faces; a check of two level eyes with OpenCV's cascade for eyes removes nearly all.
The line through the eyes then gives the exact tilt.
"""

import threading
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from fer_core.faces import haar
from fer_core.faces.detections import Detections, check_frame_bgr
from fer_core.faces.haar import HaarConfig
from fer_core.faces.search import without_overlaps
from fer_core.geometry import between_pixel_centres, rotation, transform_points, wrap_deg
from fer_core.weights import VendorFile

EYE_FILE: Final = VendorFile(
    "opencv-haar/haarcascade_eye.xml",
    sha256="71cc64fc305a355dc60067880f6fbbd43dd155bd63ee3844661a1bda34b2fd8c",
)
_TURNS_DEG: Final = tuple(float(turn) for turn in range(0, 360, 20))
# Side in pixels to which a face is scaled for the eyes, and overlapping hits that make an eye. Of
# 25 faces found in turned photos this keeps 20, and 2 of 188 false ones. At 96 pixels it keeps 15.
_FACE_SIDE: Final = 144
_EYE_NEIGHBORS: Final = 3
_EYES_BETWEEN: Final = (0.15, 0.6)  # of the height of a face
_EYE_SIDES: Final = (0.15, 0.4)  # of the side of a face
_MAX_SLOPE: Final = 0.4  # of the line through the eyes: 22 degrees
_MAX_OVERLAP: Final = 0.5  # of the smaller box; see `without_overlaps`


@dataclass(frozen=True, slots=True)
class HaarTiltConfig:
    """How a turned frame is searched.

    Attributes:
        search: How each turn is searched.
        n_turns: Turns per frame that no face was just found at; the frames take them in turn.
        min_score: Lowest score of a face, in `[0, 1]`. It costs no true face in turned photos and
            drops what passes as eyes on a shoulder or a collar.
    """

    search: HaarConfig
    n_turns: int = len(_TURNS_DEG)
    min_score: float = 0.15

    def __post_init__(self) -> None:
        if not (1 <= self.n_turns <= len(_TURNS_DEG) and 0 <= self.min_score <= 1):
            raise ValueError(f"Settings out of range: {self}.")


# About three times the time of one upright pass.
VIDEO: Final = HaarTiltConfig(haar.VIDEO, n_turns=2)
# Fewer overlapping hits than the upright search asks for: the eyes are asked for too. In a face of
# less than 36 pixels they are not found, and the smallest size takes most of the time.
PHOTO: Final = HaarTiltConfig(
    HaarConfig(working_side=640, scale_factor=1.1, min_neighbors=2, min_face=36)
)


class HaarTiltDetector:
    """Finds frontal faces of any tilt with OpenCV's cascades.

    In a video it looks where the faces of the last frame were tilted, and at a few other turns.
    The cascades serve one thread at a time, so `detect` holds a lock. Create one per video.
    """

    name = "haar-tilt"

    def __init__(self, config: HaarTiltConfig = VIDEO) -> None:
        """Load the cascades.

        Raises:
            ModelError: A vendored cascade is missing or was changed.
        """
        self._config = config
        self._face = haar.load_cascade(haar.CASCADE_FILE)
        self._eye = haar.load_cascade(EYE_FILE)
        self._seen_deg: set[float] = {0.0}  # turns at which the last frame showed a face
        self._others_deg = list(_TURNS_DEG)  # the next to be searched comes first
        self._lock = threading.Lock()

    def detect(self, frame_bgr: np.ndarray) -> Detections:
        """Return the faces of a frame that show two eyes, with `roll_deg`.

        Raises:
            ValueError: The frame is not uint8 `(height, width, 3)`.
        """
        check_frame_bgr(frame_bgr)
        gray, shrink = haar.shrunk_gray(frame_bgr, self._config.search.working_side)
        if min(gray.shape) < self._config.search.min_face:
            return Detections.empty()  # turned, a long strip would fill gigabytes
        with self._lock:
            found = [
                (turn_deg, *face)
                for turn_deg in self._next_turns()
                for face in self._at(gray, turn_deg)
            ]
        rows = np.array(found, dtype=np.float64).reshape(-1, 6)
        turns_deg, x, y, sides, rolls_deg, scores = rows.T
        xyxy = np.stack([x - sides / 2, y - sides / 2, x + sides / 2, y + sides / 2], axis=1)
        kept = without_overlaps(xyxy, scores, max_overlap=_MAX_OVERLAP)
        self._seen_deg = set(turns_deg[kept].tolist()) or {0.0}
        return Detections(xyxy[kept] / shrink, scores[kept], wrap_deg(rolls_deg[kept]))

    def _next_turns(self) -> list[float]:
        """Return the turns of this frame: those that showed a face, and the next others."""
        others = [turn for turn in self._others_deg if turn not in self._seen_deg]
        chosen = others[: self._config.n_turns]
        self._others_deg = [turn for turn in self._others_deg if turn not in chosen] + chosen
        return [*self._seen_deg, *chosen]

    def _at(
        self, gray: np.ndarray, turn_deg: float
    ) -> list[tuple[float, float, float, float, float]]:
        """Return centre, side, roll and score of the faces that are tilted by about `turn_deg`."""
        upright, to_upright = _turned_back(gray, turn_deg)
        to_frame = cv2.invertAffineTransform(to_upright)
        xywh, scores = haar.frontal_faces(self._face, upright, self._config.search)
        faces = []
        for (left, top, side, _), score in zip(xywh.astype(int), scores, strict=True):
            if score < self._config.min_score:
                continue
            slope_deg = self._eye_slope_deg(upright[top : top + side, left : left + side])
            if slope_deg is None:
                continue
            x, y = transform_points(to_frame, np.array([left + side / 2, top + side / 2]))
            faces.append((float(x), float(y), float(side), turn_deg + slope_deg, float(score)))
        return faces

    def _eye_slope_deg(self, face: np.ndarray) -> float | None:
        """Return the tilt of the line through the eyes, or None without two level eyes."""
        face = cv2.resize(face, (_FACE_SIDE, _FACE_SIDE), interpolation=cv2.INTER_AREA)
        low, high = (round(share * _FACE_SIDE) for share in _EYES_BETWEEN)
        smallest, largest = (round(share * _FACE_SIDE) for share in _EYE_SIDES)
        eyes = self._eye.detectMultiScale(
            face[low:high],
            scaleFactor=1.1,
            minNeighbors=_EYE_NEIGHBORS,
            minSize=(smallest, smallest),
            maxSize=(largest, largest),
        )
        centres = np.array([(x + side / 2, y + side / 2) for x, y, side, _ in eyes])
        if len(centres) < 2:
            return None
        is_left = centres[:, 0] < _FACE_SIDE / 2
        if is_left.all() or not is_left.any():
            return None
        # of the pairs, the most level one: brows and nostrils lie higher and lower than eyes
        ways = (centres[~is_left][None] - centres[is_left][:, None]).reshape(-1, 2)
        across, down = ways[np.abs(ways[:, 1] / ways[:, 0]).argmin()]
        if abs(down / across) > _MAX_SLOPE:
            return None
        return float(np.rad2deg(np.arctan2(down, across)))


def _turned_back(gray: np.ndarray, turn_deg: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the frame with faces that are tilted by `turn_deg` upright, and the matrix to it.

    The canvas grows to hold the whole frame. Its corners repeat the frame's edge: a black
    wedge would have sharp edges, which look like features of a face.
    """
    size = np.array([gray.shape[1], gray.shape[0]])
    turn = rotation(-turn_deg)
    width, height = np.maximum(np.rint(np.abs(turn) @ size), 1).astype(int)
    shift = np.array([width, height]) / 2 - turn @ (size / 2)
    to_upright = np.concatenate([turn, shift[:, None]], axis=1)
    if turn_deg == 0.0:
        return gray, to_upright
    upright = cv2.warpAffine(
        gray,
        between_pixel_centres(to_upright),
        (int(width), int(height)),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return upright, to_upright
