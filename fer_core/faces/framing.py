"""How a face is framed for the expression network: as FER2013's crops are.

FER2013 was cut out by a Haar-type detector. The mesh was fitted to 3,190 of its Training pictures
(every ninth; the mesh lies on 94% of them) and, among twelve measures, the two that vary least
from picture to picture and from expression to expression were kept: the height of the mesh (middle
half of the pictures within +-6%) and the mean of its points (+-0.9 pixels across, +-1.2 down, of
48). In a crop of 48 pixels the mesh is 43.6 high and its mean lies at (24.0, 27.4).

`python -m fer_core evaluate-turned` measures whether it does what it should: the same faces, at
every tilt, are read in Haar's crop and in this one. `models/ID/turned.json` holds how often the
two readings agree, and the macro-F1 of each.
"""

import numpy as np

from fer_core.faces.mesh import FaceMesh
from fer_core.faces.views import Region

_SIDE_IN_MESH_HEIGHTS = 48 / 43.64
_MEAN_BELOW_MIDDLE = (27.37 - 24.0) / 48  # in sides of the crop
# Half a mouth in eye distances: FER2013's mean mouth corners and eyes, as above.
_HALF_MOUTH = 0.5 * 14.2 / 17.4


def mesh_square(mesh: FaceMesh) -> Region:
    """Return the turned square that frames a face as FER2013 does."""
    side = _SIDE_IN_MESH_HEIGHTS * float(np.ptp(mesh.upright[:, 1]))
    return mesh.region_at(mesh.upright.mean(axis=0), side=side).raised(_MEAN_BELOW_MIDDLE)


def region_square(region: Region) -> Region:
    """Return the same for a face without a mesh, from the detector's turned square.

    Source: median relation of the two over 133 faces with a sure mesh in WIDER FACE photographs.
    """
    return region.raised(0.056).scaled(1.11)


def keypoint_landmarks(keypoints: np.ndarray) -> np.ndarray:
    """Return five landmarks `(5, 2)` from the detector's six key points `(6, 2)`.

    The detector knows the middle of the mouth only: the corners are set beside it along the line
    of the eyes, at the distance they have in FER2013's mean face.
    """
    right_eye, left_eye, nose, mouth = keypoints[:4]
    half_mouth = _HALF_MOUTH * (left_eye - right_eye)
    return np.stack([right_eye, left_eye, nose, mouth - half_mouth, mouth + half_mouth])
