"""What every face detector takes and gives: `FaceDetector.detect(frame_bgr) -> Detections`."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from fer_core.geometry import as_xyxy

N_LANDMARKS = 5  # subject's right eye, left eye, nose tip, right and left corner of the mouth


@dataclass(frozen=True, slots=True, eq=False)  # eq: comparing arrays gives no single truth value
class Detections:
    """The `n` faces found in one frame, best score first is not promised.

    Attributes:
        xyxy: `(n, 4)` float32 pixels, end exclusive: each face's box as if it were upright, that is
            before turning it by `roll_deg` about its centre. It may reach over the frame's edge.
        scores: `(n,)` float32 in `[0, 1]`, how surely each is a face. Scores of two detectors
            are not comparable.
        roll_deg: `(n,)` float32 in `(-180, 180]`, clockwise tilt of the head in the picture.
        landmarks: `(n, 5, 2)` float32 pixels, or None from a detector that gives none. Order:
            subject's right eye, left eye, nose tip, right and left corner of the mouth.

    Raises:
        ValueError: The arrays do not fit together or hold values out of range.
    """

    xyxy: np.ndarray
    scores: np.ndarray
    roll_deg: np.ndarray
    landmarks: np.ndarray | None = None

    def __post_init__(self) -> None:
        xyxy = as_xyxy(self.xyxy).copy()
        scores = np.array(self.scores, dtype=np.float32)
        roll_deg = np.array(self.roll_deg, dtype=np.float32)
        n_faces = len(xyxy)
        if scores.shape != (n_faces,) or roll_deg.shape != (n_faces,):
            raise ValueError(
                f"Expected {n_faces} scores and roll angles for {n_faces} boxes, "
                f"got {scores.shape} and {roll_deg.shape}."
            )
        if not (np.isfinite(xyxy).all() and (xyxy[:, 2:] > xyxy[:, :2]).all()):
            raise ValueError(f"Boxes need finite x2 > x1 and y2 > y1, got {xyxy}.")
        if not ((scores >= 0).all() and (scores <= 1).all()):
            raise ValueError(f"Scores lie in [0, 1], got {scores}.")
        if not ((roll_deg > -180).all() and (roll_deg <= 180).all()):
            raise ValueError(f"Roll angles lie in (-180, 180] degrees, got {roll_deg}.")
        self._keep("xyxy", xyxy)
        self._keep("scores", scores)
        self._keep("roll_deg", roll_deg)
        if self.landmarks is not None:
            landmarks = np.array(self.landmarks, dtype=np.float32)
            if landmarks.shape != (n_faces, N_LANDMARKS, 2):
                raise ValueError(
                    f"Expected landmarks of shape ({n_faces}, {N_LANDMARKS}, 2), "
                    f"got {landmarks.shape}."
                )
            self._keep("landmarks", landmarks)

    def _keep(self, name: str, values: np.ndarray) -> None:
        values.setflags(write=False)  # read by the page while the camera thread moves on
        object.__setattr__(self, name, values)

    def __len__(self) -> int:
        return len(self.xyxy)

    @classmethod
    def empty(cls, *, has_landmarks: bool = False) -> "Detections":
        """Return the result for a frame without a face.

        >>> len(Detections.empty()), Detections.empty(has_landmarks=True).landmarks.shape
        (0, (0, 5, 2))
        """
        landmarks = np.zeros((0, N_LANDMARKS, 2), np.float32) if has_landmarks else None
        return cls(np.zeros((0, 4)), np.zeros(0), np.zeros(0), landmarks)


class FaceDetector(Protocol):
    """Finds faces in a frame. A detector may be shared by threads; its calls then queue up."""

    name: str

    def detect(self, frame_bgr: np.ndarray) -> Detections:
        """Return the faces of a uint8 frame `(height, width, 3)` in blue, green, red order.

        Raises:
            ValueError: The frame has another type or shape.
        """
        ...


def check_frame_bgr(frame_bgr: np.ndarray) -> None:
    """Accept a non-empty uint8 frame `(height, width, 3)`.

    Raises:
        ValueError: The array has another type or shape.
    """
    is_frame = frame_bgr.ndim == 3 and frame_bgr.shape[2] == 3 and frame_bgr.size > 0
    if frame_bgr.dtype != np.uint8 or not is_frame:
        raise ValueError(
            f"Expected a uint8 frame of shape (height, width, 3), "
            f"got {frame_bgr.dtype} {frame_bgr.shape}."
        )
