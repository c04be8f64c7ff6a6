"""The thorough detector for photos: it searches every place and tilt, then checks each candidate.

CenterFace and BlazeFace propose candidates in the rotated frame. Several upright close-ups of each
candidate, the short-range network and the face mesh then vote; the score is their mean evidence.
"""

from collections.abc import Iterator
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

# Side of each close-up in sizes of the face. A texture that looks like a face at one size rarely
# does so at three.
_MIDDLE_CLOSE_UP: Final = 3.0
_CLOSE_UPS: Final = (2.0, 4.5)
_CLOSE_UP_WEIGHT: Final = 4.0  # of a vote; a proposal's is 1
_CLOSE_UP_SHIFT: Final = 1.0  # log odds: half of the faces of 24 to 40 pixels score below 0.5
_CLEAR: Final = 0.3  # score of a close-up from which on it measures the face
# Longer side in pixels of the smallest frame that CenterFace searches. In a smaller one a face has
# 24 pixels only if it is large, and of large faces CenterFace frames a part.
_SMALLEST_SEARCHED: Final = 128
_EDGE: Final = 0.2  # sides of a face to the edge of the frame, from which on it may be cut off
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
        if max(frame_bgr.shape[:2]) < _SMALLEST_SEARCHED:
            return []
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
        candidate, mesh, middle = self._best_pose(frame_bgr, poses)
        votes = [_Vote(float(poses.scores.max())), _close_up_vote(middle)]
        region = mesh.bounds() if mesh.presence >= MIN_PRESENCE else candidate.region(0)
        for vote in self._further_votes(frame_bgr, region):
            votes.append(vote)
            if _mean_log_odds(votes, mesh) < _HOPELESS:
                break
        else:
            mesh = self._best_mesh(frame_bgr, candidate, region)
        score = float(expit(_mean_log_odds(votes, mesh)))
        size = (frame_bgr.shape[0], frame_bgr.shape[1])
        return FoundFace(candidate.region(0), candidate.keypoints[0], score, mesh, size)

    def _best_mesh(self, frame_bgr: np.ndarray, candidate: Candidates, face: Region) -> FaceMesh:
        """Return the mesh of a face, or the one that fits its candidate best if none fits well.

        CenterFace measures faces best, but at the edge of the frame it frames what is seen of one,
        where BlazeFace frames the whole. Framed by itself, the mesh measures the pose better.
        """
        squares = [candidate, self._blazeface_close_up(frame_bgr, face)]
        if _is_at_edge(candidate, frame_bgr):
            squares.reverse()
        for square in squares:
            if len(square):
                mesh = self._mesh.fit(frame_bgr, square.region(0))
                if mesh.presence >= MIN_PRESENCE:
                    return self._mesh.fit(frame_bgr, mesh.bounds())
        return mesh

    def _blazeface_close_up(self, frame_bgr: np.ndarray, face: Region) -> Candidates:
        """Return BlazeFace's best candidate at the centre of a close-up, or none."""
        found = self._blazeface.propose(
            frame_bgr, face.scaled(_MIDDLE_CLOSE_UP), min_score=self._config.min_proposal
        )
        return found.best_at(face)

    def _further_votes(self, frame_bgr: np.ndarray, face: Region) -> Iterator[_Vote]:
        """Yield the votes of the looks after the close-up of middle size."""
        for scale in _CLOSE_UPS:
            yield _close_up_vote(self._centerface.look(frame_bgr, face, scale=scale))
        for scale, is_mirrored in _SHORT_RANGE_LOOKS:
            score = self._short_look(frame_bgr, face, scale=scale, is_mirrored=is_mirrored)
            yield _Vote(score, _SHORT_RANGE_WEIGHT)

    def _short_look(
        self, frame_bgr: np.ndarray, face: Region, *, scale: float, is_mirrored: bool = False
    ) -> float:
        scale *= max(1.0, _SMALLEST_SHARP / face.side)
        return self._short_range.score(frame_bgr, face, scale=scale, is_mirrored=is_mirrored)

    def _best_pose(
        self, frame_bgr: np.ndarray, poses: Candidates
    ) -> tuple[Candidates, FaceMesh, Candidates]:
        """Return a candidate, its mesh, and the close-up of middle size around it.

        The mesh decides between poses, if a close-up agrees that there is a face. It fits no
        profile and no half-hidden face; then a close-up of each pose decides, and the candidate
        becomes the face that it shows.
        """
        regions = [poses.region(index) for index in range(len(poses))]
        meshes = [self._mesh.fit(frame_bgr, region) for region in regions]
        best = int(np.argmax([mesh.presence for mesh in meshes]))
        if meshes[best].presence >= MIN_PRESENCE:
            middle = self._middle_close_up(frame_bgr, meshes[best].bounds())
            if _score(middle) > _CLEAR:
                return middle, meshes[best], middle
        close_ups = [self._middle_close_up(frame_bgr, region) for region in regions]
        best = int(np.argmax([_score(close_up) for close_up in close_ups]))
        middle = close_ups[best]
        if _score(middle) <= _CLEAR:
            return poses.take(np.array([best])), meshes[best], middle
        return middle, self._mesh.fit(frame_bgr, middle.region(0)), middle

    def _middle_close_up(self, frame_bgr: np.ndarray, face: Region) -> Candidates:
        return self._centerface.look(frame_bgr, face, scale=_MIDDLE_CLOSE_UP)

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


def _is_at_edge(candidate: Candidates, frame_bgr: np.ndarray) -> bool:
    """Return whether the first candidate reaches to the edge of the frame, or nearly."""
    low, high = candidate.xyxy[0, :2], candidate.xyxy[0, 2:]
    margin = _EDGE * candidate.sides[0]
    size = np.array([frame_bgr.shape[1], frame_bgr.shape[0]])
    return bool((low < margin).any() or (high > size - margin).any())


def _score(close_up: Candidates) -> float:
    return float(close_up.scores.max(initial=0.0))


def _close_up_vote(close_up: Candidates) -> _Vote:
    return _Vote(_score(close_up), _CLOSE_UP_WEIGHT, _CLOSE_UP_SHIFT)


def _mean_log_odds(votes: list[_Vote], mesh: FaceMesh) -> float:
    """Return the weighted mean of the log odds of all votes, the mesh among them."""
    every = [*votes, _Vote(mesh.presence, _MESH_WEIGHT)]
    total = sum(vote.weight * (_log_odds(vote.score) + vote.shift) for vote in every)
    return total / sum(vote.weight for vote in every)


def _log_odds(score: float) -> float:
    """Return the log odds of a score clipped to `[_LEAST, 1 - _LEAST]`."""
    return float(logit(min(max(score, _LEAST), 1.0 - _LEAST)))
