"""The fast detector for video: BlazeFace finds new faces, the mesh follows known ones.

The mesh of one frame gives the position, size and tilt to look for in the next. So a face is
followed through a full turn, although one pass of BlazeFace only detects tilts up to about 45
degrees, and only sizes from a 24th to two thirds of what it looks at. Every other search looks
elsewhere, in turn: at the frame rotated by 90 or 180 degrees, with a border around it, and at its
tiles.

The caller plans each frame (`fer_core.tracking.schedule`): whether it is searched, and which faces
are followed.
"""

import threading
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from fer_core.faces.blazeface import BlazeFace, Candidates, joined
from fer_core.faces.detections import Detections, FaceStatus, check_frame_bgr
from fer_core.faces.found_face import FoundFace, as_detections
from fer_core.faces.mesh import MeshNetwork
from fer_core.faces.search import (
    ZOOMED_OUT,
    overlapping,
    same_face_groups,
    tiles,
    whole_frame,
    without_overlaps,
    without_small_in_border,
)
from fer_core.regions import Region

_MAX_OVERLAP: Final = 0.5  # of the smaller box; see `without_overlaps`


_MESH_REACH: Final = 0.12
"""Share of its size by which a face may move and be found from its old place. A slower face is not
looked for ahead: beside another face that would lead its track onto the neighbour."""

_MANY_LOOKS: Final = 12
"""From so many places on, a search takes two at once, so that a round takes 3 seconds at most."""


@dataclass(frozen=True, slots=True)
class VideoConfig:
    """What counts as a face in a video.

    Attributes:
        min_proposal: Lowest score of a new face, in `(0, 1)`. The mesh decides: of 25 faces
            of 24 to 40 pixels in a frame of 1280x720, 0.5 loses up to 11, this one at most 5.
        min_presence: Lowest presence of its mesh, in `(0, 1)`.
        keep_presence: Lowest presence of a followed face, in `(0, 1)`; lower, so that faces do not
            flicker.
        min_face: Smallest face in pixels.
        turns_deg: Rotations of the frame that are searched besides upright, degrees.
        tile_side: Side of a tile in pixels. BlazeFace detects faces of a 24th of it and more.
        tile_overlap: Share of a tile that its neighbour shares, so that both cut no small face.
    """

    min_proposal: float = 0.3
    min_presence: float = 0.5
    keep_presence: float = 0.3
    min_face: float = 20.0
    turns_deg: tuple[float, ...] = (90.0, -90.0, 180.0)
    tile_side: float = 320.0
    tile_overlap: float = 0.2

    def __post_init__(self) -> None:
        scores = (self.min_proposal, self.min_presence, self.keep_presence)
        if not (all(0 < score < 1 for score in scores) and self.turns_deg):
            raise ValueError(f"Settings out of range: {self}.")


@dataclass(frozen=True, slots=True, eq=False)
class _Track:
    """One followed face, as the newest frame has it."""

    track_id: int
    face: FoundFace
    status: FaceStatus
    seen_at: int  # number of the frame
    motion: np.ndarray  # (2,) pixels per frame

    def expected_region(self, frame_number: int) -> Region:
        """Return where to look for the face in a later frame: ahead of it if it is fast."""
        region = self.face.region
        across, down = self.motion * (frame_number - self.seen_at)
        if np.hypot(across, down) <= _MESH_REACH * region.side:
            return region
        return replace(region, x=region.x + across, y=region.y + down)

    def moved(self, face: FoundFace, frame_number: int) -> "_Track":
        """Return the track after the face was followed into a later frame."""
        way = np.array([face.region.x - self.face.region.x, face.region.y - self.face.region.y])
        motion = way / (frame_number - self.seen_at)
        return _Track(self.track_id, face, FaceStatus.TRACKED, frame_number, motion)

    @property
    def rank(self) -> tuple[int, float]:
        """Rank among overlapping tracks; the highest is kept."""
        order = (FaceStatus.NEW, FaceStatus.CARRIED, FaceStatus.TRACKED)
        return order.index(self.status), self.face.score


class BlazeFaceVideoDetector:
    """Finds and follows the faces of one video. Create one per video: it remembers its last frame.

    `track` holds a lock, since each frame starts where the one before ended.
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
        self._tracks: list[_Track] = []
        self._n_tracks = 0  # ever; a number is never used again
        self._n_frames, self._n_searches = 0, 0
        self._frame_size: tuple[int, int] = (0, 0)
        self._upright = self._in_border = whole_frame(1, 1)
        self._elsewhere: list[Region] = []
        self._lock = threading.Lock()

    @property
    def track_ids(self) -> tuple[int, ...]:
        """The tracks that can be followed into the next frame, the oldest first."""
        return tuple(track.track_id for track in self._tracks)

    def detect(self, frame_bgr: np.ndarray) -> Detections:
        """Search the next frame, follow all known faces, and return both.

        Raises:
            ValueError: The frame is not uint8 `(height, width, 3)`.
        """
        return self.track(frame_bgr, is_searched=True, followed_ids=self.track_ids)

    def track(
        self, frame_bgr: np.ndarray, *, is_searched: bool, followed_ids: Collection[int]
    ) -> Detections:
        """Return the faces of the next frame with roll, head pose and framing.

        Args:
            frame_bgr: uint8 `(height, width, 3)`. A change of size ends all tracks.
            is_searched: Whether to search for new faces. If no known face is left, the frame is
                searched in any case.
            followed_ids: The tracks to follow. The faces of the others are carried over.

        Raises:
            ValueError: The frame is not uint8 `(height, width, 3)`.
        """
        check_frame_bgr(frame_bgr)
        with self._lock:
            if frame_bgr.shape[:2] != self._frame_size:  # another camera, or it was rotated
                self._frame_size = frame_bgr.shape[:2]
                self._tracks, self._n_searches = [], 0
                height, width = self._frame_size
                self._upright = whole_frame(width, height)
                self._in_border = self._upright.scaled(ZOOMED_OUT)
                self._elsewhere = self._looks_elsewhere()
            self._n_frames += 1
            tracks = list(self._followed(frame_bgr, followed_ids))
            if is_searched or not tracks:
                tracks += self._new_tracks(frame_bgr, [track.face for track in tracks])
            self._tracks = self._without_overlaps(tracks)
            return as_detections(
                [track.face for track in self._tracks],
                track_ids=[track.track_id for track in self._tracks],
                statuses=[track.status for track in self._tracks],
            )

    def _followed(self, frame_bgr: np.ndarray, followed_ids: Collection[int]) -> Iterable[_Track]:
        """Yield the known faces: followed into this frame, or carried over."""
        for track in self._tracks:
            if track.track_id not in followed_ids:
                yield replace(track, status=FaceStatus.CARRIED)
                continue
            mesh = self._mesh.fit(frame_bgr, track.expected_region(self._n_frames))
            size = self._frame_size
            face = FoundFace(mesh.bounds(), mesh.keypoints, mesh.presence, mesh, size)
            if self._is_face(face, min_presence=self._config.keep_presence):
                yield track.moved(face, self._n_frames)

    def _new_tracks(self, frame_bgr: np.ndarray, known: list[FoundFace]) -> Iterable[_Track]:
        """Yield the new faces that BlazeFace proposes and the mesh confirms."""
        looks = self._next_looks(known)
        found = joined([self._look(frame_bgr, region) for region in looks])
        if len(found) and not known and self._in_border not in looks:
            # other looks may take a part of a face that overflows the frame for a whole face
            found = joined([found, self._look(frame_bgr, self._in_border)])
        taken = list(known)
        for group in same_face_groups(found, min_iou=0.3):
            best = int(group[0])
            region = found.region(best)
            if any(_is_on(region, face) for face in taken):
                continue
            mesh = self._mesh.fit(frame_bgr, region)
            keypoints, score = found.keypoints[best], float(found.scores[best])
            face = FoundFace(mesh.bounds(), keypoints, score, mesh, self._frame_size)
            if any(_is_on(face.region, other) for other in taken):
                continue  # the mesh shows that it is a known face after all
            if self._is_face(face, min_presence=self._config.min_presence):
                taken.append(face)
                track_id = self._next_id()
                yield _Track(track_id, face, FaceStatus.NEW, self._n_frames, np.zeros(2))

    def _look(self, frame_bgr: np.ndarray, region: Region) -> Candidates:
        found = self._blazeface.propose(frame_bgr, region, min_score=self._config.min_proposal)
        height, width = self._frame_size
        return without_small_in_border(found, region, width, height)

    def _next_looks(self, known: list[FoundFace]) -> list[Region]:
        """Return where to look in this search.

        Every other search looks at the upright frame, and the others elsewhere in turn. Without a
        known face, half of those look into the border; with one near the edge, half of the upright
        looks do.
        """
        number = self._n_searches
        self._n_searches += 1
        if number % 2 == 0:
            is_in_border = number % 4 == 2 and any(map(_is_near_edge, known))
            return [self._in_border if is_in_border else self._upright]
        if not known and number % 4 == 1:
            return [self._in_border]
        return self._next_elsewhere(2 if len(self._elsewhere) >= _MANY_LOOKS else 1)

    def _next_elsewhere(self, n_looks: int) -> list[Region]:
        """Return the next places besides the upright frame."""
        looks = self._elsewhere[:n_looks]
        self._elsewhere = self._elsewhere[n_looks:] + looks
        return looks

    def _looks_elsewhere(self) -> list[Region]:
        """Return the places besides the upright frame, tiles between the others."""
        height, width = self._frame_size
        others = [replace(self._upright, roll_deg=turn_deg) for turn_deg in self._config.turns_deg]
        others.append(self._in_border)
        parts = tiles(width, height, side=self._config.tile_side, overlap=self._config.tile_overlap)
        n_between = -(-len(parts) // len(others))
        return [
            look
            for index, other in enumerate(others)
            for look in (other, *parts[n_between * index : n_between * (index + 1)])
        ]

    def _is_face(self, face: FoundFace, *, min_presence: float) -> bool:
        """Return whether the mesh confirms a face that is large enough and centred in the frame."""
        region = face.region
        height, width = self._frame_size
        is_inside = 0 <= region.x < width and 0 <= region.y < height
        is_large = region.side >= self._config.min_face
        return face.mesh.presence >= min_presence and is_inside and is_large and face.is_sound

    def _without_overlaps(self, tracks: list[_Track]) -> list[_Track]:
        """Return the best of the tracks that overlap, in their order.

        If two tracks meet on one face, this detector cannot tell which is right. The kept track
        gets a new number, and `fer_core.tracking.identity` decides from the motion of both.
        """
        if len(tracks) < 2:
            return tracks
        boxes = np.array([track.face.xyxy for track in tracks])
        is_overlapping = overlapping(boxes, max_overlap=_MAX_OVERLAP)
        if is_overlapping.sum() == len(tracks):  # the usual case: each overlaps itself alone
            return tracks
        ranks = np.zeros(len(tracks))
        ranks[sorted(range(len(tracks)), key=lambda index: tracks[index].rank)] = range(len(tracks))
        kept = sorted(without_overlaps(boxes, ranks, max_overlap=_MAX_OVERLAP).tolist())
        lost = [
            index
            for index, track in enumerate(tracks)
            if index not in kept and track.status != FaceStatus.NEW
        ]
        return [
            replace(tracks[index], track_id=self._next_id())
            if is_overlapping[index, lost].any()
            else tracks[index]
            for index in kept
        ]

    def _next_id(self) -> int:
        self._n_tracks += 1
        return self._n_tracks


def _is_on(region: Region, face: FoundFace) -> bool:
    """Return whether the centre of a candidate lies in the middle of a known face."""
    away = np.hypot(region.x - face.region.x, region.y - face.region.y)
    return bool(away < 0.5 * face.region.side)


def _is_near_edge(face: FoundFace) -> bool:
    """Return whether a face comes so near the edge of the frame that it may soon overflow it."""
    height, width = face.frame_size
    x1, y1, x2, y2 = face.xyxy
    return bool(min(x1, y1, width - x2, height - y2) < 0.1 * face.region.side)
