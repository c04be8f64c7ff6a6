"""CenterFace: finds near-upright faces of any size, above all small ones, in a photo.

It is slower than BlazeFace but more certain: it was trained on WIDER FACE, whose faces are small,
blurred and half hidden. Here it searches the photo in quarter turns, and gives its opinion on the
place of every other candidate.

Source: Xu et al. 2019, arXiv 1911.03599: each cell of 4x4 pixels holds the confidence that a face
is centred there, the logarithms of its height and width in cells, the offset of its centre, and
five landmarks in sides of the box.
"""

from functools import lru_cache
from typing import Final

import cv2
import numpy as np

from fer_core.faces.blazeface import Candidates
from fer_core.faces.found_face import BOX_IN_SQUARES, BOX_RAISED
from fer_core.onnx import OnnxNetwork
from fer_core.regions import Region, cut_region
from fer_core.weights import VendorFile

INPUT_SIZE: Final = 128  # pixels, of the look at one candidate
WEIGHTS: Final = VendorFile(
    "centerface/centerface.onnx",
    sha256="09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc",
)
_OUTPUTS: Final = ("537", "538", "539", "540")  # confidence, size, offset, landmarks
_CELL: Final = 4  # pixels
_STRIDE: Final = 32  # sides of the input are multiples of it, pixels
_LEAST: Final = 0.02  # lowest score of a face in a close-up
_EAR: Final = 0.6  # eye distances from the eye to the ear, along the line through both eyes


class CenterFace:
    """The detection network. Threads may share it."""

    def __init__(self) -> None:
        """Load the weights.

        Raises:
            ModelError: They are missing or were changed.
        """
        self._network = _shared_network()

    def propose(
        self, frame_bgr: np.ndarray, *, min_score: float, n_quarter_turns: int = 0
    ) -> Candidates:
        """Return the faces of a frame as candidates; neighbouring cells repeat them.

        The frame gets a black border to the right and below, so that it fits the network.

        Args:
            frame_bgr: uint8 `(height, width, 3)`.
            min_score: Lowest score to return, in `(0, 1)`.
            n_quarter_turns: Clockwise tilt of the faces to look for, in quarter turns. Faces tilted
                by up to 45 degrees more or less are found.
        """
        upright_bgr = np.rot90(frame_bgr, n_quarter_turns)
        height, width = upright_bgr.shape[:2]
        below, right = (max(INPUT_SIZE - side, -side % _STRIDE) for side in (height, width))
        padded = cv2.copyMakeBorder(upright_bgr, 0, below, 0, right, cv2.BORDER_CONSTANT)
        found = self._look(padded, min_score=min_score)
        return found.moved(_from_quarter_turns(n_quarter_turns, *frame_bgr.shape[:2]))

    def look(self, frame_bgr: np.ndarray, face: Region, *, scale: float) -> Candidates:
        """Return the face of about the size of a square at its centre, or no candidate.

        Args:
            frame_bgr: uint8 `(height, width, 3)`.
            face: The square around the face, rotated with it.
            scale: Side of the network's input in sides of the face, above 1.
        """
        region = face.scaled(scale)
        crop = cut_region(frame_bgr, region, size=INPUT_SIZE, border=cv2.BORDER_CONSTANT)
        found = self._look(crop, min_score=_LEAST)
        return found.moved(cv2.invertAffineTransform(region.to_crop(INPUT_SIZE))).best_at(face)

    def _look(self, image_bgr: np.ndarray, *, min_score: float) -> Candidates:
        return decode(
            *self._network.run(cv2.dnn.blobFromImage(image_bgr, swapRB=True)), min_score=min_score
        )


def decode(
    confidence: np.ndarray,
    log_size: np.ndarray,
    offset: np.ndarray,
    landmarks: np.ndarray,
    *,
    min_score: float,
) -> Candidates:
    """Return the candidates in the raw output of the network, in pixels of its input.

    Args:
        confidence: `(1, 1, rows, columns)` in `[0, 1]`.
        log_size: `(1, 2, rows, columns)`: logarithms of height and width in cells.
        offset: `(1, 2, rows, columns)`: of the centre, down and right, in cells.
        landmarks: `(1, 10, rows, columns)`: down and right from the corner of the box in its
            sides, for each of right eye, left eye, nose tip, right and left corner of the mouth.
        min_score: Lowest score to return, in `(0, 1)`.
    """
    rows, columns = np.nonzero(confidence[0, 0] >= min_score)
    cells = np.stack([columns, rows], axis=1)
    size = np.exp(log_size[0, ::-1, rows, columns].astype(np.float64)) * _CELL  # width, height
    centres = (cells + offset[0, ::-1, rows, columns] + 0.5) * _CELL
    points = landmarks[0, :, rows, columns].reshape(-1, 5, 2)[:, :, ::-1]
    five = centres[:, None] + (points - 0.5) * size[:, None]
    return Candidates(*_square(centres, size, five), scores=confidence[0, 0, rows, columns])


def _from_quarter_turns(n_turns: int, height: int, width: int) -> np.ndarray:
    """Return the matrix `(2, 3)` from a frame after `np.rot90` to the frame itself.

    >>> _from_quarter_turns(1, height=10, width=20) @ [0.0, 0.0, 1.0]  # the corner at the left
    array([20.,  0.])
    """
    turn = np.linalg.matrix_power([[0, -1], [1, 0]], n_turns % 4).astype(np.float64)
    size = np.array([width, height], dtype=np.float64)
    turned_size = size[::-1] if n_turns % 2 else size
    return np.concatenate([turn, (size / 2 - turn @ turned_size / 2)[:, None]], axis=1)


def _square(
    centres: np.ndarray, size: np.ndarray, five: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return centre and side of the square between brows and chin, and the keypoints of BlazeFace.

    The box reaches from hairline to chin, see `FoundFace.xyxy`, so the square lies lower. There is
    no landmark for the ears; they are where the line through the eyes leaves the mean face.
    """
    across = five[:, 1] - five[:, 0]
    length = np.maximum(np.hypot(*across.T), 1e-6)[:, None]
    down = np.stack([-across[:, 1], across[:, 0]], axis=1) / length
    sides = np.sqrt(size.prod(axis=1)) / BOX_IN_SQUARES
    ears = np.stack([five[:, 0] - _EAR * across, five[:, 1] + _EAR * across], axis=1)
    mouth = five[:, 3:].mean(axis=1, keepdims=True)
    keypoints = np.concatenate([five[:, :3], mouth, ears], axis=1)
    return centres + BOX_RAISED * sides[:, None] * down, sides, keypoints


@lru_cache(maxsize=1)  # read-only and lock-free, so all sessions share one copy
def _shared_network() -> OnnxNetwork:
    kept_shape = (1, 3, INPUT_SIZE, INPUT_SIZE)
    return OnnxNetwork(
        WEIGHTS.read_verified(),
        source=WEIGHTS.relative_path,
        outputs=_OUTPUTS,
        kept_shape=kept_shape,
    )
