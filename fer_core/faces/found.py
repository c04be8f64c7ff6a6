"""A face as both networks agree on it, and a frame's faces as `Detections`."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fer_core.faces.detect import Detections
from fer_core.faces.framing import keypoint_landmarks, mesh_square, region_square
from fer_core.faces.mesh import FaceMesh, is_surface
from fer_core.faces.pose import head_pose, keypoint_yaw_deg
from fer_core.faces.views import Region
from fer_core.geometry import FARTHEST, wrap_deg

MIN_PRESENCE = 0.5  # the mesh network's own even odds


@dataclass(frozen=True, eq=False)  # no slots: what is derived is kept, for a face seen again
class FoundFace:
    """One face of a frame.

    Attributes:
        region: The detector's turned square, brows to chin.
        keypoints: The detector's six points `(6, 2)`, pixels.
        score: How surely this is a face, in `[0, 1]`.
        mesh: The fitted surface; trustworthy where its presence says so.
        frame_size: Height and width of the frame in pixels.
    """

    region: Region
    keypoints: np.ndarray
    score: float
    mesh: FaceMesh
    frame_size: tuple[int, int]

    @property
    def has_mesh(self) -> bool:
        """Whether the mesh lies on the face; it does not on profiles and half-hidden faces."""
        return self.mesh.presence >= MIN_PRESENCE

    @property
    def is_sound(self) -> bool:
        """Whether box and square have a size and a place: those of a broken fit do not."""
        region = np.array([self.region.x, self.region.y, self.region.side, self.roll_deg])
        if not all((np.abs(part) < FARTHEST).all() for part in (region, self.keypoints)):
            return False  # nor is NaN
        if self.has_mesh and not is_surface(self.mesh.points[:, :2]):
            return False
        sides = [*(self.xyxy[2:] - self.xyxy[:2]), self.square.side]
        return bool(min(sides) >= 1.0)

    @property
    def roll_deg(self) -> float:
        """Clockwise tilt of the head, in `(-180, 180]`."""
        return self.mesh.roll_deg if self.has_mesh else self.region.roll_deg

    @cached_property
    def square(self) -> Region:
        """The turned square that frames the face as FER2013 does."""
        return mesh_square(self.mesh) if self.has_mesh else region_square(self.region)

    @cached_property
    def xyxy(self) -> np.ndarray:
        """The box `(4,)` around the face as it lies in the picture, hairline to chin."""
        if self.has_mesh:
            return self.mesh.xyxy
        whole = self.region.raised(0.06).scaled(1.08)  # median of annotated boxes, WIDER FACE
        middle, half = np.array([whole.x, whole.y]), whole.side / 2
        return np.concatenate([middle - half, middle + half])

    @cached_property
    def landmarks(self) -> np.ndarray:
        """Subject's right eye, left eye, nose tip, right, left mouth corner: `(5, 2)` pixels."""
        return self.mesh.landmarks if self.has_mesh else keypoint_landmarks(self.keypoints)

    @cached_property
    def head_deg(self) -> tuple[float, float]:
        """Yaw and pitch; NaN for what is not known: without a mesh, the pitch."""
        if self.has_mesh:
            return head_pose(self.mesh.points, self.frame_size)
        return keypoint_yaw_deg(self.keypoints), float("nan")


def as_detections(faces: Sequence[FoundFace], *, not_fresh: Sequence[FoundFace] = ()) -> Detections:
    """Return the sound faces of a frame in one result; none give an empty one.

    Args:
        faces: The faces.
        not_fresh: Those among them, the very same objects, that are not to be read in this frame.
    """
    faces = [face for face in faces if face.is_sound]
    if not faces:
        return Detections.empty(has_landmarks=True)
    squares = [face.square for face in faces]
    return Detections(
        np.array([face.xyxy for face in faces]),
        np.array([face.score for face in faces]),
        wrap_deg(np.array([face.roll_deg for face in faces], dtype=np.float32)),
        np.array([face.landmarks for face in faces]),
        squares=np.array([(square.x, square.y, square.side) for square in squares]),
        head_deg=np.array([face.head_deg for face in faces]),
        presence=np.array([face.mesh.presence for face in faces]),
        is_fresh=np.array([not any(face is old for old in not_fresh) for face in faces]),
    )
