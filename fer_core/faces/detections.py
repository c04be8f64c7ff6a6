"""The interface of every face detector: `FaceDetector.detect(frame_bgr) -> Detections`."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Protocol, runtime_checkable

import numpy as np

from fer_core.geometry import as_xyxy, square_around

_UNKNOWN = np.empty(0, dtype=np.float32)  # default of fields that a detector need not fill in


def _unknown() -> np.ndarray:
    return _UNKNOWN


class FaceStatus(IntEnum):
    """What the detector did for a face in this frame."""

    NEW = 0  # found by searching the frame
    TRACKED = 1  # followed into this frame
    CARRIED = 2  # not looked at: box and pose are those of an earlier frame


@dataclass(frozen=True, slots=True, eq=False)  # eq: comparing arrays gives no single truth value
class Detections:
    """The `n` faces found in one frame, in any order.

    Attributes:
        xyxy: `(n, 4)` float32 pixels, end exclusive: the upright box around each face. It may
            reach over the frame's edge.
        scores: `(n,)` float32 in `[0, 1]`: confidence that each is a face. Scores of different
            detectors are not comparable.
        roll_deg: `(n,)` float32 in `(-180, 180]`: clockwise tilt of the head.
        squares: `(n, 3)` float32 pixels: centre x, centre y and side of the square that frames
            each face for classification. It is rotated clockwise by `roll_deg` about its centre.
            Default: the square around the box.
        head_deg: `(n, 2)` float32: yaw (positive to the subject's left) and pitch (positive
            down); 0 when facing the camera, NaN where the detector does not know.
        presence: `(n,)` float32 in `[0, 1]`: confidence that the whole face is in view, NaN where
            the detector does not know.
        track_ids: `(n,)` int64: the detector's own number of each face, the same in every frame in
            which it follows the face, never used again for another face. -1: it follows none.
        statuses: `(n,)` int8 of `FaceStatus`. Default: all are new.

    Raises:
        ValueError: The arrays do not match in length or hold values out of range.
    """

    xyxy: np.ndarray
    scores: np.ndarray
    roll_deg: np.ndarray
    squares: np.ndarray = field(default_factory=_unknown)
    head_deg: np.ndarray = field(default_factory=_unknown)
    presence: np.ndarray = field(default_factory=_unknown)
    track_ids: np.ndarray = field(default_factory=_unknown)
    statuses: np.ndarray = field(default_factory=_unknown)

    def __post_init__(self) -> None:
        n_faces = len(as_xyxy(self.xyxy))
        self._keep("xyxy", as_xyxy(self.xyxy), (n_faces, 4))
        self._keep("scores", self.scores, (n_faces,))
        self._keep("roll_deg", self.roll_deg, (n_faces,))
        self._check_ranges()
        squares = _squares_around(self.xyxy) if self.squares is _UNKNOWN else self.squares
        self._keep("squares", squares, (n_faces, 3))
        if not (np.isfinite(self.squares).all() and (self.squares[:, 2] > 0).all()):
            raise ValueError(
                f"Squares need a finite centre and a side above 0, got {self.squares}."
            )
        for name, shape in (("head_deg", (n_faces, 2)), ("presence", (n_faces,))):
            values = getattr(self, name)
            self._keep(name, np.full(shape, np.nan) if values is _UNKNOWN else values, shape)
        track_ids = np.full(n_faces, -1) if self.track_ids is _UNKNOWN else self.track_ids
        self._keep("track_ids", track_ids, (n_faces,), dtype=np.int64)
        statuses = np.zeros(n_faces) if self.statuses is _UNKNOWN else self.statuses
        self._keep("statuses", statuses, (n_faces,), dtype=np.int8)

    def _keep(
        self, name: str, values: object, shape: tuple[int, ...], dtype: type = np.float32
    ) -> None:
        array: np.ndarray = np.array(values, dtype=dtype)  # own copy: callers reuse buffers
        if array.shape != shape:
            raise ValueError(f"Expected {name} of shape {shape}, got {array.shape}.")
        array.setflags(write=False)  # the page reads it while the camera thread moves on
        object.__setattr__(self, name, array)

    def _check_ranges(self) -> None:
        if not (np.isfinite(self.xyxy).all() and (self.xyxy[:, 2:] > self.xyxy[:, :2]).all()):
            raise ValueError(f"Boxes need finite x2 > x1 and y2 > y1, got {self.xyxy}.")
        if not ((self.scores >= 0).all() and (self.scores <= 1).all()):
            raise ValueError(f"Scores lie in [0, 1], got {self.scores}.")
        if not ((self.roll_deg > -180).all() and (self.roll_deg <= 180).all()):
            raise ValueError(f"Roll angles lie in (-180, 180] degrees, got {self.roll_deg}.")

    def __len__(self) -> int:
        return len(self.xyxy)

    def take(self, indices: np.ndarray) -> "Detections":
        """Return the faces at `indices`, in that order."""
        return Detections(
            self.xyxy[indices],
            self.scores[indices],
            self.roll_deg[indices],
            squares=self.squares[indices],
            head_deg=self.head_deg[indices],
            presence=self.presence[indices],
            track_ids=self.track_ids[indices],
            statuses=self.statuses[indices],
        )

    def scaled(self, zoom: float) -> "Detections":
        """Return the same faces in the frame resized by `zoom`, above 0."""
        return replace(self, xyxy=self.xyxy * zoom, squares=self.squares * zoom)

    @classmethod
    def empty(cls) -> "Detections":
        """Return the result for a frame without a face.

        >>> len(Detections.empty())
        0
        """
        return cls(np.zeros((0, 4)), np.zeros(0), np.zeros(0))


def _squares_around(boxes: object) -> np.ndarray:
    squares = square_around(as_xyxy(boxes), scale=1.0)
    centres = (squares[:, :2] + squares[:, 2:]) / 2
    return np.concatenate([centres, squares[:, 2:3] - squares[:, 0:1]], axis=1)


class FaceDetector(Protocol):
    """Finds the faces of a frame. Threads may share a detector; its calls then wait in turn."""

    name: str

    def detect(self, frame_bgr: np.ndarray) -> Detections:
        """Return the faces of a uint8 frame `(height, width, 3)` in blue, green, red order.

        Raises:
            ValueError: The frame has another dtype or shape.
        """
        ...


@runtime_checkable
class TrackingDetector(FaceDetector, Protocol):
    """A detector that also follows the faces of one video, as its caller plans each frame."""

    @property
    def track_ids(self) -> tuple[int, ...]:
        """The tracks that can be followed into the next frame."""
        ...

    def track(
        self, frame_bgr: np.ndarray, *, is_searched: bool, followed_ids: Collection[int]
    ) -> Detections:
        """Return the faces of the next frame.

        Args:
            frame_bgr: uint8 `(height, width, 3)` in blue, green, red order.
            is_searched: Whether to search for new faces. If no known face is left, the frame is
                searched in any case.
            followed_ids: The tracks to follow. The faces of the others are carried over.

        Raises:
            ValueError: The frame has another dtype or shape.
        """
        ...


def check_frame_bgr(frame_bgr: np.ndarray) -> None:
    """Accept a non-empty uint8 frame `(height, width, 3)`.

    Raises:
        ValueError: The array has another dtype or shape.
    """
    is_frame = frame_bgr.ndim == 3 and frame_bgr.shape[2] == 3 and frame_bgr.size > 0
    if frame_bgr.dtype != np.uint8 or not is_frame:
        raise ValueError(
            f"Expected a uint8 frame of shape (height, width, 3), "
            f"got {frame_bgr.dtype} {frame_bgr.shape}."
        )
