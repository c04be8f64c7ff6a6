"""The thorough detector for photos: it searches every place and tilt, then checks each candidate.

BlazeFace proposes candidates in the rotated frame and its tiles. Several upright close-ups of each
candidate, the short-range network and the face mesh then vote; the score is their mean evidence.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
from scipy.special import expit, logit

from fer_core.faces.blazeface import BlazeFace, Candidates, joined
from fer_core.faces.crop import Region
from fer_core.faces.detections import Detections, check_frame_bgr
from fer_core.faces.found_face import MIN_PRESENCE, FoundFace, as_detections
from fer_core.faces.mesh import FaceMesh, MeshNetwork
from fer_core.faces.relit import relit
from fer_core.faces.search import (
    SearchConfig,
    different_poses,
    same_face_groups,
    search_regions,
    whole_frame,
    without_overlaps,
    without_small_in_border,
)
from fer_core.faces.short_range import ShortRangeBlazeFace

# Side of each close-up in sizes of the face, and whether it is mirrored. A texture that looks like
# a face at one size rarely does so at three sizes and in the mirror.
_FIRST_CLOSE_UP: Final = (3.0, False)
_CLOSE_UPS: Final = ((3.0, True), (2.0, False), (4.5, False))
_SHORT_RANGE_LOOKS: Final = ((1.8, False), (2.5, True), (3.5, False))  # the same
_SHORT_RANGE_WEIGHT: Final = 1.5  # of a vote of the short-range network; a close-up's is 1
_WEAK: Final = 0.3  # a candidate below this score needs the short-range network's agreement
_MESH_WEIGHT: Final = 0.5  # less than a close-up: profiles and half-hidden faces have no mesh
# Side in pixels of the smallest face whose close-ups are as above. Around a smaller one they are
# wider, so that they enlarge the photo no further: in enlarged crops small faces are blurred.
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
        min_face: Smallest face in pixels of the shrunk photo, between brows and chin. Smaller ones
            are mostly print and texture.
        min_proposal: Lowest score of a candidate that is checked, in `(0, 1)`.
        min_score: Lowest mean evidence of a face, in `(0, 1)`. On half of the 86 WIDER FACE photos,
            upright and turned by 30 degrees, 0.50 adds no face and 6 false ones; 0.60 loses 3.
        search: Where candidates are searched for.
    """

    working_side: int = 1024
    min_face: float = 14.0
    min_proposal: float = 0.2
    min_score: float = 0.55
    search: SearchConfig = field(default_factory=SearchConfig)

    def __post_init__(self) -> None:
        if not (0 < self.min_proposal < 1 and 0 < self.min_score < 1):
            raise ValueError(f"Scores lie in (0, 1): {self}.")
        if self.working_side < 1 or self.min_face < 0:
            raise ValueError(f"Sizes out of range: {self}.")


@dataclass(frozen=True, slots=True)
class _Vote:
    """One network's confidence in `[0, 1]` that a candidate is a face."""

    score: float
    weight: float = 1.0


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
        found = joined(
            [
                self._look(frame_bgr, region)
                for region in search_regions(width, height, self._config.search)
            ]
        )
        groups = same_face_groups(found, min_iou=0.3)
        places = [
            found.take(np.array(different_poses(found, group, limit=2)))
            for group in groups
            if found.sides[group[0]] >= self._config.min_face
        ]
        return [poses for poses in places if self._is_worth_a_check(frame_bgr, poses)]

    def _is_worth_a_check(self, frame_bgr: np.ndarray, poses: Candidates) -> bool:
        """Return whether a candidate is clear, or the short-range network agrees that it is one."""
        if poses.scores.max() >= _WEAK:
            return True
        return any(
            self._short_look(frame_bgr, poses.region(index), scale=2.5) >= _WEAK
            for index in range(len(poses))
        )

    def _short_look(
        self, frame_bgr: np.ndarray, face: Region, *, scale: float, is_mirrored: bool = False
    ) -> float:
        scale *= _widening(face)
        return self._short_range.score(frame_bgr, face, scale=scale, is_mirrored=is_mirrored)

    def _look(self, frame_bgr: np.ndarray, region: Region) -> Candidates:
        found = self._blazeface.propose(frame_bgr, region, min_score=self._config.min_proposal)
        height, width = frame_bgr.shape[:2]
        return without_small_in_border(found, region, width, height)

    def _check(self, frame_bgr: np.ndarray, poses: Candidates) -> FoundFace:
        """Return the pose that fits best, scored by the proposal, the close-ups and the mesh."""
        candidate, region, mesh, first = self._best_pose(frame_bgr, poses)
        if len(first):  # the first close-up is the most exact
            candidate = first
        votes = [_Vote(float(scores.max(initial=0.0))) for scores in (poses.scores, first.scores)]
        for vote in self._further_votes(frame_bgr, region):
            votes.append(vote)
            if _mean_log_odds(votes, mesh) < _HOPELESS:
                break
        else:
            mesh = self._mesh.fit(frame_bgr, candidate.region(0))
            if mesh.presence >= MIN_PRESENCE:  # framed by itself, it measures the pose better
                mesh = self._mesh.fit(frame_bgr, mesh.bounds())
        score = float(expit(_mean_log_odds(votes, mesh)))
        size = (frame_bgr.shape[0], frame_bgr.shape[1])
        return FoundFace(candidate.region(0), candidate.keypoints[0], score, mesh, size)

    def _further_votes(self, frame_bgr: np.ndarray, face: Region) -> Iterator[_Vote]:
        """Yield the votes of the looks after the first close-up, the fastest looks first."""
        for scale, is_mirrored in _SHORT_RANGE_LOOKS:
            score = self._short_look(frame_bgr, face, scale=scale, is_mirrored=is_mirrored)
            yield _Vote(score, _SHORT_RANGE_WEIGHT)
        for scale, is_mirrored in _CLOSE_UPS:
            close_up = self._close_up(frame_bgr, face, scale=scale, is_mirrored=is_mirrored)
            yield _Vote(float(close_up.scores.max(initial=0.0)))

    def _best_pose(
        self, frame_bgr: np.ndarray, poses: Candidates
    ) -> tuple[Candidates, Region, FaceMesh, Candidates]:
        """Return a candidate, the square around its face, its mesh and its first close-up.

        The mesh decides between poses. It fits no profile and no half-hidden face; then the first
        close-up of each pose decides, and the square is centred as the close-up has it.
        """
        meshes = [self._mesh.fit(frame_bgr, poses.region(index)) for index in range(len(poses))]
        best = int(np.argmax([mesh.presence for mesh in meshes]))
        if meshes[best].presence >= MIN_PRESENCE:
            region = meshes[best].bounds()
            first = self._first_close_up(frame_bgr, region)
            return poses.take(np.array([best])), region, meshes[best], first
        firsts = [self._first_close_up(frame_bgr, poses.region(i)) for i in range(len(poses))]
        best = int(np.argmax([first.scores.max(initial=0.0) for first in firsts]))
        candidate, mesh, first = poses.take(np.array([best])), meshes[best], firsts[best]
        if not len(first):
            return candidate, candidate.region(0), mesh, first
        mesh = self._mesh.fit(frame_bgr, first.region(0))
        is_clear = mesh.presence >= MIN_PRESENCE
        return candidate, mesh.bounds() if is_clear else first.region(0), mesh, first

    def _first_close_up(self, frame_bgr: np.ndarray, face: Region) -> Candidates:
        scale, is_mirrored = _FIRST_CLOSE_UP
        return self._close_up(frame_bgr, face, scale=scale, is_mirrored=is_mirrored)

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

    def _close_up(
        self, frame_bgr: np.ndarray, face: Region, *, scale: float, is_mirrored: bool
    ) -> Candidates:
        """Return the best candidate at the centre of a close-up, or none."""
        found = self._blazeface.propose(
            frame_bgr,
            face.scaled(scale * _widening(face)),
            min_score=_LEAST,
            is_mirrored=is_mirrored,
        )
        away = np.hypot(*(found.centres - (face.x, face.y)).T)
        is_same = (away < 0.4 * face.side) & (np.abs(np.log2(found.sides / face.side)) < 1.0)
        here = np.flatnonzero(is_same)
        return found.take(here[np.argsort(-found.scores[here])[:1]])

    def _best(self, faces: list[FoundFace]) -> list[FoundFace]:
        """Return the faces with enough evidence, without those that lie within another."""
        sure = [face for face in faces if face.score >= self._config.min_score]
        boxes = np.array([face.xyxy for face in sure]).reshape(-1, 4)
        scores = np.array([face.score for face in sure])
        return [sure[index] for index in without_overlaps(boxes, scores, max_overlap=0.5)]


def _mean_log_odds(votes: list[_Vote], mesh: FaceMesh) -> float:
    """Return the weighted mean of the log odds of all votes, the mesh among them."""
    every = [*votes, _Vote(mesh.presence, _MESH_WEIGHT)]
    total = sum(vote.weight * _log_odds(vote.score) for vote in every)
    return total / sum(vote.weight for vote in every)


def _widening(face: Region) -> float:
    """Return how much wider than usual the close-ups of a face are; 1 for all but small faces."""
    return max(1.0, _SMALLEST_SHARP / face.side)


def _log_odds(score: float) -> float:
    """Return the log odds of a score clipped to `[_LEAST, 1 - _LEAST]`."""
    return float(logit(min(max(score, _LEAST), 1.0 - _LEAST)))
