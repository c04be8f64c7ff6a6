"""The person detector: a frame in, the box of each person out. It needs no face.

Source: Tan, Pang and Le 2020, arXiv 1911.09070 (EfficientDet), in its Lite0 form. Nine anchors per
cell of five grids: three sizes, three shapes each. The boxes are offsets from the anchors.
"""

from functools import lru_cache
from typing import Final

import cv2
import numpy as np

from fer_core.geometry import anchor_centres, as_xyxy, overlap_groups
from fer_core.litert import LiteRtNetwork
from fer_core.regions import Region, cut_region
from fer_core.weights import VendorFile

INPUT_SIZE: Final = 320  # pixels
WEIGHTS: Final = VendorFile(
    "efficientdet/efficientdet_lite0.tflite",
    sha256="0720bf247bd76e6594ea28fa9c6f7c5242be774818997dbbeffc4da460c723bb",
)
MIN_SCORE: Final = 0.25
MIN_IOU: Final = 0.5  # of boxes of one person
_PERSON: Final = 0  # index of the class
_GRIDS: Final = (40, 20, 10, 5, 3)  # cells per side
_ANCHOR_SCALE: Final = 3.0  # side of the smallest anchor in cells
_SCALES: Final = tuple(2 ** (octave / 3) for octave in range(3))
_ASPECTS: Final = (1.0, 2.0, 0.5)  # width over height


def anchor_boxes() -> np.ndarray:
    """Return the anchors `(19206, 4)`: centre x, centre y, width, height in pixels of the input."""
    n_shapes = len(_SCALES) * len(_ASPECTS)
    centres = anchor_centres(INPUT_SIZE, [(n_cells, n_shapes) for n_cells in _GRIDS])
    sides = [
        (side * aspect**0.5, side / aspect**0.5)
        for n_cells in _GRIDS
        for side, aspect in n_cells**2 * _shapes(INPUT_SIZE / n_cells)
    ]
    return np.concatenate([centres, sides], axis=1)


def _shapes(cell: float) -> list[tuple[float, float]]:
    """Return the side of a square and the aspect of each anchor of a cell."""
    return [(_ANCHOR_SCALE * cell * scale, aspect) for scale in _SCALES for aspect in _ASPECTS]


_ANCHORS: Final = anchor_boxes()


class PersonDetector:
    """The detection network. Threads may share it."""

    def __init__(self) -> None:
        """Load the weights.

        Raises:
            ModelError: They are missing or were changed.
        """
        self._network = _shared_network()

    def detect(self, frame_bgr: np.ndarray) -> np.ndarray:
        """Return the boxes of the people in a frame, the surest first: `(n, 4)` float32 pixels.

        Args:
            frame_bgr: uint8 `(height, width, 3)`.
        """
        height, width = frame_bgr.shape[:2]
        square = Region(width / 2, height / 2, float(max(width, height)))
        crop = cut_region(frame_bgr, square, size=INPUT_SIZE, border=cv2.BORDER_CONSTANT)
        scores, boxes = self._network.run(cv2.cvtColor(crop, cv2.COLOR_BGR2RGB)[None])
        xyxy = decode(boxes[0], scores[0, :, _PERSON]) * (square.side / INPUT_SIZE)
        xyxy += np.tile([square.x, square.y], 2) - square.side / 2
        return inside(xyxy, width, height)


def inside(xyxy: np.ndarray, width: int, height: int) -> np.ndarray:
    """Return boxes cut to a frame, float32; those that are not in it are left out.

    >>> inside(np.array([[-5.0, 2, 8, 9], [2, 12, 8, 20]]), 10, 10).tolist()
    [[0.0, 2.0, 8.0, 9.0]]
    """
    cut = as_xyxy(xyxy.clip(0, [width, height, width, height]))
    return np.asarray(cut[(cut[:, 2:] - cut[:, :2] >= 1.0).all(axis=1)])


def decode(boxes: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Return the boxes of people `(n, 4)`, the surest first, in pixels of the input.

    Args:
        boxes: `(19206, 4)`: offset of the centre down and across in sides of the anchor, logarithm
            of height and width in sides of the anchor.
        scores: `(19206,)`: probability of a person.
    """
    chosen = np.flatnonzero(scores >= MIN_SCORE)
    down, across, tall, wide = boxes[chosen].astype(np.float64).T
    x, y, width, height = _ANCHORS[chosen].T
    x, y = x + across * width, y + down * height
    half_width, half_height = np.exp(wide) * width / 2, np.exp(tall) * height / 2
    xyxy = np.stack([x - half_width, y - half_height, x + half_width, y + half_height], axis=1)
    groups = overlap_groups(xyxy, scores[chosen], min_iou=MIN_IOU)
    return np.asarray(xyxy[np.array([group[0] for group in groups], dtype=int)])


@lru_cache(maxsize=1)  # read-only and lock-free, so all sessions share one copy
def _shared_network() -> LiteRtNetwork:
    return LiteRtNetwork(WEIGHTS.read_verified(), source=WEIGHTS.relative_path)
