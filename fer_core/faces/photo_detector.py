"""The thorough detector for photos: it searches every place and tilt, then checks each candidate.

CenterFace and BlazeFace propose candidates in the rotated frame. Several upright close-ups of each
candidate, the short-range network and the face mesh then vote; the score is their mean evidence.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
from scipy.special import expit, logit

from fer_core.faces.blazeface import BlazeFace, Candidates
from fer_core.faces.centerface import CenterFace
from fer_core.faces.detections import Detections, check_frame_bgr
from fer_core.faces.found_face import MIN_PRESENCE, FoundFace, as_detections
from fer_core.faces.mesh import FaceMesh, MeshNetwork
from fer_core.faces.photo_search import PhotoSearch, SearchConfig
from fer_core.faces.relit import relit
from fer_core.faces.search import whole_frame, without_overlaps
from fer_core.faces.short_range import ShortRangeBlazeFace, sharp_scale
from fer_core.regions import Region

# Side of each close-up in sizes of the face. A texture that looks like a face at one size rarely
# does so at three.
_MIDDLE_CLOSE_UP: Final = 3.0
_CLOSE_UPS: Final = (2.0, 4.5)
_CLOSE_UP_WEIGHT: Final = 4.0  # of a vote; a proposal's is 1
_CLOSE_UP_SHIFT: Final = 1.0  # log odds: a tenth of the faces of 24 to 40 pixels score below 0.42
_CLEAR: Final = 0.3  # score of a close-up from which on it measures the face
_EDGE: Final = 0.2  # sides of a face to the edge of the frame, from which on it may be cut off
_SHORT_RANGE_LOOKS: Final = ((1.8, False), (2.5, True), (3.5, False))  # and whether mirrored
_SHORT_RANGE_WEIGHT: Final = 1.5
_MESH_WEIGHT: Final = 0.5  # the least: profiles and half-hidden faces have no mesh
_LEAST: Final = 0.02  # scores are clipped to [0.02, 0.98] before they vote
_HOPELESS: Final = -0.5  # mean log odds below which no further look is made
_CROP_SHARES: Final = (0.7, 1.0)  # sides of the face in a photo that is a crop of it
_MIN_CROP_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class PhotoConfig:
    """How a photo is searched and what counts as a face.

    Attributes:
        working_side: Larger photos are shrunk to at most this many pixels on the longer side.
        min_score: Lowest mean evidence of a face, in `(0, 1)`. On half of the 86 WIDER FACE photos,
            upright, at 60 and at 135 degrees, 0.55 to 0.65 find the same faces with 0.02 false ones
            per photo; 0.50 finds no more, with 0.05. Of the faces of 24 to 40 pixels in half of the
            other photos, 0.50 finds 0.76, 0.60 finds 0.70 and 0.65 finds 0.64.
        search: Where candidates are searched for.
    """

    working_side: int = 1024
    min_score: float = 0.6
    search: SearchConfig = field(default_factory=SearchConfig)

    def __post_init__(self) -> None:
        if not (0 < self.min_score < 1 and self.working_side >= 1):
            raise ValueError(f"Settings out of range: {self}.")


@dataclass(frozen=True, slots=True)
class _Vote:
    """One network's confidence in `[0, 1]` that a candidate is a face."""

    score: float
    weight: float = 1.0
    shift: float = 0.0  # log odds that are added, where a network is too strict


class PhotoDetector:
    """Finds faces of any tilt in a photo, in about a second of one core. Threads may share it."""

    name = "blazeface"

    def __init__(self, config: PhotoConfig | None = None) -> None:
        """Load the networks.

        Raises:
            ModelError: Their weights are missing or were changed.
        """
        self._config = config or PhotoConfig()
        self._search = PhotoSearch(self._config.search)
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
        places = self._search.places(frame_bgr)
        faces = self._best([self._check(frame_bgr, poses) for poses in places])
        return faces or self._as_crop(frame_bgr)

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
        """Return the mesh of a face, or the last one that was tried if none fits well.

        Framed by itself, the mesh measures the pose better.
        """
        for square in self._squares(frame_bgr, candidate, face):
            mesh = self._mesh.fit(frame_bgr, square)
            if mesh.presence >= MIN_PRESENCE:
                return self._mesh.fit(frame_bgr, mesh.bounds())
        return mesh

    def _squares(
        self, frame_bgr: np.ndarray, candidate: Candidates, face: Region
    ) -> Iterator[Region]:
        """Yield the squares that the mesh is fitted in, the best first; each is found when needed.

        CenterFace measures faces best. But at the edge of the frame it frames only what is seen of
        a face, where BlazeFace frames the whole.
        """
        is_at_edge = _is_at_edge(candidate, frame_bgr)
        if not is_at_edge:
            yield candidate.region(0)
        close_up = self._blazeface_close_up(frame_bgr, face)
        if len(close_up):
            yield close_up.region(0)
        if is_at_edge:
            yield candidate.region(0)

    def _blazeface_close_up(self, frame_bgr: np.ndarray, face: Region) -> Candidates:
        """Return BlazeFace's best candidate at the centre of a close-up, or none."""
        found = self._blazeface.propose(
            frame_bgr, face.scaled(_MIDDLE_CLOSE_UP), min_score=self._config.search.min_proposal
        )
        return found.best_at(face)

    def _further_votes(self, frame_bgr: np.ndarray, face: Region) -> Iterator[_Vote]:
        """Yield the votes of the looks after the close-up of middle size."""
        for scale in _CLOSE_UPS:
            yield _close_up_vote(self._centerface.look(frame_bgr, face, scale=scale))
        for scale, is_mirrored in _SHORT_RANGE_LOOKS:
            score = self._short_range.score(
                frame_bgr, face, scale=sharp_scale(face, scale), is_mirrored=is_mirrored
            )
            yield _Vote(score, _SHORT_RANGE_WEIGHT)

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
