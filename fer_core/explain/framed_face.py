"""`FramedFace`: a face with the picture around it, so that it can be cut out in other ways."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from fer_core.faces.crop import upright_crops, whole_crop
from fer_core.faces.detections import Detections
from fer_core.frames import shrink_to, to_gray
from fer_core.geometry import wrap_deg
from fer_core.regions import Region, cut_region

_REACH: Final = 1.0  # kept around the centre, in sides: the widest framing, turned, needs 0.89
_MAX_SIDE: Final = 1024  # pixels kept: ten times what a crop needs, 1 MB


@dataclass(frozen=True, slots=True, eq=False)
class FramedFace:
    """One face and the part of the frame around it.

    Attributes:
        gray: `(height, width)` uint8 grey.
        square: What is cut out for the network; None if the whole picture is the face.
    """

    gray: np.ndarray
    square: Region | None = None

    def crop(self, size: int, *, tilt_deg: float = 0.0, framing: float = 1.0) -> np.ndarray:
        """Return the face as a network takes it, uint8 `(size, size)`.

        A face of a frame is cut out again, so that what is around it moves into the crop. Around a
        picture that is the face, there is nothing more: its border is mirrored.

        Args:
            size: Side of the crop in pixels.
            tilt_deg: How far the face is tilted clockwise in the crop.
            framing: Side of what is cut out, in usual sides; below 1 is tighter.

        >>> FramedFace(np.zeros((60, 48), np.uint8)).crop(48, tilt_deg=20.0).shape
        (48, 48)
        """
        if self.square is None:
            crop = whole_crop(self.gray, size=size)[0]
            if tilt_deg == 0.0 and framing == 1.0:
                return np.asarray(crop)
            region = Region(size / 2, size / 2, size * framing, -tilt_deg)
            return cut_region(crop, region, size=size, border=cv2.BORDER_REFLECT_101)
        place = self.square
        roll_deg = wrap_deg(np.array([place.roll_deg - tilt_deg]))
        square = np.array([[place.x, place.y, place.side * framing]])
        half = square[:, 2:] / 2
        box = np.concatenate([square[:, :2] - half, square[:, :2] + half], axis=1)
        face = Detections(box, np.ones(1), roll_deg, squares=square)
        return np.asarray(upright_crops(self.gray, face, size=size)[0])


def framed_faces(frame_bgr: np.ndarray, found: Detections) -> tuple[FramedFace, ...]:
    """Return each face of a frame with the part of the frame around it, in the same order.

    Args:
        frame_bgr: uint8 `(height, width, 3)`. It is not kept.
        found: Its faces.
    """
    places = zip(found.squares, found.roll_deg, strict=True)
    return tuple(
        framed_face(frame_bgr, _region(square, float(roll_deg))) for square, roll_deg in places
    )


def _region(square: np.ndarray, roll_deg: float) -> Region:
    x, y, side = map(float, square)
    return Region(x, y, side, roll_deg)


def framed_face(frame_bgr: np.ndarray, square: Region) -> FramedFace:
    """Return a face whose place is known, with the part of the frame around it.

    Args:
        frame_bgr: uint8 `(height, width, 3)`. It is not kept.
        square: What is cut out for the network.
    """
    height, width = frame_bgr.shape[:2]
    reach = _REACH * square.side
    left = int(np.clip(square.x - reach, 0, width - 1))
    top = int(np.clip(square.y - reach, 0, height - 1))
    right = int(np.clip(np.ceil(square.x + reach), left + 1, width))
    bottom = int(np.clip(np.ceil(square.y + reach), top + 1, height))
    part, scale = shrink_to(frame_bgr[top:bottom, left:right], longest_side=_MAX_SIDE)
    place = Region(
        (square.x - left) * scale,
        (square.y - top) * scale,
        square.side * scale,
        square.roll_deg,
    )
    return FramedFace(to_gray(np.ascontiguousarray(part)), place)
