"""One person's landmarks as a body: what is visible, and lengths and angles of its parts."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from fer_core.body.skeleton import HIPS, MIN_VISIBILITY, SHOULDERS, BodyPoint
from fer_core.results import Person

_TORSO_PER_SHOULDERS: Final = 1.5
"""A torso is about 1.5 times as long as the shoulders are wide. It keeps its length in the picture
where it points at the camera."""

SIDES: Final = ("LEFT", "RIGHT")
"""Both sides of the subject."""

_HAND: Final = ("WRIST", "PINKY", "INDEX", "THUMB")
_UP: Final = np.array([0.0, -1.0, 0.0])


def of_side(side: str, *parts: str) -> list[BodyPoint]:
    """Return landmarks of one side.

    >>> of_side("LEFT", "WRIST", "HIP")
    [<BodyPoint.LEFT_WRIST: 15>, <BodyPoint.LEFT_HIP: 23>]
    """
    return [BodyPoint[f"{side}_{part}"] for part in parts]


@dataclass(frozen=True, eq=False)  # without slots: cached properties need a dict
class Joints:
    """The landmarks of one person.

    Attributes:
        points: `(33, 2)` pixels of the frame, y down.
        visibility: `(33,)` in `[0, 1]`.
        world_m: `(33, 3)` metres: x to the right of the frame, y down, z away from the camera.
        bottom: Lower edge of the part of the body that lies in the frame, in pixels.
    """

    points: np.ndarray
    visibility: np.ndarray
    world_m: np.ndarray
    bottom: float

    @classmethod
    def of(cls, person: Person) -> "Joints":
        """Return the joints of a person."""
        landmarks = person.landmarks.astype(np.float64)
        return cls(
            landmarks[:, :2], landmarks[:, 3], person.world_m.astype(np.float64), person.box.y2
        )

    @cached_property
    def torso(self) -> float:
        """The torso in pixels, at least 1: shoulders to hips, or the width of the shoulders."""
        shoulders, hips = self.points[list(SHOULDERS)], self.points[list(HIPS)]
        length = np.hypot(*(shoulders.mean(axis=0) - hips.mean(axis=0)))
        width = np.hypot(*(shoulders[0] - shoulders[1]))
        return float(max(length, _TORSO_PER_SHOULDERS * width, 1.0))

    @property
    def room_below_hips(self) -> float:
        """How much of the person the frame shows below the hips, in torsos; negative if none."""
        return float(self.bottom - self.middle(HIPS)[1]) / self.torso

    def sees(self, points: Iterable[BodyPoint]) -> bool:
        """Return whether each of some landmarks is visible."""
        return bool((self.visibility[list(points)] >= MIN_VISIBILITY).all())

    def sees_hand(self, side: str) -> bool:
        """Return whether a hand is visible: its wrist and three fingers, on average."""
        return bool(self.visibility[of_side(side, *_HAND)].mean() >= MIN_VISIBILITY)

    def hand(self, side: str) -> np.ndarray:
        """Return the centre of a hand, `(2,)` pixels: the mean of its fingers."""
        return np.asarray(self.points[of_side(side, *_HAND[1:])].mean(axis=0))

    def middle(self, pair: Iterable[BodyPoint]) -> np.ndarray:
        """Return the point halfway between two landmarks, `(2,)` pixels."""
        return np.asarray(self.points[list(pair)].mean(axis=0))

    def apart(self, one: np.ndarray, other: np.ndarray) -> float:
        """Return the distance of two points of the picture in torsos."""
        return float(np.hypot(*(one - other))) / self.torso

    def above(self, one: np.ndarray, other: np.ndarray) -> float:
        """Return how far a point of the picture lies above another one, in torsos."""
        return float(other[1] - one[1]) / self.torso

    def outwards(self, side: str, point: np.ndarray) -> float:
        """Return how far a point lies on one side of the breastbone, in torsos.

        It is measured along the line through the shoulders; negative on the other side.
        """
        near, far = (self.points[of_side(each, "SHOULDER")[0]] for each in _ordered(side))
        along = near - far
        width = float(np.hypot(*along))
        offset = point - (near + far) / 2
        return float(offset @ along) / max(width, 1e-6) / self.torso

    def slope_deg(self, one: np.ndarray, other: np.ndarray) -> float:
        """Return how far the line to a point on its right falls, in `(-180, 180]` degrees."""
        across, down = other - one
        return float(np.degrees(np.arctan2(down, across)))

    def turn_deg(self, left: BodyPoint, right: BodyPoint) -> float:
        """Return how far a pair of landmarks is turned from the camera, in `[0, 180]` degrees.

        0 faces the camera, 90 is a view from the side, 180 one from behind.
        """
        across = self.world_m[left] - self.world_m[right]
        return float(np.degrees(np.arctan2(abs(across[2]), across[0])))

    @cached_property
    def head_pitch_deg(self) -> float:
        """How far the nose lies below the ears, seen from the side: `[-90, 90]` degrees."""
        ears = self.world_m[[BodyPoint.LEFT_EAR, BodyPoint.RIGHT_EAR]].mean(axis=0)
        ahead = self.world_m[BodyPoint.NOSE] - ears
        return float(np.degrees(np.arctan2(ahead[1], np.hypot(ahead[0], ahead[2]))))

    @cached_property
    def lean_deg(self) -> float:
        """How far the trunk leans forward, in `(-180, 180]` degrees; below 0 it leans back."""
        left, right = (self.world_m[point] for point in SHOULDERS)
        trunk = (left + right) / 2 - self.world_m[list(HIPS)].mean(axis=0)
        ahead = np.cross(left - right, _UP)
        length = max(float(np.linalg.norm(ahead)), 1e-6)
        return float(np.degrees(np.arctan2(trunk @ ahead / length, trunk @ _UP)))

    def thigh_deg(self, side: str) -> float:
        """Return the angle between a thigh and the vertical, in `[0, 180]` degrees: 0 hangs."""
        hip, knee = self.world_m[of_side(side, "HIP", "KNEE")]
        return _angle_deg(knee - hip, -_UP)

    def knee_deg(self, side: str) -> float:
        """Return the angle of a knee, in `[0, 180]` degrees: 180 is straight."""
        hip, knee, ankle = self.world_m[of_side(side, "HIP", "KNEE", "ANKLE")]
        return _angle_deg(hip - knee, ankle - knee)


def _ordered(side: str) -> tuple[str, str]:
    """Return a side and the other one."""
    return (side, "RIGHT" if side == "LEFT" else "LEFT")


def _angle_deg(one: np.ndarray, other: np.ndarray) -> float:
    lengths = max(float(np.linalg.norm(one) * np.linalg.norm(other)), 1e-9)
    return float(np.degrees(np.arccos(np.clip(one @ other / lengths, -1.0, 1.0))))
