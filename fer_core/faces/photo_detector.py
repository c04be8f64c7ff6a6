"""The thorough detector for photos: it searches every place and tilt, then checks each candidate.

CenterFace and BlazeFace propose candidates in the rotated frame. Several upright close-ups of each
candidate, the short-range network and the face mesh then vote; the score is their mean evidence.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from scipy.special import expit, logit

from fer_core.faces.blazeface import BlazeFace, Candidates, joined
from fer_core.faces.centerface import CenterFace
from fer_core.faces.crop import Region
from fer_core.faces.detections import Detections, check_frame_bgr
from fer_core.faces.found_face import MIN_PRESENCE, FoundFace, as_detections
from fer_core.faces.mesh import FaceMesh, MeshNetwork
from fer_core.faces.relit import relit
from fer_core.faces.search import (
    different_poses,
    same_face_groups,
    search_regions,
    whole_frame,
    without_overlaps,
    without_small_in_border,
)
from fer_core.faces.short_range import ShortRangeBlazeFace

# Side of each close-up in sizes of the face, the first the one that decides most. A texture that
# looks like a face at one size rarely does so at three.
_CLOSE_UPS: Final = (3.0, 2.0, 4.5)
_MIDDLE_CLOSE_UP: Final = 3.0
_CLOSE_UP_WEIGHT: Final = 4.0  # of a vote; a proposal's is 1
_CLOSE_UP_SHIFT: Final = 1.0  # log odds: half of the faces of 24 to 40 pixels score below 0.5
_CLEAR: Final = 0.3  # score of a close-up from which on it measures the face
_SHORT_RANGE_LOOKS: Final = ((1.8, False), (2.5, True), (3.5, False))  # and whether mirrored
_SHORT_RANGE_WEIGHT: Final = 1.5
_WEAK: Final = 0.3  # a candidate below this score needs the short-range network's agreement
_MESH_WEIGHT: Final = 0.5  # the least: profiles and half-hidden faces have no mesh
# Side in pixels of the smallest face that the short-range network sees as above. Around a smaller
# one the look is wider, so that it enlarges the photo no further: enlarged, such faces are blurred.
_SMALLEST_SHARP: Final = 64.0
_LEAST: Final = 0.02  # scores are clipped to [0.02, 0.98] before they vote
_HOPELESS: Final = -0.5  # mean log odds below which no further look is made
_CROP_SHARES: Final = (0.7, 1.0)  # sides of the face in a photo that is a crop of it
_MIN_CROP_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class PhotoConfig:
    """How a photo is searched and what counts as a face.

    Attributes:
        working_side: Larger photos are shrunk to at most this many pixels on the longer side.
        turned_side: The same for the search for faces that are turned by 45 degrees and more.
        min_face: Smallest face in pixels of the shrunk photo, between brows and chin. Smaller ones
            are mostly print and texture.
        min_proposal: Lowest score of a candidate that is checked, in `(0, 1)`.
        min_score: Lowest mean evidence of a face, in `(0, 1)`. On half of the 86 WIDER FACE photos,
            upright and turned by 30 degrees, 0.50 adds no face and 6 false ones; 0.60 loses 3.
    """

    working_side: int = 1024
    turned_side: int = 480
    min_face: float = 14.0
    min_proposal: float = 0.2
    min_score: float = 0.5

    def __post_init__(self) -> None:
        if not (0 < self.min_proposal < 1 and 0 < self.min_score < 1):
            raise ValueError(f"Scores lie in (0, 1): {self}.")
        if min(self.working_side, self.turned_side) < 1 or self.min_face < 0:
            raise ValueError(f"Sizes out of range: {self}.")


@dataclass(frozen=True, slots=True)
class _Vote:
    """One network's confidence in `[0, 1]` that a candidate is a face."""

    score: float
    weight: float = 1.0
    shift: float = 0.0  # log odds that are added, where a network is too strict


class BlazeFacePhotoDetector:
    """Finds faces of any tilt in a photo, in about half a second. Threads may share it."""

    name = "blazeface"

    def __init__(self, config: PhotoConfig | None = None) -> None:
        """Load the networks.

        Raises:
            ModelError: Their weights are missing or were changed.
        """
        self._config = config or PhotoConfig()
        self._blazeface = BlazeFace()
        self._centerface = CenterFace()
        self._short_range = ShortRangeBlazeFace()
        self._mesh = MeshNetwork()

    def detect(self, frame_bgr: np.ndarray) -> Detections:
        """Return the faces of a photo with roll, head pose and framing.

        Raises:
            ValueError: The frame is not uint8 `(height, width, 3)`.
        """
        check_frame_bgr(frame_bgr)
        zoom = min(1.0, self._config.working_side / max(frame_bgr.shape[:2]))
        if min(frame_bgr.shape[:2]) * zoom < 1.0:
            return Detections.empty()  # thinner than a pixel at the working size
        small = frame_bgr
        if zoom < 1.0:
            small = cv2.resize(frame_bgr, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA)
        faces = self._faces(small) or [face for copy in relit(small) for face in self._faces(copy)]
        return as_detections(faces).scaled(1.0 / zoom)

    def _faces(self, frame_bgr: np.ndarray) -> list[FoundFace]:
        faces = self._best([self._check(frame_bgr, poses) for poses in self._propose(frame_bgr)])
        return faces or self._as_crop(frame_bgr)

    def _propose(self, frame_bgr: np.ndarray) -> list[Candidates]:
        """Return, for each place that may be a face, its candidates in different poses."""
        height, width = frame_bgr.shape[:2]
        looks = [
            self._blazeface_look(frame_bgr, region) for region in search_regions(width, height)
        ]
        looks += self._centerface_looks(frame_bgr)
        found = joined(looks)
        groups = same_face_groups(found, min_iou=0.3)
        places = [
            found.take(np.array(different_poses(found, group, limit=2)))
            for group in groups
            if found.sides[group[0]] >= self._config.min_face
        ]
        return [poses for poses in places if self._is_worth_a_check(frame_bgr, poses)]

    def _blazeface_look(self, frame_bgr: np.ndarray, region: Region) -> Candidates:
        found = self._blazeface.propose(frame_bgr, region, min_score=self._config.min_proposal)
        height, width = frame_bgr.shape[:2]
        return without_small_in_border(found, region, width, height)

    def _centerface_looks(self, frame_bgr: np.ndarray) -> list[Candidates]:
        """Return the candidates of the upright frame, and of a smaller one in quarter turns."""
        min_score = self._config.min_proposal
        zoom = min(1.0, self._config.turned_side / max(frame_bgr.shape[:2]))
        small_bgr = frame_bgr
        if zoom < 1.0 and min(frame_bgr.shape[:2]) * zoom >= 1.0:
            small_bgr = cv2.resize(frame_bgr, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA)
        else:
            zoom = 1.0
        back = np.diag([1.0 / zoom, 1.0 / zoom, 0.0])[:2]
        turned = [
            self._centerface.propose(small_bgr, n_quarter_turns=n, min_score=min_score).moved(back)
            for n in (1, 2, 3)
        ]
        return [self._centerface.propose(frame_bgr, min_score=min_score), *turned]

    def _is_worth_a_check(self, frame_bgr: np.ndarray, poses: Candidates) -> bool:
        """Return whether a candidate is clear, or the short-range network agrees that it is one."""
        if poses.scores.max() >= _WEAK:
            return True
        return any(
            self._short_look(frame_bgr, poses.region(index), scale=2.5) >= _WEAK
            for index in range(len(poses))
        )

    def _check(self, frame_bgr: np.ndarray, poses: Candidates) -> FoundFace:
        """Return the pose that fits best, scored by the proposal, the close-ups and the mesh."""
        candidate, region, mesh = self._best_pose(frame_bgr, poses)
        votes = [_Vote(float(poses.scores.max()))]
        best = 0.0
        for scale in _CLOSE_UPS:
            look = self._centerface.look(frame_bgr, region, scale=scale)
            score = float(look.scores.max(initial=0.0))
            votes.append(_Vote(score, _CLOSE_UP_WEIGHT, _CLOSE_UP_SHIFT))
            if score > max(best, _CLEAR):  # it measures place and size of the face better
                best, candidate = score, look
            if _mean_log_odds(votes, mesh) < _HOPELESS:
                break
        else:
            votes += [
                _Vote(self._short_look(frame_bgr, region, scale=scale, is_mirrored=is_mirrored),
                      _SHORT_RANGE_WEIGHT)
                for scale, is_mirrored in _SHORT_RANGE_LOOKS
            ]  # fmt: skip
            mesh = self._mesh.fit(frame_bgr, candidate.region(0))
            if mesh.presence >= MIN_PRESENCE:  # framed by itself, it measures the pose better
                mesh = self._mesh.fit(frame_bgr, mesh.bounds())
        score = float(expit(_mean_log_odds(votes, mesh)))
        size = (frame_bgr.shape[0], frame_bgr.shape[1])
        return FoundFace(candidate.region(0), candidate.keypoints[0], score, mesh, size)

    def _short_look(
        self, frame_bgr: np.ndarray, face: Region, *, scale: float, is_mirrored: bool = False
    ) -> float:
        scale *= max(1.0, _SMALLEST_SHARP / face.side)
        return self._short_range.score(frame_bgr, face, scale=scale, is_mirrored=is_mirrored)

    def _best_pose(
        self, frame_bgr: np.ndarray, poses: Candidates
    ) -> tuple[Candidates, Region, FaceMesh]:
        """Return a candidate, the square around its face, and its mesh.

        The mesh decides between poses. It fits no profile and no half-hidden face; then a close-up
        of each pose decides, and the square is the one that it shows.
        """
        meshes = [self._mesh.fit(frame_bgr, poses.region(index)) for index in range(len(poses))]
        best = int(np.argmax([mesh.presence for mesh in meshes]))
        if meshes[best].presence >= MIN_PRESENCE:
            return poses.take(np.array([best])), meshes[best].bounds(), meshes[best]
        looks = [
            self._centerface.look(frame_bgr, poses.region(index), scale=_MIDDLE_CLOSE_UP)
            for index in range(len(poses))
        ]
        best = int(np.argmax([look.scores.max(initial=0.0) for look in looks]))
        candidate = poses.take(np.array([best]))
        if looks[best].scores.max(initial=0.0) > _CLEAR:
            candidate = looks[best]
        return candidate, candidate.region(0), meshes[best]

    def _as_crop(self, frame_bgr: np.ndarray) -> list[FoundFace]:
        """Return the one upright face that the photo was cut out around, if the mesh shows it.

        Of 120 faces of FER2013 BlazeFace misses 4; in 2 of them the mesh agrees with itself. It
        does in none of 114 squares of photos that show no face.
        """
        size = (frame_bgr.shape[0], frame_bgr.shape[1])
        whole = whole_frame(size[1], size[0])
        for share in _CROP_SHARES:
            first = self._mesh.fit(frame_bgr, whole.scaled(share))
            mesh = self._mesh.fit(frame_bgr, first.bounds()) if first.presence > 0.0 else first
            presence = min(first.presence, mesh.presence)
            if presence >= MIN_PRESENCE and mesh.bounds().side >= _MIN_CROP_SHARE * whole.side:
                return [FoundFace(mesh.bounds(), mesh.keypoints, presence, mesh, size)]
        return []

    def _best(self, faces: list[FoundFace]) -> list[FoundFace]:
        """Return the faces with enough evidence, without those that lie within another."""
        sure = [face for face in faces if face.score >= self._config.min_score]
        boxes = np.array([face.xyxy for face in sure]).reshape(-1, 4)
        scores = np.array([face.score for face in sure])
        return [sure[index] for index in without_overlaps(boxes, scores, max_overlap=0.5)]


def _mean_log_odds(votes: list[_Vote], mesh: FaceMesh) -> float:
    """Return the weighted mean of the log odds of all votes, the mesh among them."""
    every = [*votes, _Vote(mesh.presence, _MESH_WEIGHT)]
    total = sum(vote.weight * (_log_odds(vote.score) + vote.shift) for vote in every)
    return total / sum(vote.weight for vote in every)


def _log_odds(score: float) -> float:
    """Return the log odds of a score clipped to `[_LEAST, 1 - _LEAST]`."""
    return float(logit(min(max(score, _LEAST), 1.0 - _LEAST)))
