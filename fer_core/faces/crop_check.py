"""Whether a picture that is said to be a cut-out face shows a whole one, upright: `check_crop`.

No detector searches it, so without this check a landscape, a mouth or a profile would get an
expression. People say that it is a face, and crops are cut in many ways, so one of two different
networks is enough to agree that it is one.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from fer_core.faces.found_face import MIN_PRESENCE
from fer_core.faces.mesh import FaceMesh, MeshNetwork
from fer_core.faces.pose import head_pose
from fer_core.faces.search import whole_frame
from fer_core.faces.short_range import ShortRangeBlazeFace
from fer_core.regions import Region

_MESH_SHARE: Final = 0.85  # side of the face, between brows and chin, in sides of the picture
_PRESENCE_SCALE: Final = 1.5  # with a black border, which the network is used to
_WHOLE_SCALE: Final = 2.0  # wider: of 3 scales, this one parts whole faces and parts best
_MIN_WHOLE_SCORE: Final = 0.5
_MARGIN: Final = 0.03  # of the longer side, from an eye or the mouth's centre to the edge
_EYES_AND_MOUTH: Final = slice(0, 4)  # both eyes, the nose tip between them, the mouth's centre
_MAX_APART: Final = 0.2  # between the points of both networks, in longer sides
_SURE_SCORE: Final = 0.75  # from here on, points that are apart are a turned head
_NO_POSE: Final = (math.nan, math.nan)
_MIN_TURNED_PRESENCE: Final = 0.95
_TURNS_DEG: Final = (90.0, 180.0, -90.0)
_SMALL: Final = 64.0  # shorter side in pixels
_SMALL_YAW_SLACK_DEG: Final = 15.0
"""Taken off the yaw in a small picture. Shrunk to 48 pixels, the yaw of 69 faces is up to 9 degrees
larger than in the photo. Many faces of FER2013 are turned, and people label them all the same."""


@dataclass(frozen=True, slots=True)
class CropLook:
    """What the networks see in a picture that is said to be a cut-out face.

    Attributes:
        presence: Confidence in `[0, 1]` that the picture is one upright face. Even odds tell.
        head_deg: Yaw and pitch as in `Detections`; in a small picture the yaw that is certain. NaN
            for a part of a face, and for a face that is not upright.
        is_whole: Whether eyes, nose and mouth lie in the picture, as far as known.
    """

    presence: float
    head_deg: tuple[float, float]
    is_whole: bool


def check_crop(crop_bgr: np.ndarray) -> CropLook:
    """Look at a picture that is said to be a cut-out face.

    Args:
        crop_bgr: uint8 `(height, width, 3)`.

    Raises:
        ModelError: The weights of a network are missing or were changed.
    """
    height, width = crop_bgr.shape[:2]
    whole, longest = whole_frame(width, height), max(width, height)
    mesh_network, short_range = MeshNetwork(), ShortRangeBlazeFace()
    mesh = mesh_network.fit(crop_bgr, whole.scaled(_MESH_SHARE))
    closer = mesh_network.fit(crop_bgr, mesh.bounds()) if mesh.presence else mesh
    presence = max(mesh.presence, closer.presence)
    has_mesh = presence >= MIN_PRESENCE
    look = short_range.look(crop_bgr, whole, scale=_WHOLE_SCALE)
    points = look.keypoints[_EYES_AND_MOUTH]
    apart = np.abs(points - mesh.keypoints[_EYES_AND_MOUTH]).max() / longest
    is_odd = look.score < _SURE_SCORE and not apart <= _MAX_APART  # without points too
    if (is_odd or not has_mesh) and _has_turned_mesh(crop_bgr, whole, mesh_network):
        return CropLook(0.0, _NO_POSE, is_whole=True)
    if not has_mesh:
        presence = max(presence, short_range.score(crop_bgr, whole, scale=_PRESENCE_SCALE))
    margin = _MARGIN * longest
    is_inside = (points >= margin).all() and (points <= [width - margin, height - margin]).all()
    if not is_inside or (has_mesh and look.score < _MIN_WHOLE_SCORE):
        return CropLook(presence, _NO_POSE, is_whole=False)  # the pose of a part is wrong
    return CropLook(presence, _pose(closer, (height, width)), is_whole=True)


def _has_turned_mesh(crop_bgr: np.ndarray, whole: Region, network: MeshNetwork) -> bool:
    """Return whether a mesh fits the picture in another of its quarter turns."""
    return any(
        network.fit(crop_bgr, Region(whole.x, whole.y, _MESH_SHARE * whole.side, turn)).presence
        >= _MIN_TURNED_PRESENCE
        for turn in _TURNS_DEG
    )


def _pose(mesh: FaceMesh, crop_size: tuple[int, int]) -> tuple[float, float]:
    """Return yaw and pitch; in a small picture the yaw that is certain."""
    yaw, pitch = head_pose(mesh.points, crop_size)
    if min(crop_size) < _SMALL:
        yaw = math.copysign(max(0.0, abs(yaw) - _SMALL_YAW_SLACK_DEG), yaw)
    return yaw, pitch
