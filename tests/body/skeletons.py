"""Drawn people: a standing figure of 33 landmarks, some of whose joints are moved."""

from collections.abc import Iterable, Mapping

import numpy as np

from fer_core.body.skeleton import MIRRORED, BodyPoint
from fer_core.results import Box, Person

TORSO_M = 0.5
HEAD = list(BodyPoint)[: BodyPoint.LEFT_SHOULDER]
FINGERS = ("PINKY", "INDEX", "THUMB")
HAND_LENGTH = 0.1  # wrist to fingers, which point down

# In torsos from the centre of the shoulders: x to the right of the frame, y down, z away. The
# subject looks into the camera; points of the right side mirror those of the left.
_NOSE = (0, -0.4, -0.2)
_LEFT = {
    "EYE_INNER": (0.03, -0.46, -0.17),
    "EYE": (0.06, -0.46, -0.16),
    "EYE_OUTER": (0.09, -0.46, -0.15),
    "EAR": (0.14, -0.4, 0),
    "MOUTH": (0.05, -0.32, -0.17),
    "SHOULDER": (0.32, 0, 0),
    "ELBOW": (0.38, 0.5, 0),
    "WRIST": (0.4, 0.95, 0),
    "HIP": (0.18, 1, 0),
    "KNEE": (0.18, 1.75, 0),
    "ANKLE": (0.18, 2.5, 0),
    "HEEL": (0.18, 2.55, 0),
    "FOOT_INDEX": (0.18, 2.55, -0.2),
}


def figure(
    *,
    hands: Mapping[str, tuple[float, float]] | None = None,
    head_deg: tuple[float, float, float] = (0, 0, 0),
    trunk_deg: tuple[float, float] = (0, 0),
    legs_deg: tuple[float, float] = (0, 0),
    raised: float = 0,
) -> np.ndarray:
    """Return the points of a figure, `(33, 3)` torsos.

    Args:
        hands: Where the wrists are, by side: to the left of the subject's breastbone, and down.
        head_deg: How far the head is bent down, turned and tilted.
        trunk_deg: How far the trunk leans forward, and then the whole body is turned.
        legs_deg: How far the thighs are lifted forward, and the knees are bent.
        raised: How far the shoulders are raised.
    """
    points = _standing()
    for side, (outwards, down) in (hands or {}).items():
        x = outwards if side == "LEFT" else -outwards
        points[BodyPoint[f"{side}_WRIST"]] = (x, down, -0.1)
        for finger in FINGERS:
            points[BodyPoint[f"{side}_{finger}"]] = (x, down + HAND_LENGTH, -0.1)
    _bend_head(points, *head_deg)
    points[[BodyPoint.LEFT_SHOULDER, BodyPoint.RIGHT_SHOULDER], 1] -= raised
    _bend_legs(points, *legs_deg)
    lean, turn = trunk_deg
    upper = list(range(BodyPoint.LEFT_HIP))
    points[upper] = (points[upper] - (0, 1, 0)) @ _about("x", -lean).T + (0, 1, 0)
    turned: np.ndarray = points @ _about("y", turn).T
    return turned


def person_of(
    points: np.ndarray,
    *,
    hidden: Iterable[BodyPoint] = (),
    torso: float = 100.0,
    corner: tuple[float, float] = (300.0, 150.0),
    bottom: float | None = None,
) -> Person:
    """Return a person whose torso is `torso` pixels long; the frame ends at `bottom` pixels."""
    visibility = np.ones((33, 1))
    visibility[list(hidden)] = 0.49
    flat = points * torso + np.array([*corner, 0])
    hips = points[[BodyPoint.LEFT_HIP, BodyPoint.RIGHT_HIP]].mean(axis=0)
    (x1, y1), (x2, y2) = flat[:, :2].min(axis=0), flat[:, :2].max(axis=0)
    box = Box(x1, y1, x2 + 1, y2 + 1 if bottom is None else bottom)
    return Person(box, np.hstack([flat, visibility]), (points - hips) * TORSO_M, 0.9)


def mirrored(points: np.ndarray) -> np.ndarray:
    """Return the figure as in a mirror: left is right, in the picture and of the body."""
    swapped: np.ndarray = points[list(MIRRORED)] * (-1, 1, 1)
    return swapped


def _standing() -> np.ndarray:
    points = np.zeros((33, 3))
    points[BodyPoint.NOSE] = _NOSE
    for part, (x, y, z) in _LEFT.items():
        for side, sign in (("LEFT", 1), ("RIGHT", -1)):
            name = f"{part}_{side}" if part == "MOUTH" else f"{side}_{part}"
            points[BodyPoint[name]] = (sign * x, y, z)
    for side in ("LEFT", "RIGHT"):
        for finger in FINGERS:
            wrist = points[BodyPoint[f"{side}_WRIST"]]
            points[BodyPoint[f"{side}_{finger}"]] = wrist + np.array([0, HAND_LENGTH, 0])
    return points


def _bend_head(points: np.ndarray, down: float, turn: float, tilt: float) -> None:
    ears = points[[BodyPoint.LEFT_EAR, BodyPoint.RIGHT_EAR]].mean(axis=0)
    turns = _about("z", tilt) @ _about("y", turn) @ _about("x", -down)
    points[HEAD] = (points[HEAD] - ears) @ turns.T + ears


def _bend_legs(points: np.ndarray, thigh: float, knee: float) -> None:
    for side in ("LEFT", "RIGHT"):
        hip, joint = BodyPoint[f"{side}_HIP"], BodyPoint[f"{side}_KNEE"]
        feet = [BodyPoint[f"{side}_{part}"] for part in ("ANKLE", "HEEL", "FOOT_INDEX")]
        points[feet] = (points[feet] - points[joint]) @ _about("x", knee).T + points[joint]
        leg = [joint, *feet]
        points[leg] = (points[leg] - points[hip]) @ _about("x", -thigh).T + points[hip]


def _about(axis: str, degrees: float) -> np.ndarray:
    """Return the rotation about an axis; forward is up to y for x, to the right for y and z."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    one, other = {"x": (2, 1), "y": (2, 0), "z": (0, 1)}[axis]
    matrix = np.eye(3)
    matrix[one, one] = matrix[other, other] = cos
    matrix[one, other], matrix[other, one] = -sin, sin
    return matrix
