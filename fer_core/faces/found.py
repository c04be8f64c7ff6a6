"""A face as both networks agree on it, and a frame's faces as `Detections`."""

from dataclasses import dataclass

import numpy as np

from fer_core.faces.detect import Detections
from fer_core.faces.framing import keypoint_landmarks, mesh_square, region_square
from fer_core.faces.mesh import FaceMesh
from fer_core.faces.pose import head_pose, keypoint_yaw_deg
from fer_core.faces.views import Region
from fer_core.geometry import wrap_deg

MIN_PRESENCE = 0.5  # the mesh network's own even odds


@dataclass(frozen=True, slots=True, eq=False)
class FoundFace:
    """One face of a frame.

    Attributes:
        region: The detector's turned square, brows to chin.
        keypoints: The detector's six points `(6, 2)`, pixels.
        score: How surely this is a face, in `[0, 1]`.
        mesh: The fitted surface; trustworthy where its presence says so.
    """

    region: Region
    keypoints: np.ndarray
    score: float
    mesh: FaceMesh

    @property
    def has_mesh(self) -> bool:
        """Whether the mesh lies on the face; it does not on profiles and half-hidden faces."""
        return self.mesh.presence >= MIN_PRESENCE

    @property
    def roll_deg(self) -> float:
        """Clockwise tilt of the head, in `(-180, 180]`."""
        return self.mesh.roll_deg if self.has_mesh else self.region.roll_deg

    @property
    def square(self) -> Region:
        """The turned square that frames the face as FER2013 does."""
        return mesh_square(self.mesh) if self.has_mesh else region_square(self.region)

    @property
    def xyxy(self) -> np.ndarray:
        """The box `(4,)` around the face as it lies in the picture, hairline to chin."""
        if self.has_mesh:
            return self.mesh.xyxy
        whole = self.region.raised(0.06).scaled(1.08)  # median of annotated boxes, WIDER FACE
        middle, half = np.array([whole.x, whole.y]), whole.side / 2
        return np.concatenate([middle - half, middle + half])


def as_detections(faces: list[FoundFace], frame_bgr: np.ndarray) -> Detections:
    """Return the faces of a frame in one result; none give an empty one."""
    if not faces:
        return Detections.empty(has_landmarks=True)
    squares = [face.square for face in faces]
    return Detections(
        np.array([face.xyxy for face in faces]),
        np.array([face.score for face in faces]),
        wrap_deg(np.array([face.roll_deg for face in faces], dtype=np.float32)),
        np.array(
            [
                face.mesh.landmarks if face.has_mesh else keypoint_landmarks(face.keypoints)
                for face in faces
            ]
        ),
        squares=np.array([(square.x, square.y, square.side) for square in squares]),
        head_deg=np.array([_head_deg(face, frame_bgr.shape[:2]) for face in faces]),
        presence=np.array([face.mesh.presence for face in faces]),
    )


def _head_deg(face: FoundFace, frame_size: tuple[int, int]) -> tuple[float, float]:
    """Return yaw and pitch; without a mesh the pitch is not known."""
    if face.has_mesh:
        return head_pose(face.mesh.points, frame_size)
    return keypoint_yaw_deg(face.keypoints), float("nan")
