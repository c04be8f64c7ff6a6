"""Which bodies are the same person, and which face belongs to which body."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from fer_core.body.pose_landmarks import Pose
from fer_core.body.skeleton import EYES, HIPS, SHOULDERS, BodyPoint

MAX_TORSOS: Final = 0.5
"""Mean distance of nose, shoulders and hips, in torsos of the larger body, up to which two bodies
are one person. Boxes overlap as much between two people who embrace as between two fits of one
person. These five points do not: the fits of one person agree on the head, and where the hips
cannot be seen they still lie below the same shoulders."""

MAX_EYE_DISTANCES: Final = 1.5
"""Distance between the eyes of a face and those of its body, in distances between the eyes. A head
is about 2.4 wide, so the eyes of a neighbour are further away."""

_TRUNK: Final = [BodyPoint.NOSE, *SHOULDERS, *HIPS]


def are_same_person(one: Pose, other: Pose) -> bool:
    """Return whether two poses are those of one person; see `MAX_TORSOS`."""
    apart = one.landmarks[_TRUNK, :2] - other.landmarks[_TRUNK, :2]
    torso = max(torso_of(one.landmarks), torso_of(other.landmarks))
    return bool(np.hypot(*apart.T).mean() <= MAX_TORSOS * torso)


def torso_of(landmarks: np.ndarray) -> float:
    """Return the distance from the centre of the shoulders to the centre of the hips, in pixels.

    Args:
        landmarks: `(33, 2 or more)`: x and y in pixels first.
    """
    shoulders, hips = (landmarks[list(pair), :2].mean(axis=0) for pair in (SHOULDERS, HIPS))
    return float(np.hypot(*(shoulders - hips)))


def match_faces(poses: Sequence[Pose], eyes: np.ndarray) -> list[int | None]:
    """Return the index of each body's face, None for a body without one.

    The nearest pair of a body and a face is matched first; no face has two bodies.

    Args:
        poses: The bodies.
        eyes: Right and left eye of each face, `(n, 2, 2)` pixels.
    """
    face_ids: list[int | None] = [None] * len(poses)
    if not poses or not len(eyes):
        return face_ids
    heads = np.array([pose.landmarks[list(EYES), :2].mean(axis=0) for pose in poses])
    away = np.hypot(*(heads[:, None] - eyes.mean(axis=1)[None]).transpose(2, 0, 1))
    away /= np.maximum(np.hypot(*(eyes[:, 1] - eyes[:, 0]).T), 1.0)  # (n_poses, n_faces)
    for flat in np.argsort(away, axis=None, kind="stable"):
        body, face = (int(index) for index in np.unravel_index(flat, away.shape))
        if away[body, face] > MAX_EYE_DISTANCES:
            break
        if face_ids[body] is None and face not in face_ids:
            face_ids[body] = face
    return face_ids
