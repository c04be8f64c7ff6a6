"""Where a photo may show faces: the candidates of two networks, at every place and tilt."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from fer_core.faces.blazeface import BlazeFace, Candidates, joined
from fer_core.faces.centerface import CenterFace
from fer_core.faces.search import (
    different_poses,
    same_face_groups,
    search_regions,
    without_small_in_border,
)
from fer_core.faces.short_range import ShortRangeBlazeFace, sharp_scale
from fer_core.regions import Region

_WEAK: Final = 0.3  # a candidate below this score needs the short-range network's agreement
# Longer side in pixels of the smallest frame that CenterFace searches. In a smaller one a face has
# 24 pixels only if it is large, and of large faces CenterFace frames a part.
_SMALLEST_SEARCHED: Final = 128


@dataclass(frozen=True, slots=True)
class SearchConfig:
    """How thoroughly a photo is searched.

    Attributes:
        turned_side: Faces turned by 45 degrees and more are searched by CenterFace in a copy of at
            most this many pixels on the longer side.
        min_face: Smallest face in pixels, between brows and chin. Smaller ones are mostly print and
            texture.
        min_proposal: Lowest score of a candidate, in `(0, 1)`.
    """

    turned_side: int = 480
    min_face: float = 14.0
    min_proposal: float = 0.2

    def __post_init__(self) -> None:
        if not 0 < self.min_proposal < 1:
            raise ValueError(f"Scores lie in (0, 1): {self}.")
        if self.turned_side < 1 or self.min_face < 0:
            raise ValueError(f"Sizes out of range: {self}.")


class PhotoSearch:
    """Proposes the faces of a photo. Threads may share it.

    BlazeFace looks at the whole photo in eight turns, and at the photo in a wide border, for faces
    that fill it. CenterFace finds the small and the blurred ones, in four turns.
    """

    def __init__(self, config: SearchConfig | None = None) -> None:
        """Load the networks.

        Raises:
            ModelError: Their weights are missing or were changed.
        """
        self._config = config or SearchConfig()
        self._blazeface = BlazeFace()
        self._centerface = CenterFace()
        self._short_range = ShortRangeBlazeFace()

    def places(self, frame_bgr: np.ndarray) -> list[Candidates]:
        """Return, for each place that may be a face, its candidates in different poses.

        Args:
            frame_bgr: uint8 `(height, width, 3)`.
        """
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
            self._short_look(frame_bgr, poses.region(index)) >= _WEAK for index in range(len(poses))
        )

    def _short_look(self, frame_bgr: np.ndarray, face: Region) -> float:
        return self._short_range.score(frame_bgr, face, scale=sharp_scale(face, 2.5))
