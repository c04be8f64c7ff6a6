"""One found face as both networks see it, and the faces of a frame as `Detections`.

The expression network needs faces framed as FER2013's are, which a Haar-type detector cropped. The
mesh was fitted to 3,190 of its Training images (every ninth; 94% have a mesh). Of twelve measures,
two vary least between images and between expressions: the height of the mesh (the middle half of
the images lies within 6%) and the mean of its points (within 0.9 pixels across and 1.2 down, of
48). In a crop of 48 pixels the mesh is 43.6 pixels high, and its mean lies at (24.0, 27.4).

`python -m fer_core evaluate-turned` measures this framing: it classifies the same faces at every
tilt in Haar's crop and in this one, and reports the agreement and the macro-F1 of each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from fer_core.faces.detections import Detections, FaceStatus
from fer_core.faces.mesh import FaceMesh
from fer_core.faces.pose import head_pose, keypoint_yaw_deg
from fer_core.geometry import FARTHEST, wrap_deg
from fer_core.regions import Region

MIN_PRESENCE: Final = 0.5  # even odds
# The box from hairline to chin against the square from brows to chin: how much higher and larger it
# is, in sides of the square. Median of annotated boxes in WIDER FACE photos.
BOX_RAISED: Final = 0.06
BOX_IN_SQUARES: Final = 1.08
_SIDE_IN_MESH_HEIGHTS: Final = 48 / 43.64
_MEAN_BELOW_CENTRE: Final = (27.37 - 24.0) / 48  # in sides of the crop


@dataclass(frozen=True, eq=False)  # no slots: derived values are cached
class FoundFace:
    """One face of a frame.

    Attributes:
        region: The detector's rotated square, brows to chin.
        keypoints: The detector's six keypoints `(6, 2)`, pixels.
        score: Confidence that this is a face, in `[0, 1]`.
        mesh: The fitted mesh; use it only where `has_mesh`.
        frame_size: Height and width of the frame in pixels.
    """

    region: Region
    keypoints: np.ndarray
    score: float
    mesh: FaceMesh
    frame_size: tuple[int, int]

    @property
    def has_mesh(self) -> bool:
        """Whether the mesh fits the face. It does not fit profiles and half-hidden faces."""
        return self.mesh.presence >= MIN_PRESENCE

    @cached_property
    def is_sound(self) -> bool:
        """Whether box and square have a place and a size. After a failed fit they have not."""
        region = self.region
        numbers = (region.x, region.y, region.side, self.roll_deg)
        is_near = all(abs(number) < FARTHEST for number in numbers)
        if not (is_near and np.abs(self.keypoints).max() < FARTHEST):
            return False  # too far away, or NaN
        x1, y1, x2, y2 = box = self.xyxy.tolist()
        if not all(abs(number) < FARTHEST for number in box):  # a point of the mesh is
            return False
        return bool(min(x2 - x1, y2 - y1, self.square.side) >= 1.0)

    @property
    def roll_deg(self) -> float:
        """Clockwise tilt of the head, in `(-180, 180]`."""
        return self.mesh.roll_deg if self.has_mesh else self.region.roll_deg

    @cached_property
    def square(self) -> Region:
        """The rotated square that frames the face as FER2013 does."""
        return mesh_square(self.mesh) if self.has_mesh else region_square(self.region)

    @cached_property
    def xyxy(self) -> np.ndarray:
        """The upright box `(4,)` around the face, hairline to chin."""
        if self.has_mesh:
            return self.mesh.xyxy
        whole = self.region.raised(BOX_RAISED).scaled(BOX_IN_SQUARES)
        middle, half = np.array([whole.x, whole.y]), whole.side / 2
        return np.concatenate([middle - half, middle + half])

    @cached_property
    def head_deg(self) -> tuple[float, float]:
        """Yaw and pitch in degrees; NaN where unknown. Without a mesh the pitch is unknown."""
        if self.has_mesh:
            return head_pose(self.mesh.points, self.frame_size)
        return keypoint_yaw_deg(self.keypoints), float("nan")


def mesh_square(mesh: FaceMesh) -> Region:
    """Return the rotated square that frames a face as FER2013 does."""
    side = _SIDE_IN_MESH_HEIGHTS * float(np.ptp(mesh.upright[:, 1]))
    return mesh.region_at(mesh.upright.mean(axis=0), side=side).raised(_MEAN_BELOW_CENTRE)


def region_square(region: Region) -> Region:
    """Return the same square for a face without a mesh, from the detector's rotated square.

    Source: median relation of the two squares over 133 faces with a confident mesh in WIDER FACE
    photos.
    """
    return region.raised(0.056).scaled(1.11)


def as_detections(
    faces: Sequence[FoundFace],
    *,
    track_ids: Sequence[int] | None = None,
    statuses: Sequence[FaceStatus] | None = None,
) -> Detections:
    """Return the sound faces of a frame as one result; see `FoundFace.is_sound`.

    Args:
        faces: The faces; may be empty.
        track_ids: Their tracks; None if the detector follows none.
        statuses: What was done for each; None if all are new.
    """
    if track_ids is None:
        track_ids = [-1] * len(faces)
    if statuses is None:
        statuses = [FaceStatus.NEW] * len(faces)
    sound = [index for index, face in enumerate(faces) if face.is_sound]
    if not sound:
        return Detections.empty()
    faces = [faces[index] for index in sound]
    squares = [face.square for face in faces]
    return Detections(
        np.array([face.xyxy for face in faces]),
        np.array([face.score for face in faces]),
        wrap_deg(np.array([face.roll_deg for face in faces], dtype=np.float32)),
        squares=np.array([(square.x, square.y, square.side) for square in squares]),
        head_deg=np.array([face.head_deg for face in faces]),
        presence=np.array([face.mesh.presence for face in faces]),
        track_ids=np.array([track_ids[index] for index in sound]),
        statuses=np.array([statuses[index] for index in sound]),
    )
