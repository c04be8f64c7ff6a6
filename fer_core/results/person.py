"""A person of a frame: where the body is, as 33 landmarks."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from fer_core.records import (
    METRE_DECIMALS,
    PIXEL_DECIMALS,
    SHARE_DECIMALS,
    PersonRecord,
    valid_unicode,
)
from fer_core.results.box import Box

N_LANDMARKS: Final = 33


@dataclass(frozen=True, slots=True, eq=False, repr=False)  # comparing arrays gives no truth value
class Person:
    """One person of a frame.

    Attributes:
        box: The upright box around the part of the body that lies in the frame.
        landmarks: `(33, 4)` float32, in the order of `fer_core.body.skeleton.BodyPoint`: x and y in
            pixels of the frame, z in the same unit, away from the camera, 0 at the hips; and the
            visibility in `[0, 1]`. A landmark that is not visible is a guess; it may lie beyond
            the frame.
        world_m: `(33, 3)` float32 metres from the centre of the hips: x to the right of the frame,
            y down, z away from the camera.
        presence: Confidence that this is a person, in `[0, 1]`.
        face_id: The person's face: its index in `faces` of a photo. None if it is not seen.
        posture: What is seen of the posture, in words, at most two; see `fer_core.body.posture`.
        distance_m: Distance from the camera in metres; None where it is not known.
    """

    box: Box
    landmarks: np.ndarray
    world_m: np.ndarray
    presence: float
    face_id: int | None = None
    posture: tuple[str, ...] = ()
    distance_m: float | None = None

    def __post_init__(self) -> None:
        self._keep("landmarks", (N_LANDMARKS, 4))
        self._keep("world_m", (N_LANDMARKS, 3))
        visibility = self.landmarks[:, 3]
        if not (0.0 <= visibility.min() and visibility.max() <= 1.0):
            raise ValueError(f"Visibility lies in [0, 1], got {visibility}.")
        if not 0.0 <= self.presence <= 1.0:
            raise ValueError(f"presence lies in [0, 1], got {self.presence}.")
        if self.distance_m is not None and not 0.0 <= self.distance_m < np.inf:
            raise ValueError(f"distance_m is at least 0, got {self.distance_m}.")

    def _keep(self, name: str, shape: tuple[int, int]) -> None:
        array: np.ndarray = np.array(getattr(self, name), dtype=np.float32)  # own copy
        if array.shape != shape or not np.isfinite(array).all():
            raise ValueError(f"Expected finite {name} of shape {shape}, got {array.shape}.")
        array.setflags(write=False)  # read by the page while the camera thread moves on
        object.__setattr__(self, name, array)

    def to_dict(self) -> PersonRecord:
        """Return the person as `cue analyze --body` writes it to JSON."""
        distance_m = self.distance_m
        return {
            "face_id": self.face_id,
            "box": [round(float(edge), PIXEL_DECIMALS) for edge in self.box.as_tuple()],
            "landmarks": [
                [*_rounded(row[:3], PIXEL_DECIMALS), *_rounded(row[3:], SHARE_DECIMALS)]
                for row in self.landmarks
            ],
            "world_m": [_rounded(row, METRE_DECIMALS) for row in self.world_m],
            "posture": [valid_unicode(words) for words in self.posture],
            "distance_m": None if distance_m is None else round(float(distance_m), METRE_DECIMALS),
        }

    def __repr__(self) -> str:
        face = "" if self.face_id is None else f", face_id={self.face_id}"
        return f"Person(presence {self.presence:.0%}, box={self.box.whole_pixels()}{face})"


def _rounded(row: np.ndarray, decimals: int) -> list[float]:
    return [round(float(value), decimals) for value in row]
