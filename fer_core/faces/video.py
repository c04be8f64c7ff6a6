"""The fast detector for video: one pass a frame finds newcomers, the mesh follows who is known.

The mesh of one frame says where, how large and how tilted to look in the next, so that a face is
held through a full turn although the pass itself sees only tilts up to about 45 degrees. Every
other pass looks at the frame turned by a quarter or a half, so that tilted newcomers are found too.

A frame that is searched has work enough: those who are known are not to be read in it, and of many
none is followed.
"""

import threading
from dataclasses import dataclass

import numpy as np

from fer_core.faces.blazeface import BlazeFace
from fer_core.faces.crop import Region
from fer_core.faces.detect import Detections, check_frame_bgr
from fer_core.faces.found import FoundFace, as_detections
from fer_core.faces.mesh import MeshNetwork
from fer_core.faces.search import same_face_groups, without_overlaps


@dataclass(frozen=True, slots=True)
class VideoConfig:
    """What counts as a face in a video.

    Attributes:
        min_proposal: Lowest score of a newcomer, in `(0, 1)`.
        min_presence: Lowest presence of the mesh for a newcomer, in `(0, 1)`.
        keep_presence: The same to go on following, lower, so that a face does not flicker.
        min_face: Smallest face in pixels.
        turns_deg: By how much the frame is turned in successive passes.
        pass_every: While a face is followed, only one frame in so many is searched for newcomers,
            at least 2: the other frames are for reading those who are known.
        max_fitted: Followed faces that the mesh is fitted to in one frame, at least 1. Where there
            are more they take turns, and the others stay where they were seen last.
        max_wait: Frames between two turns of a face at most, at least 1, however many there are.
            Frames that are searched do not count.
    """

    min_proposal: float = 0.5
    min_presence: float = 0.5
    keep_presence: float = 0.3
    min_face: float = 20.0
    turns_deg: tuple[float, ...] = (0.0, 90.0, 0.0, -90.0, 0.0, 180.0)
    pass_every: int = 3
    max_fitted: int = 3
    max_wait: int = 3

    def __post_init__(self) -> None:
        scores = (self.min_proposal, self.min_presence, self.keep_presence)
        counts = (len(self.turns_deg), self.pass_every - 1, self.max_fitted, self.max_wait)
        if not all(0 < score < 1 for score in scores) or min(counts) < 1:
            raise ValueError(f"Settings out of range: {self}.")


class BlazeFaceVideoDetector:
    """Finds and follows the faces of one video. It remembers its last frame: one video each.

    `detect` holds a lock, since each frame starts from where the one before it ended.
    """

    name = "blazeface"

    def __init__(self, config: VideoConfig | None = None) -> None:
        """Load the networks.

        Raises:
            ModelError: Their weights are missing or were changed.
        """
        self._config = config or VideoConfig()
        self._blazeface = BlazeFace()
        self._mesh = MeshNetwork()
        self._followed: list[FoundFace] = []
        self._frame_size: tuple[int, int] = (0, 0)
        self._n_frames, self._n_passes, self._n_turns = 0, 0, 0
        self._lock = threading.Lock()

    def detect(self, frame_bgr: np.ndarray) -> Detections:
        """Return the faces of the next frame with roll, head pose and framing.

        Raises:
            ValueError: The frame is not uint8 `(height, width, 3)`.
        """
        check_frame_bgr(frame_bgr)
        with self._lock:
            if frame_bgr.shape[:2] != self._frame_size:  # another camera, or it was turned
                self._frame_size = frame_bgr.shape[:2]
                self._followed, self._n_passes = [], 0
            self._n_frames += 1
            is_search_due = self._n_frames % self._config.pass_every == 0
            known = self._still_there(frame_bgr, is_searched=is_search_due)
            is_searched = is_search_due or not known
            faces = [*known, *(self._newcomers(frame_bgr, known) if is_searched else [])]
            boxes = np.array([face.xyxy for face in faces]).reshape(-1, 4)
            # known faces first: a newcomer on the same place is the same face
            ranks = np.arange(len(faces), 0, -1)
            kept = without_overlaps(boxes, ranks, max_overlap=0.5)
            not_fresh = known if is_searched else self._followed
            self._followed = [faces[index] for index in kept]
            return as_detections(self._followed, not_fresh=not_fresh)

    def _still_there(self, frame_bgr: np.ndarray, *, is_searched: bool) -> list[FoundFace]:
        """Return the faces of the frame before where they are now, those whose turn it is."""
        n_followed = len(self._followed)
        if is_searched and n_followed > self._config.max_fitted:
            return self._followed
        limit = max(self._config.max_fitted, -(-n_followed // self._config.max_wait))
        first = self._n_turns * limit
        self._n_turns += 1
        moved = []
        for index, face in enumerate(self._followed):
            if (index - first) % n_followed >= limit:
                moved.append(face)
                continue
            mesh = self._mesh.fit(frame_bgr, face.region)
            region = mesh.bounds()
            if mesh.presence >= self._config.keep_presence and self._is_sane(region):
                moved.append(
                    FoundFace(region, mesh.keypoints, mesh.presence, mesh, self._frame_size)
                )
        return moved

    def _newcomers(self, frame_bgr: np.ndarray, known: list[FoundFace]) -> list[FoundFace]:
        """Return faces that one pass over the turned frame proposes and the mesh confirms."""
        height, width = frame_bgr.shape[:2]
        turns_deg = self._config.turns_deg
        roll_deg = turns_deg[self._n_passes % len(turns_deg)]
        self._n_passes += 1
        whole = Region(width / 2, height / 2, float(max(width, height)), roll_deg)
        found = self._blazeface.propose(frame_bgr, whole, min_score=self._config.min_proposal)
        newcomers = []
        for group in same_face_groups(found, min_iou=0.3):
            region = found.region(int(group[0]))
            if any(_is_on(region, face) for face in known):
                continue
            mesh = self._mesh.fit(frame_bgr, region)
            region = mesh.bounds()
            if mesh.presence >= self._config.min_presence and self._is_sane(region):
                score = float(found.scores[group[0]])
                newcomers.append(
                    FoundFace(region, found.keypoints[group[0]], score, mesh, self._frame_size)
                )
        return newcomers

    def _is_sane(self, region: Region) -> bool:
        """Return whether a face is large enough and its middle still in the frame."""
        height, width = self._frame_size
        is_inside = 0 <= region.x < width and 0 <= region.y < height
        return is_inside and region.side >= self._config.min_face


def _is_on(region: Region, face: FoundFace) -> bool:
    """Return whether the middle of a candidate lies in the middle of a known face."""
    away = np.hypot(region.x - face.region.x, region.y - face.region.y)
    return bool(away < 0.5 * face.region.side)
