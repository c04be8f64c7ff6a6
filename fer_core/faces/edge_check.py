"""Whether a face next to the picture's edge shows its eyes and its mouth.

`fer_core.faces.quality.has_features_inside` computes their places from the square around the face.
It cannot see a wrong square: where the picture ends in the middle of a face, the mesh may squeeze a
whole face into the visible part. The short-range BlazeFace does not: it places eyes and mouth of a
cut face outside, or takes the part for no face.
"""

from typing import Final

import numpy as np

from fer_core.faces.detections import Detections
from fer_core.faces.quality import QualityConfig, cut_reason
from fer_core.faces.short_range import ShortRangeBlazeFace
from fer_core.regions import Region

_NEAR: Final = 0.1  # of the square's side; the squeezed meshes came within 0.03 of an edge, or over
_SCALE: Final = 1.6  # side of the network's input in sides of the square: the face fills it
_MARGIN: Final = 0.03  # of the square's side, from the centre of an eye or of the mouth to the edge
_EYES_AND_MOUTH: Final = slice(0, 4)  # both eyes, the nose tip between them, the mouth's centre


class EdgeCheck:
    """Checks the faces that would be read and reach the edge. Threads may share it."""

    def __init__(self) -> None:
        """Load the network.

        Raises:
            ModelError: The weights are missing or were changed.
        """
        self._network = ShortRangeBlazeFace()

    def reasons(
        self,
        frame_bgr: np.ndarray,
        found: Detections,
        reasons: tuple[tuple[str, ...], ...],
        config: QualityConfig,
    ) -> tuple[tuple[str, ...], ...]:
        """Return the reasons of each face, and for a cut one that had none, that it is cut.

        Away from the edges this costs nothing, beside an edge one look of the network.

        Args:
            frame_bgr: uint8 `(height, width, 3)`.
            found: The frame's faces.
            reasons: What `unread_reasons` returns for them.
            config: Limits.
        """
        size = (frame_bgr.shape[0], frame_bgr.shape[1])
        is_unsure = _is_near_edge(found, size) & np.array([not why for why in reasons], dtype=bool)
        if not is_unsure.any():  # the usual case
            return reasons
        return tuple(
            (cut_reason(found, index, size),)
            if is_unsure[index] and not self._shows_face(frame_bgr, found, index, config)
            else why
            for index, why in enumerate(reasons)
        )

    def _shows_face(
        self, frame_bgr: np.ndarray, found: Detections, index: int, config: QualityConfig
    ) -> bool:
        x, y, side = found.squares[index].tolist()
        square = Region(x, y, side, float(found.roll_deg[index]))
        look = self._network.look(frame_bgr, square, scale=_SCALE)
        if look.score < config.min_edge_score:
            return False
        points = look.keypoints[_EYES_AND_MOUTH]
        height, width = frame_bgr.shape[:2]
        margin = _MARGIN * side
        return bool(
            (points >= margin).all() and (points <= [width - margin, height - margin]).all()
        )


def _is_near_edge(found: Detections, frame_size: tuple[int, int]) -> np.ndarray:
    """Return whether each face comes near the frame's edge or reaches over it, `(n,)` bool."""
    height, width = frame_size
    gaps = np.concatenate([found.xyxy[:, :2], [width, height] - found.xyxy[:, 2:]], axis=1)
    return np.asarray(gaps.min(axis=1) < _NEAR * found.squares[:, 2])
