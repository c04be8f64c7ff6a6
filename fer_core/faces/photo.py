"""The thorough detector for photos: every place and tilt is searched, every find looked at again.

BlazeFace passes over the turned frame and its tiles propose candidates. Each is then turned
upright and judged by several closer looks and by the face mesh; the score is their mean evidence.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np

from fer_core.faces.blazeface import BlazeFace, Candidates, joined
from fer_core.faces.crop import Region
from fer_core.faces.detect import Detections, check_frame_bgr
from fer_core.faces.found import MIN_PRESENCE, FoundFace, as_detections
from fer_core.faces.mesh import FaceMesh, MeshNetwork
from fer_core.faces.search import (
    SearchConfig,
    different_poses,
    same_face_groups,
    search_regions,
    without_overlaps,
)

# Squares of a closer look, in sizes of the face, and whether it is mirrored: the network sees a
# face at three sizes and from its other side, so that one lucky pattern is not enough.
_LOOKS = ((3.0, False), (3.0, True), (2.0, False), (4.5, False))
_LEAST = 0.02  # scores beyond 0.02 and 0.98 say no more than these
# Mean log odds at which no further look is taken: on 86 photographs no face that was kept in the
# end had fallen below 0.1 after the first look, while 95% of the others had.
_HOPELESS = -0.5
_MESH_WEIGHT = 0.5  # profiles and half-hidden faces have no mesh but are faces


@dataclass(frozen=True, slots=True)
class PhotoConfig:
    """How a photo is searched and what counts as a face.

    Attributes:
        working_side: Longest side in pixels that larger photos are shrunk to.
        min_face: Smallest face kept, pixels of the shrunk photo; smaller ones cannot be read and
            are mostly print and texture.
        min_proposal: Lowest score of a first pass that is looked at again, in `(0, 1)`.
        min_score: Lowest mean evidence of a face, in `(0, 1)`. On 86 WIDER FACE photographs at
            eight tilts the least recall is 0.87 to 0.88 anywhere from 0.45 to 0.60, while the most
            false faces a photo fall from 0.13 to 0.04: this lies in the middle.
        search: Where the first passes look.
    """

    working_side: int = 1024
    min_face: float = 20.0
    min_proposal: float = 0.3
    min_score: float = 0.55
    search: SearchConfig = field(default_factory=SearchConfig)

    def __post_init__(self) -> None:
        if not (0 < self.min_proposal < 1 and 0 < self.min_score < 1):
            raise ValueError(f"Scores lie in (0, 1): {self}.")
        if self.working_side < 1 or self.min_face < 0:
            raise ValueError(f"Sizes out of range: {self}.")


class BlazeFacePhotoDetector:
    """Finds faces of any tilt in a photo; takes about half a second. Threads may share it."""

    name = "blazeface"

    def __init__(self, config: PhotoConfig | None = None) -> None:
        """Load the networks.

        Raises:
            ModelError: Their weights are missing or were changed.
        """
        self._config = config or PhotoConfig()
        self._blazeface = BlazeFace()
        self._mesh = MeshNetwork()

    def detect(self, frame_bgr: np.ndarray) -> Detections:
        """Return the faces of a photo with roll, head pose and framing.

        Raises:
            ValueError: The frame is not uint8 `(height, width, 3)`.
        """
        check_frame_bgr(frame_bgr)
        zoom = min(1.0, self._config.working_side / max(frame_bgr.shape[:2]))
        small = frame_bgr
        if zoom < 1.0:
            small = cv2.resize(frame_bgr, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA)
        faces = self._kept([self._closer(small, group) for group in self._proposals(small)])
        return as_detections(faces).scaled(1.0 / zoom)

    def _proposals(self, frame_bgr: np.ndarray) -> list[Candidates]:
        """Return, for each place that may be a face, its candidates in different poses."""
        height, width = frame_bgr.shape[:2]
        found = joined(
            [
                self._blazeface.look(frame_bgr, region, min_score=self._config.min_proposal)
                for region in search_regions(width, height, self._config.search)
            ]
        )
        groups = same_face_groups(found, min_iou=0.3)
        return [
            found.take(np.array(different_poses(found, group, limit=2)))
            for group in groups
            if found.sides[group[0]] >= self._config.min_face
        ]

    def _closer(self, frame_bgr: np.ndarray, poses: Candidates) -> FoundFace:
        """Return the pose that fits best, with the mean evidence of proposal, looks and mesh."""
        meshes = [self._mesh.fit(frame_bgr, poses.region(index)) for index in range(len(poses))]
        best = int(np.argmax([mesh.presence for mesh in meshes]))
        mesh, seen = meshes[best], poses.take(np.array([best]))
        has_mesh = mesh.presence >= MIN_PRESENCE
        region = mesh.bounds() if has_mesh else seen.region(0)
        odds = [_log_odds(float(poses.scores.max()))]
        for scale, is_mirrored in _LOOKS:
            look = self._look(frame_bgr, region, scale=scale, is_mirrored=is_mirrored)
            if len(look) and len(odds) == 1:  # the first look is the most exact
                seen = look
            odds.append(_log_odds(float(look.scores.max(initial=0.0))))
            if _mean_odds(odds, mesh) < _HOPELESS:
                break
        else:
            mesh = self._mesh.fit(frame_bgr, region if has_mesh else seen.region(0))
        score = 1.0 / (1.0 + np.exp(-_mean_odds(odds, mesh)))
        size = (frame_bgr.shape[0], frame_bgr.shape[1])
        return FoundFace(seen.region(0), seen.keypoints[0], score, mesh, size)

    def _look(
        self, frame_bgr: np.ndarray, face: Region, *, scale: float, is_mirrored: bool
    ) -> Candidates:
        """Return the best candidate in the middle of a closer look, or none."""
        found = self._blazeface.look(
            frame_bgr, face.scaled(scale), min_score=_LEAST, is_mirrored=is_mirrored
        )
        away = np.hypot(*(found.centres - (face.x, face.y)).T)
        is_same = (away < 0.4 * face.side) & (np.abs(np.log2(found.sides / face.side)) < 1.0)
        here = np.flatnonzero(is_same)
        return found.take(here[np.argsort(-found.scores[here])[:1]])

    def _kept(self, faces: list[FoundFace]) -> list[FoundFace]:
        """Return the faces with enough evidence, none of them within another."""
        sure = [face for face in faces if face.score >= self._config.min_score]
        boxes = np.array([face.xyxy for face in sure]).reshape(-1, 4)
        scores = np.array([face.score for face in sure])
        return [sure[index] for index in without_overlaps(boxes, scores, max_cover=0.5)]


def _mean_odds(odds: list[float], mesh: FaceMesh) -> float:
    """Return the mean of the detector's log odds and, with its own weight, the mesh's."""
    total = sum(odds) + _MESH_WEIGHT * _log_odds(mesh.presence)
    return total / (len(odds) + _MESH_WEIGHT)


def _log_odds(score: float) -> float:
    """Return the log odds of a score, no further from even than `_LEAST` allows."""
    bounded = min(max(score, _LEAST), 1.0 - _LEAST)
    return float(np.log(bounded / (1.0 - bounded)))
